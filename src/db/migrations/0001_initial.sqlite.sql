-- Statements end with a semicolon at the end of a line that is followed by an empty line.
-- Times are milliseconds since 1970 in UTC. Identifiers are UUIDs in canonical form.

CREATE TABLE users (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  email TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL,
  picture_url TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX users_email ON users (email) WHERE email <> '';

INSERT INTO users (id, name, created_at) VALUES ('00000000-0000-7000-8000-000000000001', 'Local user', 0);

CREATE TABLE identities (
  provider TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  email TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  PRIMARY KEY (provider, subject)
) STRICT;

CREATE INDEX identities_user ON identities (user_id);

CREATE TABLE sessions (
  token_sha256 TEXT PRIMARY KEY NOT NULL CHECK (length(token_sha256) = 64),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL CHECK (expires_at > created_at)
) STRICT;

CREATE INDEX sessions_user ON sessions (user_id);

CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  secret_sha256 TEXT NOT NULL UNIQUE CHECK (length(secret_sha256) = 64),
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  expires_at INTEGER
) STRICT;

CREATE INDEX api_keys_user ON api_keys (user_id, id);

CREATE TABLE uploads (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  state TEXT NOT NULL CHECK (state IN ('receiving', 'complete')),
  filename TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size INTEGER CHECK (size >= 0),
  metadata TEXT NOT NULL,
  partial INTEGER NOT NULL CHECK (partial IN (0, 1)),
  sha256 TEXT NOT NULL,
  object_key TEXT NOT NULL,
  container TEXT NOT NULL,
  duration INTEGER NOT NULL CHECK (duration >= 0),
  has_video INTEGER NOT NULL CHECK (has_video IN (0, 1)),
  audio_tracks INTEGER NOT NULL CHECK (audio_tracks >= 0),
  used INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0, 1)),
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  CHECK (state = 'receiving' OR size IS NOT NULL)
) STRICT;

CREATE INDEX uploads_user ON uploads (user_id, id);

CREATE INDEX uploads_content ON uploads (user_id, sha256) WHERE state = 'complete';

CREATE INDEX uploads_object ON uploads (object_key) WHERE object_key <> '';

CREATE INDEX uploads_unfinished ON uploads (expires_at) WHERE state = 'receiving';

CREATE INDEX uploads_unused ON uploads (created_at) WHERE state = 'complete' AND used = 0;

CREATE TABLE jobs (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('process', 'speech')),
  state TEXT NOT NULL CHECK (state IN ('queued', 'processing', 'completed', 'failed', 'cancelled')),
  title TEXT NOT NULL,
  title_folded TEXT NOT NULL,
  upload_id TEXT REFERENCES uploads (id) ON DELETE RESTRICT,
  options TEXT NOT NULL,
  priority INTEGER NOT NULL CHECK (priority BETWEEN -10 AND 10),
  stage TEXT NOT NULL CHECK (stage IN ('prepare', 'transcribe', 'subtitles', 'speak', 'mux')),
  fraction REAL NOT NULL CHECK (fraction BETWEEN 0 AND 1),
  done INTEGER NOT NULL CHECK (done >= 0),
  speed REAL NOT NULL CHECK (speed >= 0),
  transcript_done INTEGER NOT NULL CHECK (transcript_done IN (0, 1)),
  attempt INTEGER NOT NULL CHECK (attempt >= 0),
  lost_workers INTEGER NOT NULL CHECK (lost_workers >= 0),
  engine TEXT NOT NULL,
  model TEXT NOT NULL,
  language TEXT NOT NULL,
  duration INTEGER NOT NULL CHECK (duration >= 0),
  failure_code TEXT NOT NULL,
  failure_message TEXT NOT NULL,
  failure_stage TEXT NOT NULL,
  warnings TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  not_before INTEGER,
  lease_token TEXT NOT NULL DEFAULT '',
  lease_worker TEXT NOT NULL DEFAULT '',
  lease_millis INTEGER NOT NULL DEFAULT 0,
  lease_expires_at INTEGER,
  checkpoint_identity TEXT NOT NULL DEFAULT '',
  input_text TEXT NOT NULL,
  CHECK ((kind = 'process') = (upload_id IS NOT NULL)),
  CHECK ((state = 'processing') = (lease_token <> '')),
  CHECK ((state = 'processing') = (lease_expires_at IS NOT NULL)),
  CHECK ((state IN ('completed', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
) STRICT;

CREATE INDEX jobs_user ON jobs (user_id, id);

CREATE INDEX jobs_user_state ON jobs (user_id, state, id);

CREATE INDEX jobs_waiting_of_user ON jobs (user_id, priority DESC, id) WHERE state = 'queued';

CREATE INDEX jobs_waiting ON jobs (priority DESC, id, duration) WHERE state = 'queued';

CREATE INDEX jobs_running ON jobs (lease_expires_at) WHERE state = 'processing';

CREATE INDEX jobs_upload ON jobs (upload_id) WHERE upload_id IS NOT NULL;

CREATE TABLE chunks (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  begin_sample INTEGER NOT NULL,
  end_sample INTEGER NOT NULL CHECK (end_sample >= begin_sample),
  content INTEGER NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (job_id, begin_sample, end_sample, content)
) STRICT;

CREATE TABLE artifacts (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name <> ''),
  kind TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size INTEGER NOT NULL CHECK (size >= 0),
  sha256 TEXT NOT NULL,
  object_key TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (job_id, name)
) STRICT;

CREATE INDEX artifacts_object ON artifacts (object_key);

CREATE TABLE transcripts (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  revision INTEGER NOT NULL CHECK (revision >= 1),
  edited INTEGER NOT NULL CHECK (edited IN (0, 1)),
  created_at INTEGER NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (job_id, revision)
) STRICT;

-- Of the newest revisions only. `words` is the text as it is searched: folded, one space between words.

CREATE TABLE transcript_segments (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  n INTEGER NOT NULL CHECK (n >= 0),
  start_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CHECK (end_ms >= start_ms),
  text TEXT NOT NULL,
  words TEXT NOT NULL,
  UNIQUE (job_id, n)
) STRICT;

CREATE VIRTUAL TABLE transcript_words USING fts5 (
  words, content = 'transcript_segments', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
);

CREATE TRIGGER transcript_segments_added AFTER INSERT ON transcript_segments BEGIN
  INSERT INTO transcript_words (rowid, words) VALUES (new.id, new.words);
END;

CREATE TRIGGER transcript_segments_removed AFTER DELETE ON transcript_segments BEGIN
  INSERT INTO transcript_words (transcript_words, rowid, words) VALUES ('delete', old.id, old.words);
END;

-- Without a reference to jobs, because "deleted" outlives its job.

CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT NOT NULL CHECK (length(job_id) = 36),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX events_user ON events (user_id, id);

CREATE INDEX events_job ON events (job_id, id);

CREATE INDEX events_age ON events (created_at);

CREATE TABLE idempotency_keys (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  job_ids TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, key)
) STRICT;

CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE speeds (
  engine TEXT NOT NULL,
  model TEXT NOT NULL,
  speed REAL NOT NULL CHECK (speed > 0),
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (engine, model)
) STRICT;
