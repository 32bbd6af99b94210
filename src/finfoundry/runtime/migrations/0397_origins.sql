-- From which files of which folders a document was read: a file that is there no more when its folder is read again is told of. ``path`` is the
-- file on disk, absolute; of what came out of an archive or a mail, that file. ``missing``: since when it is known to be gone.
CREATE TABLE origins (
    document_id bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    path text NOT NULL,
    missing timestamptz,
    PRIMARY KEY (document_id, path)
);
ALTER TABLE origins ENABLE ROW LEVEL SECURITY;
ALTER TABLE origins FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON origins TO CURRENT_USER USING (true) WITH CHECK (true);
-- A row goes by its document, whose own policy tells who may read it.
CREATE POLICY reading ON origins FOR SELECT TO finfoundry_application USING (EXISTS (SELECT FROM documents d WHERE d.id = document_id));
CREATE POLICY writing ON origins TO finfoundry_application
    USING (EXISTS (SELECT FROM documents d WHERE d.id = document_id AND d.label_id = ANY ((SELECT writable_labels())::integer[])))
    WITH CHECK (EXISTS (SELECT FROM documents d WHERE d.id = document_id AND d.label_id = ANY ((SELECT writable_labels())::integer[])));
GRANT SELECT, INSERT, UPDATE, DELETE ON origins TO finfoundry_application;
