-- What a rule amends is said of it like what it repeals.
ALTER TABLE law_statements DROP CONSTRAINT law_statements_matter_check;
ALTER TABLE law_statements ADD CONSTRAINT law_statements_matter_check
    CHECK (matter IN ('title', 'level', 'issued', 'effective', 'expires', 'repeals', 'amends'));
