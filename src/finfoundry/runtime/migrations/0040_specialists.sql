-- The registry of specialists, and the scores that may be asked for by name. Files lie here, so that several servers share them.

CREATE TABLE specialists (
    version text PRIMARY KEY,  -- SHA-256 over the files
    name text NOT NULL CHECK (name <> ''),
    family text NOT NULL,
    files bytea STORAGE EXTERNAL NOT NULL,  -- a zip archive
    trained_by text NOT NULL,
    trained_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'candidate' CHECK (state IN ('candidate', 'promoted', 'retired')),
    decided_by text CHECK (state <> 'promoted' OR decided_by <> trained_by),
    decided_at timestamptz
);
CREATE UNIQUE INDEX ON specialists (name) WHERE state = 'promoted';
ALTER TABLE specialists ENABLE ROW LEVEL SECURITY;
ALTER TABLE specialists FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON specialists TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON specialists FOR SELECT TO finfoundry_application USING (true);
GRANT SELECT ON specialists TO finfoundry_application;

CREATE TABLE specialist_scores (
    record uuid NOT NULL REFERENCES audit_record,
    person text NOT NULL,
    name text NOT NULL,
    version text NOT NULL,
    id text NOT NULL,
    content jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (record, id)
);
CREATE INDEX ON specialist_scores (name, id, at);
ALTER TABLE specialist_scores ENABLE ROW LEVEL SECURITY;
ALTER TABLE specialist_scores FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON specialist_scores TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY own ON specialist_scores TO finfoundry_application
    USING (person = current_setting('finfoundry.principal', true) OR identity_is_administrator())
    WITH CHECK (person = current_setting('finfoundry.principal', true));
GRANT SELECT, INSERT, DELETE ON specialist_scores TO finfoundry_application;
