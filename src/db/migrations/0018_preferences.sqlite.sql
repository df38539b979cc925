-- What users chose in the pages: how they look, and what is done with the next recordings.

CREATE TABLE preferences (
  user_id TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  document TEXT NOT NULL
) STRICT;
