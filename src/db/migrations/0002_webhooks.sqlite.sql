-- Who is told when jobs end, and the log of it.

ALTER TABLE jobs ADD COLUMN webhook_url TEXT NOT NULL DEFAULT '';

CREATE TABLE webhooks (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  secret TEXT NOT NULL,
  events TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX webhooks_user ON webhooks (user_id, id);

-- The log outlives the job that it is about.

CREATE TABLE webhook_deliveries (
  id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  webhook_id TEXT REFERENCES webhooks (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  job_id TEXT NOT NULL CHECK (length(job_id) = 36),
  event TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  attempt INTEGER NOT NULL CHECK (attempt >= 0),
  status INTEGER NOT NULL,
  error TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL
) STRICT;

CREATE INDEX webhook_deliveries_webhook ON webhook_deliveries (webhook_id, id);

CREATE INDEX webhook_deliveries_user ON webhook_deliveries (user_id, id);

CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (next_attempt_at) WHERE state = 'pending';

CREATE INDEX webhook_deliveries_age ON webhook_deliveries (created_at) WHERE state <> 'pending';
