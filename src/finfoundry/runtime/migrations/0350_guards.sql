-- What the guards decided, and who objects. No words: these lie in the audit, under the key of who asked. A person sees what was decided of her
-- own texts; an auditor, who reads the whole audit, all of it (governance/guards).
CREATE TABLE guard_decisions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    record uuid NOT NULL REFERENCES audit_record,
    person text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('question', 'passage', 'tool_result', 'answer')),
    action text NOT NULL CHECK (action IN ('refuse', 'hand_over', 'warn', 'log')),
    label text NOT NULL,
    score real NOT NULL CHECK (score BETWEEN 0 AND 1),
    bar real NOT NULL CHECK (bar BETWEEN 0 AND 1),
    tagger text NOT NULL,
    policy text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON guard_decisions (at);
CREATE INDEX ON guard_decisions (record);
ALTER TABLE guard_decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard_decisions FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON guard_decisions TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON guard_decisions FOR SELECT TO finfoundry_application
    USING (person = current_setting('finfoundry.principal', true) OR identity_is_administrator());
CREATE POLICY deciding ON guard_decisions FOR INSERT TO finfoundry_application
    WITH CHECK (person = current_setting('finfoundry.principal', true));
GRANT SELECT ON guard_decisions TO finfoundry_application;
GRANT INSERT (record, person, channel, action, label, score, bar, tagger, policy) ON guard_decisions TO finfoundry_application;

-- An objection says of one's own act how it should have been taken; another person upholds it, or does not. What is upheld may be learned from.
CREATE TABLE guard_objections (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    record uuid NOT NULL REFERENCES audit_record,  -- that holds its words
    act uuid NOT NULL REFERENCES audit_record,  -- that is objected to
    person text NOT NULL,
    wanted text NOT NULL CHECK (wanted IN ('answer', 'refuse')),
    label text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'upheld', 'dismissed')),
    decided_by text,
    decided_proof text,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    decided_at timestamptz,
    UNIQUE (act, person),
    CHECK (decided_by <> person),
    CHECK ((state = 'open') = (decided_by IS NULL))
);
ALTER TABLE guard_objections ENABLE ROW LEVEL SECURITY;
ALTER TABLE guard_objections FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON guard_objections TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON guard_objections FOR SELECT TO finfoundry_application
    USING (person = current_setting('finfoundry.principal', true) OR identity_is_administrator());
GRANT SELECT ON guard_objections TO finfoundry_application;
