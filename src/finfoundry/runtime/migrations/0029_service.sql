-- What the HTTP service keeps: keys by which users come in, and files on their way into the store.

-- A key has 256 random bits, so a plain digest is enough: there is nothing to guess. Deleting a user deletes the user's keys.
CREATE TABLE api_keys (
    id text PRIMARY KEY,
    user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
    hash bytea NOT NULL UNIQUE,  -- SHA-256 of the whole key
    scopes text[] NOT NULL CHECK (scopes <@ ARRAY['read', 'write', 'raw', 'admin']),
    created timestamptz NOT NULL DEFAULT now(),
    expires timestamptz,
    revoked timestamptz
);
CREATE INDEX ON api_keys (user_id);
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON api_keys TO CURRENT_USER USING (true) WITH CHECK (true);

-- The bytes lie here only until the worker has stored or refused the file. Only the one who sent it sees it.
CREATE TABLE uploads (
    id uuid PRIMARY KEY,
    person text NOT NULL,
    administrator boolean NOT NULL,
    name text NOT NULL,
    collection text NOT NULL,
    label text NOT NULL,
    size bigint NOT NULL,
    data bytea STORAGE EXTERNAL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'reading', 'done', 'failed')),
    result jsonb,
    created timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON uploads (person, created);
ALTER TABLE uploads ENABLE ROW LEVEL SECURITY;
ALTER TABLE uploads FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON uploads TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY own ON uploads TO finfoundry_application
    USING (person = current_setting('finfoundry.principal', true))
    WITH CHECK (person = current_setting('finfoundry.principal', true));
CREATE POLICY working ON uploads TO finfoundry_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON uploads TO finfoundry_application;
GRANT SELECT, UPDATE ON uploads TO finfoundry_worker;

-- A digest of what is in the store, whoever may read it: a cached answer is out of date when it changes.
CREATE FUNCTION evidence_version() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$
    SELECT encode(sha256(convert_to(coalesce(
        string_agg(id::text || ':' || label_id::text || ':' || coalesce(embedded_by, ''), ',' ORDER BY id), ''), 'UTF8')), 'hex')
    FROM documents
$$;
REVOKE EXECUTE ON FUNCTION evidence_version() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION evidence_version() TO finfoundry_application;
