-- Who may do what with the specialists of a label. Reading the label is using them (0042); these are the other parts.
CREATE TABLE specialist_roles (
    label_id integer NOT NULL REFERENCES labels ON DELETE CASCADE,
    user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('trainer', 'validator', 'approver')),
    given_by text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (label_id, user_id, role)
);
ALTER TABLE specialist_roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE specialist_roles FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON specialist_roles TO CURRENT_USER USING (true) WITH CHECK (true);

-- What a validator found. The content is said once more in the audit record, whose digest is chained and signed; ``seal`` is its SHA-256.
CREATE TABLE specialist_validations (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version text NOT NULL REFERENCES specialists,
    trained_by text NOT NULL,
    validated_by text NOT NULL CHECK (validated_by <> trained_by),
    proof text NOT NULL,  -- how it was known who that is
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    content jsonb NOT NULL,  -- outcome, findings, conditions, expiry, checklist, figures
    seal text NOT NULL,
    record uuid NOT NULL REFERENCES audit_record
);
CREATE INDEX ON specialist_validations (version, id);
ALTER TABLE specialist_validations ENABLE ROW LEVEL SECURITY;
ALTER TABLE specialist_validations FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON specialist_validations TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON specialist_validations FOR SELECT TO finfoundry_application
    USING (EXISTS (SELECT FROM specialists WHERE specialists.version = specialist_validations.version));
GRANT SELECT ON specialist_validations TO finfoundry_application;

-- A promotion names the validation that it rests on. What is in use since before this stays in use, and does not come back without one.
ALTER TABLE specialists ADD COLUMN validation integer;  -- of specialist_validations, which refers to this table: a backup loads one after the other, so this is no reference
ALTER TABLE specialists ADD COLUMN retired_at timestamptz;  -- a validation of before does not bring it back

-- What people decided on a score, and what came of it.
CREATE TABLE specialist_decisions (
    record uuid PRIMARY KEY REFERENCES audit_record,
    score uuid NOT NULL REFERENCES audit_record,  -- the batch whose row it was
    name text NOT NULL,
    version text NOT NULL REFERENCES specialists,
    id text NOT NULL,
    decision text NOT NULL CHECK (decision <> ''),
    override boolean NOT NULL,  -- against what the score said
    why text NOT NULL CHECK (NOT override OR why <> ''),
    person text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON specialist_decisions (version, id, at);
CREATE TABLE specialist_outcomes (
    name text NOT NULL,
    id text NOT NULL,
    event boolean NOT NULL,
    person text NOT NULL,
    record uuid NOT NULL REFERENCES audit_record,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    label_id integer NOT NULL REFERENCES labels,
    PRIMARY KEY (name, label_id, id)
);
CALL protect('specialist_outcomes');
ALTER TABLE specialist_decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE specialist_decisions FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON specialist_decisions TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON specialist_decisions FOR SELECT TO finfoundry_application
    USING (EXISTS (SELECT FROM specialists WHERE specialists.version = specialist_decisions.version));
CREATE POLICY adding ON specialist_decisions FOR INSERT TO finfoundry_application
    WITH CHECK (person = current_setting('finfoundry.principal', true)
        AND EXISTS (SELECT FROM specialists WHERE specialists.version = specialist_decisions.version));
GRANT SELECT, INSERT ON specialist_decisions TO finfoundry_application;
