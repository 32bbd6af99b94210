-- Which document a file is read again for: where it is gone when the reading ends, nothing is written, and it stays gone.
ALTER TABLE uploads ADD COLUMN replaces text;
