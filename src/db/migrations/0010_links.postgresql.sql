-- Jobs whose recording is fetched from a link, and the stage in which it is.

ALTER TABLE jobs ADD COLUMN source_url TEXT NOT NULL DEFAULT '';

ALTER TABLE jobs DROP CONSTRAINT jobs_stage_check;

ALTER TABLE jobs ADD CONSTRAINT jobs_stage_check CHECK (stage IN ('fetch', 'prepare', 'transcribe', 'subtitles', 'speak', 'mux'));
