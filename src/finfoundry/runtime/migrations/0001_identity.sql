-- Who may read what. Users, groups, labels and grants are changed by the owner's role alone (governance/policy.py);
-- the row policies of every later table ask the two functions at the end.

CREATE TABLE users (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> ''),
    created timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE groups (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> ''),
    created timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE memberships (
    user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
    group_id integer NOT NULL REFERENCES groups ON DELETE CASCADE,
    PRIMARY KEY (user_id, group_id)
);

-- rank: the higher, the more sensitive. everyone: readable by every user without a grant. discoverable: a user without a grant
-- may learn that a document exists.
CREATE TABLE labels (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> ''),
    rank integer NOT NULL DEFAULT 0,
    everyone boolean NOT NULL DEFAULT false,
    discoverable boolean NOT NULL DEFAULT false,
    description text NOT NULL DEFAULT ''
);

-- The levels of 金规〔2024〕24号 (银行保险机构数据安全管理办法).
INSERT INTO labels (name, rank, everyone, description) VALUES
    ('general', 0, true, '一般数据'),
    ('sensitive', 1, false, '敏感数据'),
    ('important', 2, false, '重要数据'),
    ('core', 3, false, '核心数据');

CREATE TABLE grants (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    label_id integer NOT NULL REFERENCES labels ON DELETE CASCADE,
    user_id integer REFERENCES users ON DELETE CASCADE,
    group_id integer REFERENCES groups ON DELETE CASCADE,
    can_write boolean NOT NULL DEFAULT false,
    created timestamptz NOT NULL DEFAULT now(),
    CHECK ((user_id IS NULL) <> (group_id IS NULL)),
    UNIQUE NULLS NOT DISTINCT (label_id, user_id, group_id)
);
CREATE INDEX ON grants (user_id);
CREATE INDEX ON grants (group_id);

-- The identity is two settings that live as long as the transaction (core/database.py sets them). Without them: nobody.
CREATE FUNCTION identity_is_administrator() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(current_setting('finfoundry.administrator', true), '') = 'on' $$;

CREATE FUNCTION granted_labels(writing boolean) RETURNS integer[] LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = finfoundry, pg_temp
AS $$
    SELECT coalesce(array_agg(label.id), '{}')
    FROM labels label
    WHERE identity_is_administrator() OR EXISTS (
        SELECT FROM users person
        WHERE person.name = current_setting('finfoundry.principal', true) AND (
            (label.everyone AND NOT writing)
            OR EXISTS (
                SELECT FROM grants given
                WHERE given.label_id = label.id AND (given.can_write OR NOT writing) AND (
                    given.user_id = person.id
                    OR given.group_id IN (SELECT group_id FROM memberships WHERE user_id = person.id)
                )
            )
        )
    )
$$;

CREATE FUNCTION readable_labels() RETURNS integer[] LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT granted_labels(false) $$;
CREATE FUNCTION writable_labels() RETURNS integer[] LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT granted_labels(true) $$;

-- Label names: those one may read, and those whose existence may be known.
ALTER TABLE labels ENABLE ROW LEVEL SECURITY;
ALTER TABLE labels FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON labels TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON labels FOR SELECT TO finfoundry_application
    USING (discoverable OR id = ANY ((SELECT readable_labels())::integer[]));
GRANT SELECT ON labels TO finfoundry_application;

-- Puts a table that has a column label_id under the policy. Every migration that adds a readable table calls it.
--   application: reads what the identity may read, writes what it may write
--   reader (SQL that a model wrote): reads what the identity may read
--   worker (embeddings, compaction of the index): only where `worker` is true, and then every row
CREATE PROCEDURE protect(target regclass, worker boolean DEFAULT false) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY owner ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', target);
    EXECUTE format('CREATE POLICY reading ON %s FOR SELECT TO finfoundry_application, finfoundry_reader
                    USING (label_id = ANY ((SELECT readable_labels())::integer[]))', target);
    EXECUTE format('CREATE POLICY adding ON %s FOR INSERT TO finfoundry_application
                    WITH CHECK (label_id = ANY ((SELECT writable_labels())::integer[]))', target);
    EXECUTE format('CREATE POLICY changing ON %s FOR UPDATE TO finfoundry_application
                    USING (label_id = ANY ((SELECT writable_labels())::integer[]))
                    WITH CHECK (label_id = ANY ((SELECT writable_labels())::integer[]))', target);
    EXECUTE format('CREATE POLICY removing ON %s FOR DELETE TO finfoundry_application
                    USING (label_id = ANY ((SELECT writable_labels())::integer[]))', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO finfoundry_application', target);
    IF worker THEN
        EXECUTE format('CREATE POLICY working ON %s TO finfoundry_worker USING (true) WITH CHECK (true)', target);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO finfoundry_worker', target);
    END IF;
END $$;
