-- Jobs whose recording is fetched from a link, and the stage in which it is. A column's check goes with the column.

ALTER TABLE jobs ADD COLUMN source_url TEXT NOT NULL DEFAULT '';

ALTER TABLE jobs ADD COLUMN new_stage TEXT NOT NULL DEFAULT 'prepare' CHECK (new_stage IN ('fetch', 'prepare', 'transcribe', 'subtitles', 'speak', 'mux'));

UPDATE jobs SET new_stage = stage;

ALTER TABLE jobs DROP COLUMN stage;

ALTER TABLE jobs RENAME COLUMN new_stage TO stage;
