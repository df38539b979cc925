-- What single users may have, where that differs from the installation's limits: an empty column is the installation's.

CREATE TABLE user_quotas (
  user_id TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  stored_bytes INTEGER CHECK (stored_bytes >= 0),
  sound_minutes INTEGER CHECK (sound_minutes >= 0),
  waiting_jobs INTEGER CHECK (waiting_jobs >= 0)
) STRICT;

-- Sound that a user's new jobs were given, by month: 202611 is November 2026 in UTC.

CREATE TABLE sound_use (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  month INTEGER NOT NULL,
  millis INTEGER NOT NULL CHECK (millis >= 0),
  PRIMARY KEY (user_id, month)
) STRICT;

-- Days after which a user's own things are removed; 0: the installation's.

CREATE TABLE user_retention (
  user_id TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  recordings_days INTEGER NOT NULL CHECK (recordings_days >= 0),
  speech_days INTEGER NOT NULL CHECK (speech_days >= 0),
  jobs_days INTEGER NOT NULL CHECK (jobs_days >= 0)
) STRICT;

CREATE INDEX jobs_ended ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- Who did what to accounts. It outlives the users that it names.

CREATE TABLE audit_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  actor_id TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action <> ''),
  subject TEXT NOT NULL,
  address TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

CREATE INDEX audit_log_age ON audit_log (at);

CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE ON audit_log BEGIN
  SELECT RAISE(ABORT, 'the audit log is never changed');
END;
