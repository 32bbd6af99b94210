-- Figures of a specialist's champion, so that they can be asked for, and cut-offs: what is approved by which version, set by whom.

ALTER TABLE specialists ADD COLUMN figures jsonb;  -- {"model": …, "figures": {name: {value, low, high}}}; null for versions registered before

CREATE TABLE specialist_policies (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version text NOT NULL REFERENCES specialists ON DELETE CASCADE,
    cutoff numeric NOT NULL,  -- a score
    higher_is_safer boolean NOT NULL,  -- at or above the cut-off is approved; else at or below
    gain numeric NOT NULL CHECK (gain >= 0),  -- of a row approved that has no event, in the currency of the user
    loss numeric NOT NULL CHECK (loss >= 0),  -- of one that has
    set_by text NOT NULL,
    proof text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON specialist_policies (version, at);
ALTER TABLE specialist_policies ENABLE ROW LEVEL SECURITY;
ALTER TABLE specialist_policies FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON specialist_policies TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON specialist_policies FOR SELECT TO finfoundry_application
    USING (EXISTS (SELECT FROM specialists WHERE specialists.version = specialist_policies.version));
GRANT SELECT ON specialist_policies TO finfoundry_application;
