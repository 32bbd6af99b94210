-- Where the parts of a passage stand, its paragraphs and the rows of its tables: [first character, box, locator] each; null where only the
-- whole has a place, as in passages stored before.
ALTER TABLE chunks ADD COLUMN places jsonb;
