-- Statements end with a semicolon at the end of a line that is followed by an empty line.
-- Times are milliseconds since 1970 in UTC.

CREATE TABLE users (
  id UUID PRIMARY KEY,
  email TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL,
  picture_url TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX users_email ON users (email) WHERE email <> '';

INSERT INTO users (id, name, created_at) VALUES ('00000000-0000-7000-8000-000000000001', 'Local user', 0);

CREATE TABLE identities (
  provider TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  email TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  PRIMARY KEY (provider, subject)
);

CREATE INDEX identities_user ON identities (user_id);

CREATE TABLE sessions (
  token_sha256 TEXT PRIMARY KEY CHECK (length(token_sha256) = 64),
  user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL CHECK (expires_at > created_at)
);

CREATE INDEX sessions_user ON sessions (user_id);

CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_keys (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  secret_sha256 TEXT NOT NULL UNIQUE CHECK (length(secret_sha256) = 64),
  created_at BIGINT NOT NULL,
  last_used_at BIGINT,
  expires_at BIGINT
);

CREATE INDEX api_keys_user ON api_keys (user_id, id);

CREATE TABLE uploads (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  state TEXT NOT NULL CHECK (state IN ('receiving', 'complete')),
  filename TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size BIGINT CHECK (size >= 0),
  metadata TEXT NOT NULL,
  partial SMALLINT NOT NULL CHECK (partial IN (0, 1)),
  sha256 TEXT NOT NULL,
  object_key TEXT NOT NULL,
  container TEXT NOT NULL,
  duration BIGINT NOT NULL CHECK (duration >= 0),
  has_video SMALLINT NOT NULL CHECK (has_video IN (0, 1)),
  audio_tracks BIGINT NOT NULL CHECK (audio_tracks >= 0),
  used SMALLINT NOT NULL DEFAULT 0 CHECK (used IN (0, 1)),
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  CHECK (state = 'receiving' OR size IS NOT NULL)
);

CREATE INDEX uploads_user ON uploads (user_id, id);

CREATE INDEX uploads_content ON uploads (user_id, sha256) WHERE state = 'complete';

CREATE INDEX uploads_object ON uploads (object_key) WHERE object_key <> '';

CREATE INDEX uploads_unfinished ON uploads (expires_at) WHERE state = 'receiving';

CREATE INDEX uploads_unused ON uploads (created_at) WHERE state = 'complete' AND used = 0;

CREATE TABLE jobs (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('process', 'speech')),
  state TEXT NOT NULL CHECK (state IN ('queued', 'processing', 'completed', 'failed', 'cancelled')),
  title TEXT NOT NULL,
  title_folded TEXT NOT NULL,
  upload_id UUID REFERENCES uploads (id) ON DELETE RESTRICT,
  options TEXT NOT NULL,
  priority BIGINT NOT NULL CHECK (priority BETWEEN -10 AND 10),
  stage TEXT NOT NULL CHECK (stage IN ('prepare', 'transcribe', 'subtitles', 'speak', 'mux')),
  fraction DOUBLE PRECISION NOT NULL CHECK (fraction BETWEEN 0 AND 1),
  done BIGINT NOT NULL CHECK (done >= 0),
  speed DOUBLE PRECISION NOT NULL CHECK (speed >= 0),
  transcript_done SMALLINT NOT NULL CHECK (transcript_done IN (0, 1)),
  attempt BIGINT NOT NULL CHECK (attempt >= 0),
  lost_workers BIGINT NOT NULL CHECK (lost_workers >= 0),
  engine TEXT NOT NULL,
  model TEXT NOT NULL,
  language TEXT NOT NULL,
  duration BIGINT NOT NULL CHECK (duration >= 0),
  failure_code TEXT NOT NULL,
  failure_message TEXT NOT NULL,
  failure_stage TEXT NOT NULL,
  warnings TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT,
  not_before BIGINT,
  lease_token TEXT NOT NULL DEFAULT '',
  lease_worker TEXT NOT NULL DEFAULT '',
  lease_millis BIGINT NOT NULL DEFAULT 0,
  lease_expires_at BIGINT,
  checkpoint_identity TEXT NOT NULL DEFAULT '',
  input_text TEXT NOT NULL,
  CHECK ((kind = 'process') = (upload_id IS NOT NULL)),
  CHECK ((state = 'processing') = (lease_token <> '')),
  CHECK ((state = 'processing') = (lease_expires_at IS NOT NULL)),
  CHECK ((state IN ('completed', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
);

CREATE INDEX jobs_user ON jobs (user_id, id);

CREATE INDEX jobs_user_state ON jobs (user_id, state, id);

CREATE INDEX jobs_waiting_of_user ON jobs (user_id, priority DESC, id) WHERE state = 'queued';

CREATE INDEX jobs_waiting ON jobs (priority DESC, id, duration) WHERE state = 'queued';

CREATE INDEX jobs_running ON jobs (lease_expires_at) WHERE state = 'processing';

CREATE INDEX jobs_upload ON jobs (upload_id) WHERE upload_id IS NOT NULL;

CREATE TABLE chunks (
  job_id UUID NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  begin_sample BIGINT NOT NULL,
  end_sample BIGINT NOT NULL CHECK (end_sample >= begin_sample),
  content BIGINT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (job_id, begin_sample, end_sample, content)
);

CREATE TABLE artifacts (
  id UUID PRIMARY KEY,
  job_id UUID NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name <> ''),
  kind TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size BIGINT NOT NULL CHECK (size >= 0),
  sha256 TEXT NOT NULL,
  object_key TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (job_id, name)
);

CREATE INDEX artifacts_object ON artifacts (object_key);

CREATE TABLE transcripts (
  job_id UUID NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  revision BIGINT NOT NULL CHECK (revision >= 1),
  edited SMALLINT NOT NULL CHECK (edited IN (0, 1)),
  created_at BIGINT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (job_id, revision)
);

-- Of the newest revisions only. `words` is the text as it is searched: folded, one space between words.

CREATE TABLE transcript_segments (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id UUID NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  n BIGINT NOT NULL CHECK (n >= 0),
  start_ms BIGINT NOT NULL,
  end_ms BIGINT NOT NULL CHECK (end_ms >= start_ms),
  text TEXT NOT NULL,
  words TEXT NOT NULL,
  UNIQUE (job_id, n)
);

CREATE INDEX transcript_segments_words ON transcript_segments USING gin (to_tsvector('simple', words));

-- Without a reference to jobs, because "deleted" outlives its job.

CREATE TABLE events (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id UUID NOT NULL,
  user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX events_user ON events (user_id, id);

CREATE INDEX events_job ON events (job_id, id);

CREATE INDEX events_age ON events (created_at);

CREATE TABLE idempotency_keys (
  user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  job_ids TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, key)
);

CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE speeds (
  engine TEXT NOT NULL,
  model TEXT NOT NULL,
  speed DOUBLE PRECISION NOT NULL CHECK (speed > 0),
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (engine, model)
);
