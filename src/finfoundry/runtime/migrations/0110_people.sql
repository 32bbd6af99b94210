-- Rows name a person by the name: uploads, conversations, scores, ratings, releases, keys of the audit. So a name belongs to one person for
-- ever. Whoever is removed leaves a digest of the name (not the name: it may have to be forgotten), and a user of that name is refused.
CREATE TABLE former_users (
    digest bytea PRIMARY KEY,  -- SHA-256 of the name
    since timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE former_users ENABLE ROW LEVEL SECURITY;
ALTER TABLE former_users FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON former_users TO CURRENT_USER USING (true) WITH CHECK (true);

CREATE FUNCTION name_digest(name text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT sha256(convert_to(name, 'UTF8')) $$;

CREATE FUNCTION keep_name_taken() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$ BEGIN INSERT INTO former_users (digest) VALUES (name_digest(OLD.name)) ON CONFLICT DO NOTHING; RETURN NULL; END $$;
CREATE FUNCTION refuse_former_name() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM former_users WHERE digest = name_digest(NEW.name)) THEN
        RAISE EXCEPTION 'the name belonged to another user' USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_name_taken AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION keep_name_taken();
CREATE TRIGGER keep_old_name_taken AFTER UPDATE OF name ON users FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION keep_name_taken();
CREATE TRIGGER refuse_former_name BEFORE INSERT OR UPDATE OF name ON users FOR EACH ROW EXECUTE FUNCTION refuse_former_name();

-- Those who were removed before: every name that rows hold and no user has.
INSERT INTO former_users (digest)
SELECT DISTINCT name_digest(name) FROM (
    SELECT person AS name FROM conversations UNION SELECT person FROM uploads UNION SELECT person FROM specialist_scores
    UNION SELECT person FROM feedback UNION SELECT trained_by FROM specialists UNION SELECT decided_by FROM specialists
    UNION SELECT proposed_by FROM releases UNION SELECT person FROM release_moves UNION SELECT proposed_by FROM release_moves
    UNION SELECT name FROM audit_key WHERE kind = 'user'
) AS held WHERE name IS NOT NULL AND NOT EXISTS (SELECT FROM users WHERE users.name = held.name)
ON CONFLICT DO NOTHING;
REVOKE EXECUTE ON FUNCTION name_digest(text), keep_name_taken(), refuse_former_name() FROM PUBLIC;

-- An administrator is who comes over a login of administrators (core/database.py). A setting can be set by any statement, so none is asked.
CREATE OR REPLACE FUNCTION identity_is_administrator() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT session_user IN ('finfoundry_administrator', 'finfoundry_administrator_reader') $$;

-- Work to be done names what it is done to: an upload, a document. The application adds to it; only the worker sees it.
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON jobs TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY working ON jobs TO finfoundry_worker USING (true) WITH CHECK (true);
CREATE FUNCTION add_job(wanted_kind text, wanted_key text, wanted_payload jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$
    INSERT INTO jobs (kind, key, payload) VALUES (wanted_kind, wanted_key, wanted_payload)
    ON CONFLICT (kind, key) WHERE state = 'queued' DO NOTHING
$$;
REVOKE SELECT, INSERT ON jobs FROM finfoundry_application;
REVOKE EXECUTE ON FUNCTION add_job(text, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add_job(text, text, jsonb) TO finfoundry_application, finfoundry_worker;
