-- What a job told, to its own address as well.

CREATE INDEX webhook_deliveries_job ON webhook_deliveries (job_id, id);
