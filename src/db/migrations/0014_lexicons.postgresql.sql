-- How users want words said.

CREATE TABLE lexicons (
  user_id UUID PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  text TEXT NOT NULL
);
