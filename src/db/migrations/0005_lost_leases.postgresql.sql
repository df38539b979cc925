-- The token of the claim that was ended last because its lease had expired: whoever still holds it was not dead, only late.

ALTER TABLE jobs ADD COLUMN lost_token TEXT NOT NULL DEFAULT '';
