-- Pictures of users, with where and when they were fetched. None was stored until now.

DROP TABLE pictures;

CREATE TABLE pictures (
  user_id TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  content_type TEXT NOT NULL,
  base64 TEXT NOT NULL,
  fetched_at INTEGER NOT NULL
) STRICT;
