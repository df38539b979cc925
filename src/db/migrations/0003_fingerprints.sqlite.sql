-- Uploads are told apart by a fingerprint that is quick to make. What stands in older rows is the SHA-256 of all bytes,
-- which equals no fingerprint: such an upload is stored once more when it comes again.

ALTER TABLE uploads RENAME COLUMN sha256 TO fingerprint;
