-- Versions that score a share of the traffic beside the one in use, and are not told to anybody: who set them, and which scores are pairs.
CREATE TABLE specialist_shadows (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    version text NOT NULL REFERENCES specialists ON DELETE CASCADE,
    share double precision NOT NULL CHECK (share > 0 AND share <= 1),
    set_by text NOT NULL,
    proof text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_by text,
    ended_at timestamptz
);
CREATE UNIQUE INDEX ON specialist_shadows (name) WHERE ended_at IS NULL;
ALTER TABLE specialist_shadows ENABLE ROW LEVEL SECURITY;
ALTER TABLE specialist_shadows FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON specialist_shadows TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON specialist_shadows FOR SELECT TO finfoundry_application
    USING (EXISTS (SELECT FROM specialists WHERE specialists.version = specialist_shadows.version));
GRANT SELECT ON specialist_shadows TO finfoundry_application;

CREATE TABLE specialist_shadow_scores (
    record uuid PRIMARY KEY REFERENCES audit_record,  -- of the shadow's scores
    answered uuid NOT NULL REFERENCES audit_record,  -- of the scores that were the answer to the same rows
    version text NOT NULL REFERENCES specialists ON DELETE CASCADE,  -- the shadow
    answering text NOT NULL REFERENCES specialists ON DELETE CASCADE  -- the version in use then
);
CREATE INDEX ON specialist_shadow_scores (version, answering);
ALTER TABLE specialist_shadow_scores ENABLE ROW LEVEL SECURITY;
ALTER TABLE specialist_shadow_scores FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON specialist_shadow_scores TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON specialist_shadow_scores FOR SELECT TO finfoundry_application
    USING (EXISTS (SELECT FROM specialists WHERE specialists.version = specialist_shadow_scores.version));
CREATE POLICY adding ON specialist_shadow_scores FOR INSERT TO finfoundry_application
    WITH CHECK (EXISTS (SELECT FROM specialists WHERE specialists.version = specialist_shadow_scores.version));
GRANT SELECT, INSERT ON specialist_shadow_scores TO finfoundry_application;
