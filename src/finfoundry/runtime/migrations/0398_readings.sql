-- Which reader read a document last, and which facts came out otherwise than when it was read before (knowledge/storage/readings.py).
CREATE TABLE readings (
    document_id bigint PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    reader text NOT NULL,
    read_at timestamptz NOT NULL DEFAULT now(),
    before_id bigint, -- the document that this reading replaced, of the same bytes; null where it was not read before
    before_reader text,
    changes jsonb NOT NULL DEFAULT '[]'
);
ALTER TABLE readings ENABLE ROW LEVEL SECURITY;
ALTER TABLE readings FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON readings TO CURRENT_USER USING (true) WITH CHECK (true);
-- A row goes by its document, whose own policy tells who may read it.
CREATE POLICY reading ON readings FOR SELECT TO finfoundry_application USING (EXISTS (SELECT FROM documents d WHERE d.id = document_id));
CREATE POLICY writing ON readings TO finfoundry_application
    USING (EXISTS (SELECT FROM documents d WHERE d.id = document_id AND d.label_id = ANY ((SELECT writable_labels())::integer[])))
    WITH CHECK (EXISTS (SELECT FROM documents d WHERE d.id = document_id AND d.label_id = ANY ((SELECT writable_labels())::integer[])));
GRANT SELECT, INSERT ON readings TO finfoundry_application;
