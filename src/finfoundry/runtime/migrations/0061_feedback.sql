-- What people said of answers. The words lie in the audit, under the keys of who said them and of the documents that they are drawn from: here
-- is only which answer was meant, and on which documents it stood. A rating is seen by those who may read all of these documents now; so a
-- correction is learned from by nobody who may not see its evidence, and by nobody once a document of it is gone.
CREATE TABLE feedback (
    record uuid PRIMARY KEY REFERENCES audit_record,
    answer uuid NOT NULL REFERENCES audit_record,
    person text NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('right', 'wrong', 'incomplete')),
    corrected boolean NOT NULL,
    evidence bigint[] NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON feedback (at);
ALTER TABLE feedback ENABLE ROW LEVEL SECURITY;
ALTER TABLE feedback FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON feedback TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON feedback FOR SELECT TO finfoundry_application
    USING ((evidence <> '{}' OR person = current_setting('finfoundry.principal', true) OR identity_is_administrator())
        AND NOT EXISTS (SELECT FROM unnest(evidence) AS one (id) WHERE NOT EXISTS (SELECT FROM documents WHERE documents.id = one.id)));
GRANT SELECT ON feedback TO finfoundry_application;
