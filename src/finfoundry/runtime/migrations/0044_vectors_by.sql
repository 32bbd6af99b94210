-- Whose vectors a document has, all or some: those of two embedders cannot be compared. Some of unknown origin are made again.
ALTER TABLE documents ADD COLUMN vectors_by text;
UPDATE documents SET vectors_by = embedded_by;
