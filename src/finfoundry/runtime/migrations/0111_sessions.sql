-- Who has signed in on the page. The browser holds a random id, here is its digest. A session ends with its time, by signing out, and with the
-- key or the user that it was opened for; one that an identity provider opened ends, too, when all tokens of the user are ended.
CREATE TABLE sessions (
    hash bytea PRIMARY KEY,  -- SHA-256 of the id
    user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
    key_id text REFERENCES api_keys ON DELETE CASCADE,  -- null: opened by an identity provider
    scopes text[] NOT NULL,
    opened timestamptz NOT NULL DEFAULT now(),
    expires timestamptz NOT NULL
);
CREATE INDEX ON sessions (expires);
CREATE INDEX ON sessions (user_id);
CREATE INDEX ON sessions (key_id);
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON sessions TO CURRENT_USER USING (true) WITH CHECK (true);
