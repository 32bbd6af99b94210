-- The institution's own words: synonyms, metrics defined by formulas, norms. A row is one version of one term, whose content never changes;
-- who may not read its label sees no term. Two labels may each have a term of one name.
CREATE TABLE terms (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    label_id integer NOT NULL REFERENCES labels,
    name text NOT NULL CHECK (name <> ''),
    version integer NOT NULL CHECK (version > 0),
    content jsonb NOT NULL,  -- kind, names, what it means (governance/own_terms.py)
    state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'retired')),
    proposed_by text NOT NULL,
    proposed_proof text NOT NULL,  -- how it was known who that is
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    approved_by text,
    approved_proof text,
    approved_at timestamptz,
    retired_by text,
    retired_at timestamptz,
    UNIQUE (label_id, name, version),
    CHECK (approved_by <> proposed_by),
    CHECK (state <> 'approved' OR approved_by IS NOT NULL),
    CHECK ((state = 'retired') = (retired_by IS NOT NULL))
);
CREATE UNIQUE INDEX ON terms (label_id, name) WHERE state = 'approved';  -- one version in force
ALTER TABLE terms ENABLE ROW LEVEL SECURITY;
ALTER TABLE terms FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON terms TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON terms FOR SELECT TO finfoundry_application USING (label_id = ANY ((SELECT readable_labels())::integer[]));
CREATE POLICY adding ON terms FOR INSERT TO finfoundry_application WITH CHECK (
    state = 'proposed' AND proposed_by = current_setting('finfoundry.principal', true)
    AND label_id = ANY ((SELECT writable_labels())::integer[])
);
-- From proposed to approved by the one who acts, and to retired; what is retired stays so.
CREATE POLICY deciding ON terms FOR UPDATE TO finfoundry_application
    USING (state <> 'retired' AND label_id = ANY ((SELECT writable_labels())::integer[]))
    WITH CHECK (
        label_id = ANY ((SELECT writable_labels())::integer[])
        AND (
            (state = 'approved' AND approved_by = current_setting('finfoundry.principal', true))
            OR (state = 'retired' AND retired_by = current_setting('finfoundry.principal', true))
        )
    );
GRANT SELECT ON terms TO finfoundry_application;
GRANT INSERT (label_id, name, version, content, proposed_by, proposed_proof) ON terms TO finfoundry_application;
GRANT UPDATE (state, approved_by, approved_proof, approved_at, retired_by, retired_at) ON terms TO finfoundry_application;
