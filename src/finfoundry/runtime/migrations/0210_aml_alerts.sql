-- Alerts on accounts, under the label of the specialist that scored them: who may read the label sees the queue, who may write it works on it.
-- One alert an account is open at a time. It is closed by two people: one proposes, another closes.
CREATE TABLE aml_alerts (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    label_id integer NOT NULL REFERENCES labels,
    name text NOT NULL CHECK (name <> ''),  -- of the specialist
    version text NOT NULL REFERENCES specialists,
    account text NOT NULL CHECK (account <> ''),
    as_of text NOT NULL,  -- up to when transfers counted
    score uuid NOT NULL REFERENCES audit_record,  -- the batch that holds the account's score
    content jsonb NOT NULL,  -- output, findings with their transfers, digest of the rules
    fingerprint text NOT NULL,  -- SHA-256 of what the alert rests on: the same again is no new alert
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'proposed', 'closed')),
    outcome text CHECK (outcome IN ('report', 'no suspicion')),
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    proposed_by text,
    proposed_proof text,  -- how it was known who that is
    closed_by text CHECK (closed_by <> proposed_by),
    closed_proof text,
    closed_at timestamptz,
    record uuid NOT NULL REFERENCES audit_record,
    CHECK ((state = 'open') = (proposed_by IS NULL) AND (state = 'open') = (outcome IS NULL)),
    CHECK ((state = 'closed') = (closed_by IS NOT NULL))
);
CREATE UNIQUE INDEX ON aml_alerts (label_id, name, account) WHERE state <> 'closed';
CREATE INDEX ON aml_alerts (name, account, id);
CALL protect('aml_alerts');
REVOKE DELETE ON aml_alerts FROM finfoundry_application;

-- What was done with an alert, in order: a case is added to and never changed.
CREATE TABLE aml_case_entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert integer NOT NULL REFERENCES aml_alerts,
    label_id integer NOT NULL REFERENCES labels,
    kind text NOT NULL CHECK (kind IN ('note', 'narrative', 'seen again', 'proposed', 'returned', 'closed')),
    content jsonb NOT NULL,
    person text NOT NULL,
    proof text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    record uuid NOT NULL REFERENCES audit_record
);
CREATE INDEX ON aml_case_entries (alert, id);
CALL protect('aml_case_entries');
REVOKE UPDATE, DELETE ON aml_case_entries FROM finfoundry_application;
CREATE POLICY own_name ON aml_case_entries AS RESTRICTIVE FOR INSERT TO finfoundry_application
    WITH CHECK (person = current_setting('finfoundry.principal', true));

-- Whoever acts, acts in the own name; what was closed stays; who closes finds the proposal as it was made.
CREATE FUNCTION aml_alert_steps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE person text := current_setting('finfoundry.principal', true);
BEGIN
    IF current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'closed'
        OR (NEW.state = 'proposed' AND (OLD.state <> 'open' OR NEW.proposed_by IS DISTINCT FROM person))
        OR (NEW.state = 'closed' AND (OLD.state <> 'proposed' OR NEW.closed_by IS DISTINCT FROM person
            OR (NEW.proposed_by, NEW.proposed_proof, NEW.outcome) IS DISTINCT FROM (OLD.proposed_by, OLD.proposed_proof, OLD.outcome)))
        OR (NEW.id, NEW.label_id, NEW.name, NEW.account, NEW.opened_by) IS DISTINCT FROM (OLD.id, OLD.label_id, OLD.name, OLD.account, OLD.opened_by)
    THEN
        RAISE EXCEPTION 'an alert is closed by two people, each in the own name' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER steps BEFORE UPDATE ON aml_alerts FOR EACH ROW EXECUTE FUNCTION aml_alert_steps();
CREATE POLICY own_name ON aml_alerts AS RESTRICTIVE FOR INSERT TO finfoundry_application
    WITH CHECK (opened_by = current_setting('finfoundry.principal', true) AND state = 'open');
REVOKE EXECUTE ON FUNCTION aml_alert_steps() FROM PUBLIC;
