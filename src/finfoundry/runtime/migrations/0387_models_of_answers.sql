-- Which model wrote an answer, under the name that says its weights: contents of the audit are sealed, and what a row that was learned led to
-- is to be found at once. No words and no person; who may read the audit may read it, by the owner's
-- role (governance/answer_models.py).
CREATE TABLE answer_models (
    record uuid PRIMARY KEY REFERENCES audit_record,
    model text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON answer_models (model, at);
ALTER TABLE answer_models ENABLE ROW LEVEL SECURITY;
ALTER TABLE answer_models FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON answer_models TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY writing ON answer_models FOR INSERT TO finfoundry_application WITH CHECK (true);
GRANT INSERT (record, model) ON answer_models TO finfoundry_application;
