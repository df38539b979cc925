-- Links with which others may read a transcript. Only the digest of a link's secret is stored.

CREATE TABLE shares (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  secret_sha256 TEXT NOT NULL UNIQUE CHECK (length(secret_sha256) = 64),
  with_recording INTEGER NOT NULL CHECK (with_recording IN (0, 1)),
  created_at INTEGER NOT NULL,
  expires_at INTEGER
) STRICT;

CREATE INDEX shares_job ON shares (job_id, id);

CREATE INDEX shares_expiry ON shares (expires_at) WHERE expires_at IS NOT NULL;
