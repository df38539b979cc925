-- Who is told when jobs end, and the log of it.

ALTER TABLE jobs ADD COLUMN webhook_url TEXT NOT NULL DEFAULT '';

CREATE TABLE webhooks (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  secret TEXT NOT NULL,
  events TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX webhooks_user ON webhooks (user_id, id);

-- The log outlives the job that it is about.

CREATE TABLE webhook_deliveries (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  webhook_id UUID REFERENCES webhooks (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  job_id UUID NOT NULL,
  event TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  attempt BIGINT NOT NULL CHECK (attempt >= 0),
  status BIGINT NOT NULL,
  error TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  next_attempt_at BIGINT NOT NULL
);

CREATE INDEX webhook_deliveries_webhook ON webhook_deliveries (webhook_id, id);

CREATE INDEX webhook_deliveries_user ON webhook_deliveries (user_id, id);

CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (next_attempt_at) WHERE state = 'pending';

CREATE INDEX webhook_deliveries_age ON webhook_deliveries (created_at) WHERE state <> 'pending';
