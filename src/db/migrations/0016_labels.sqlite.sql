-- Labels of users, and which of their jobs have them. `name_folded` compares names without case.

CREATE TABLE labels (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name <> ''),
  name_folded TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (user_id, name_folded)
) STRICT;

CREATE TABLE job_labels (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  label_id TEXT NOT NULL REFERENCES labels (id) ON DELETE CASCADE,
  PRIMARY KEY (job_id, label_id)
) STRICT;

CREATE INDEX job_labels_label ON job_labels (label_id, job_id);
