-- Labels of users, and which of their jobs have them. `name_folded` compares names without case.

CREATE TABLE labels (
  id UUID PRIMARY KEY NOT NULL,
  user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name <> ''),
  name_folded TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (user_id, name_folded)
);

CREATE TABLE job_labels (
  job_id UUID NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  label_id UUID NOT NULL REFERENCES labels (id) ON DELETE CASCADE,
  PRIMARY KEY (job_id, label_id)
);

CREATE INDEX job_labels_label ON job_labels (label_id, job_id);
