-- Which pages of which paper a document is, where its pages count themselves: what stands beside the counts on every page of the paper,
-- the number of its first page, and how many pages the paper has; null where they do not, as in documents stored before.
ALTER TABLE documents ADD COLUMN head text, ADD COLUMN first_page integer, ADD COLUMN whole_pages integer;
CREATE INDEX ON documents (head, whole_pages) WHERE head IS NOT NULL;
