-- On what a candidate for a slot is compared: suites with what is asked of each, and the digests of their items. Fixed before anything is
-- proposed, by a person who does not propose; the latest of a slot is in force.
CREATE TABLE release_exams (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slot text NOT NULL CHECK (slot <> ''),
    data text NOT NULL,  -- the folder with the suites' data, on the machine of who fixed it
    suites jsonb NOT NULL,  -- suite -> role, margin, number and SHA-256 of the items
    sampled integer CHECK (sampled > 0),  -- items a suite at most; none = all
    seed integer NOT NULL,
    why text NOT NULL CHECK (why <> ''),
    fixed_by text NOT NULL,
    fixed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE release_exams ENABLE ROW LEVEL SECURITY;
ALTER TABLE release_exams FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON release_exams TO CURRENT_USER USING (true) WITH CHECK (true);

-- What was answered in an exam. The key is the digest of all that decides an answer (weights, adapter, template, items, code), so that rows
-- of other weights are never taken for these; no file outside the store is read as evidence.
CREATE TABLE release_rows (
    key text NOT NULL,
    item text NOT NULL,
    row jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (key, item)
);
ALTER TABLE release_rows ENABLE ROW LEVEL SECURITY;
ALTER TABLE release_rows FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON release_rows TO CURRENT_USER USING (true) WITH CHECK (true);

-- Releases of before have no exam: they may serve on, and are not promoted again.
ALTER TABLE releases ADD COLUMN exam integer REFERENCES release_exams;
ALTER TABLE releases ADD COLUMN evidence jsonb NOT NULL DEFAULT '{}';  -- suite -> keys of the rows of what served and of the candidate
