-- Complete uploads that no job uses expire at the time that they show. What older rows have there is nothing: they stay.

DROP INDEX uploads_unused;

CREATE INDEX uploads_unused ON uploads (expires_at) WHERE state = 'complete' AND used = 0;
