-- How users want words said.

CREATE TABLE lexicons (
  user_id TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  text TEXT NOT NULL
) STRICT;
