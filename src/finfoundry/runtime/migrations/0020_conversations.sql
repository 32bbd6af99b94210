-- What a follow-up question may leave out. Only the one who asked sees it; it holds names and a plan, no figures.

CREATE TABLE conversations (
    person text NOT NULL,
    id text NOT NULL CHECK (id <> ''),
    content jsonb NOT NULL,
    changed timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (person, id)
);
ALTER TABLE conversations ENABLE ROW LEVEL SECURITY;
ALTER TABLE conversations FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON conversations TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY own ON conversations TO finfoundry_application
    USING (person = current_setting('finfoundry.principal', true))
    WITH CHECK (person = current_setting('finfoundry.principal', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON conversations TO finfoundry_application;
