-- How long things are kept. A rule says after how many days; without one they are kept for ever. Several rules may match a document: it
-- goes when the first of them says so.
CREATE TABLE retention (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text NOT NULL CHECK (subject IN ('documents', 'conversations', 'traces', 'uploads')),
    label_id integer REFERENCES labels ON DELETE CASCADE,
    collection_id integer REFERENCES collections ON DELETE CASCADE,
    days integer NOT NULL CHECK (days > 0),
    CHECK (subject = 'documents' OR (label_id IS NULL AND collection_id IS NULL)),
    UNIQUE NULLS NOT DISTINCT (subject, label_id, collection_id)
);
ALTER TABLE retention ENABLE ROW LEVEL SECURITY;
ALTER TABLE retention FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON retention TO CURRENT_USER USING (true) WITH CHECK (true);

-- Contents of the audit may go once their time is over, and then only in a transaction that says so (governance/expiry.py) and that leaves
-- a record. The records themselves, their digests and the chain stay for ever.
CREATE FUNCTION audit_refuse_content() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('finfoundry.expiring', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'audit contents are never changed, and removed only when their time is over' USING ERRCODE = 'insufficient_privilege';
END $$;
DROP TRIGGER refuse ON audit_content;
CREATE TRIGGER refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_content EXECUTE FUNCTION audit_refuse_content();
