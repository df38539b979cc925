-- Sign-in: roles, sessions, what keys may do, access tokens. Times are milliseconds since 1970 in UTC.

-- Who a person is, their provider says, not their address: two providers may know the same one.

DROP INDEX users_email;

CREATE INDEX users_email ON users (email) WHERE email <> '';

ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'admin'));

ALTER TABLE users ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1));

UPDATE users SET role = 'admin' WHERE id = '00000000-0000-7000-8000-000000000001';

CREATE INDEX users_admins ON users (id) WHERE role = 'admin';

ALTER TABLE identities ADD COLUMN last_sign_in_at INTEGER;

CREATE TABLE pictures (
  user_id TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  content_type TEXT NOT NULL,
  base64 TEXT NOT NULL
) STRICT;

-- Nobody could sign in until now, so that there are no rows.

DROP TABLE sessions;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  token_sha256 TEXT NOT NULL UNIQUE CHECK (length(token_sha256) = 64),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider TEXT NOT NULL,
  subject TEXT NOT NULL,
  provider_session TEXT NOT NULL DEFAULT '',
  device TEXT NOT NULL DEFAULT '',
  address TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  idle_millis INTEGER NOT NULL CHECK (idle_millis > 0),
  expires_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL CHECK (ends_at >= expires_at)
) STRICT;

CREATE INDEX sessions_user ON sessions (user_id, id);

CREATE INDEX sessions_subject ON sessions (provider, subject);

CREATE INDEX sessions_provider_session ON sessions (provider, provider_session) WHERE provider_session <> '';

CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Keys that exist may do everything, as they could.

ALTER TABLE api_keys ADD COLUMN scopes TEXT NOT NULL DEFAULT 'read write admin';

CREATE TABLE token_families (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
  key_id TEXT REFERENCES api_keys (id) ON DELETE CASCADE,
  scopes TEXT NOT NULL,
  refresh_sha256 TEXT NOT NULL CHECK (length(refresh_sha256) = 64),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  CHECK ((session_id IS NULL) <> (key_id IS NULL))
) STRICT;

CREATE INDEX token_families_user ON token_families (user_id, id);

CREATE INDEX token_families_session ON token_families (session_id);

CREATE INDEX token_families_key ON token_families (key_id);

CREATE INDEX token_families_expiry ON token_families (expires_at);

CREATE TABLE signing_keys (
  kid TEXT PRIMARY KEY NOT NULL,
  private_jwk TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  signs_until INTEGER NOT NULL,
  expires_at INTEGER NOT NULL CHECK (expires_at >= signs_until)
) STRICT;

-- Logout tokens that were used, until they expire anyway.

CREATE TABLE used_tokens (
  id TEXT PRIMARY KEY NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX used_tokens_expiry ON used_tokens (expires_at);
