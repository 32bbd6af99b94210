-- A file that is in the store may be sent to be read once more, by the reader of today.
ALTER TABLE uploads ADD COLUMN again boolean NOT NULL DEFAULT false;
