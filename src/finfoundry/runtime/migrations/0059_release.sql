-- What was proposed to serve, on which evidence, and what serves. A slot is what a release stands for: 'model' answers every question, any
-- other name is an adapter beside it that a request may choose. Weights lie in the home, under their digest.
CREATE TABLE releases (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slot text NOT NULL CHECK (slot <> ''),
    name text NOT NULL CHECK (name <> ''),
    form text NOT NULL,
    sha256 text NOT NULL,  -- of the file that serves
    base text NOT NULL,
    base_sha256 text NOT NULL,
    manifest jsonb NOT NULL,  -- from data to form, as the toolchain wrote it
    against jsonb NOT NULL,  -- slot -> release that served when it was compared; empty for the model of the settings
    verdict jsonb NOT NULL,  -- per suite: items, values, bound, margin, digests of the rows
    passed boolean NOT NULL,
    why text NOT NULL CHECK (why <> ''),
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE releases ENABLE ROW LEVEL SECURITY;
ALTER TABLE releases FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON releases TO CURRENT_USER USING (true) WITH CHECK (true);

-- What serves in a slot is the release of its last move; none = the model of the settings, or no adapter.
CREATE TABLE release_moves (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    act uuid NOT NULL,  -- what was promoted together goes back together
    slot text NOT NULL,
    release integer REFERENCES releases,
    before integer REFERENCES releases,  -- what served until then
    action text NOT NULL CHECK (action IN ('promoted', 'rolled back')),
    why text NOT NULL CHECK (why <> ''),
    person text NOT NULL,
    proposed_by text CHECK (action <> 'promoted' OR proposed_by <> person),  -- of the release: a promotion needs a second person
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (action <> 'promoted' OR (release IS NOT NULL AND proposed_by IS NOT NULL))
);
CREATE INDEX ON release_moves (slot, id);
ALTER TABLE release_moves ENABLE ROW LEVEL SECURITY;
ALTER TABLE release_moves FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON release_moves TO CURRENT_USER USING (true) WITH CHECK (true);
