-- The audit trail. The application adds records and never changes one; what was said lies in audit_content, encrypted under the
-- keys of its user and its documents together (core/audit.py); the sealer, as owner, chains records (governance/seal.py).

CREATE TABLE audit_key (
    subject uuid PRIMARY KEY,  -- random: once the row is deleted, nothing leads from it to the name
    kind text NOT NULL CHECK (kind IN ('master', 'user', 'document')),
    name text NOT NULL,
    public bytea NOT NULL,
    private bytea NOT NULL,  -- wrapped by the home's master key; of 'master' itself it is empty
    UNIQUE (kind, name)
);

CREATE TABLE audit_record (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor uuid NOT NULL,  -- a subject of audit_key, which may have been deleted since
    action text NOT NULL,
    target text,
    steps jsonb NOT NULL  -- [{"kind", "digest", "subjects"}]
);
CREATE INDEX ON audit_record (at);

CREATE TABLE audit_content (
    record uuid NOT NULL REFERENCES audit_record,
    step integer NOT NULL,
    content bytea STORAGE EXTERNAL NOT NULL,  -- compressed before it was encrypted
    PRIMARY KEY (record, step)
);

CREATE TABLE audit_pending (record uuid PRIMARY KEY REFERENCES audit_record);

CREATE TABLE audit_chain (
    sequence bigint PRIMARY KEY,
    record uuid NOT NULL UNIQUE REFERENCES audit_record,
    previous bytea NOT NULL,
    hash bytea NOT NULL
);

CREATE TABLE audit_head (
    sequence bigint PRIMARY KEY REFERENCES audit_chain,
    hash bytea NOT NULL,
    at text NOT NULL,
    signature bytea NOT NULL
);

CREATE FUNCTION audit_queue() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$ BEGIN INSERT INTO audit_pending VALUES (NEW.id); RETURN NULL; END $$;
CREATE TRIGGER queue AFTER INSERT ON audit_record FOR EACH ROW EXECUTE FUNCTION audit_queue();

-- Against mistakes, the owner's too. Who means to can drop the trigger: that is what the chain is for.
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'audit records are never changed or removed' USING ERRCODE = 'insufficient_privilege'; END $$;

DO $$
DECLARE target text;
BEGIN
    FOREACH target IN ARRAY ARRAY['audit_record', 'audit_content', 'audit_chain', 'audit_head'] LOOP
        EXECUTE format('CREATE TRIGGER refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON %I EXECUTE FUNCTION audit_refuse()', target);
    END LOOP;
    FOREACH target IN ARRAY ARRAY['audit_key', 'audit_record', 'audit_content', 'audit_pending', 'audit_chain', 'audit_head'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', target);
        EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', target);
    END LOOP;
END $$;

-- Everybody writes, administrators read. The time of a record and the master key are not the application's to choose.
CREATE POLICY adding ON audit_record FOR INSERT TO finfoundry_application WITH CHECK (true);
CREATE POLICY reading ON audit_record FOR SELECT TO finfoundry_application USING (identity_is_administrator());
CREATE POLICY adding ON audit_content FOR INSERT TO finfoundry_application WITH CHECK (true);
CREATE POLICY reading ON audit_content FOR SELECT TO finfoundry_application USING (identity_is_administrator());
CREATE POLICY adding ON audit_key FOR INSERT TO finfoundry_application WITH CHECK (kind <> 'master');
CREATE POLICY reading ON audit_key FOR SELECT TO finfoundry_application USING (true);
CREATE POLICY erasing ON audit_key FOR DELETE TO finfoundry_application USING (identity_is_administrator() AND kind <> 'master');

GRANT INSERT (id, actor, action, target, steps), SELECT ON audit_record TO finfoundry_application;
GRANT INSERT, SELECT ON audit_content TO finfoundry_application;
GRANT INSERT, DELETE, SELECT (subject, kind, name, public) ON audit_key TO finfoundry_application;
