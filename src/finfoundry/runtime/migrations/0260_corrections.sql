-- Corrections by hand of what was read of a fact. A row is one version, whose content never changes; a fact bears the number of the one in
-- force, and each names the one that it replaces, so that undoing one brings that back, and at last the fact as it was read. Deleting the
-- document deletes them with its facts.
CREATE TABLE corrections (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id bigint NOT NULL,
    ordinal integer NOT NULL,
    label_id integer NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    replaces bigint,  -- the correction in force when it was proposed; null: the fact as it was read
    content jsonb NOT NULL,  -- the fact as read, before and after, the identities as shown, why (knowledge/corrections)
    state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'retired')),
    proposed_by text NOT NULL,
    proposed_proof text NOT NULL,  -- how it was known who that is
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    approved_by text,
    approved_proof text,
    approved_at timestamptz,
    retired_by text,
    retired_at timestamptz,
    UNIQUE (document_id, ordinal, version),
    FOREIGN KEY (document_id, ordinal) REFERENCES facts ON DELETE CASCADE,
    CHECK (approved_by <> proposed_by),
    CHECK (state <> 'approved' OR approved_by IS NOT NULL),
    CHECK ((state = 'retired') = (retired_by IS NOT NULL))
);
CREATE INDEX ON corrections (document_id) WHERE state = 'approved';
ALTER TABLE corrections ENABLE ROW LEVEL SECURITY;
ALTER TABLE corrections FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON corrections TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON corrections FOR SELECT TO finfoundry_application USING (label_id = ANY ((SELECT readable_labels())::integer[]));
CREATE POLICY adding ON corrections FOR INSERT TO finfoundry_application WITH CHECK (
    state = 'proposed' AND proposed_by = current_setting('finfoundry.principal', true)
    AND label_id = ANY ((SELECT writable_labels())::integer[])
    AND EXISTS (
        SELECT FROM facts f
        WHERE f.document_id = corrections.document_id AND f.ordinal = corrections.ordinal AND f.label_id = corrections.label_id
    )
);
-- From proposed to approved by the one who acts, and to retired; what is retired stays so.
CREATE POLICY deciding ON corrections FOR UPDATE TO finfoundry_application
    USING (state <> 'retired' AND label_id = ANY ((SELECT writable_labels())::integer[]))
    WITH CHECK (
        label_id = ANY ((SELECT writable_labels())::integer[])
        AND (
            (state = 'approved' AND approved_by = current_setting('finfoundry.principal', true))
            OR (state = 'retired' AND retired_by = current_setting('finfoundry.principal', true))
        )
    );
GRANT SELECT ON corrections TO finfoundry_application;
GRANT INSERT (document_id, ordinal, label_id, version, replaces, content, proposed_by, proposed_proof) ON corrections
    TO finfoundry_application;
GRANT UPDATE (state, approved_by, approved_proof, approved_at, retired_by, retired_at) ON corrections TO finfoundry_application;

-- A stored fact changes by a correction that comes into force or is undone, in no other way.
ALTER TABLE facts ADD COLUMN correction_id bigint;
ALTER TABLE documents ADD COLUMN revision integer NOT NULL DEFAULT 0;  -- how often its facts were changed so
DROP POLICY changing ON facts;
REVOKE UPDATE ON facts FROM finfoundry_application;

CREATE FUNCTION apply_correction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$
DECLARE
    comes boolean := NEW.state = 'approved';
BEGIN
    UPDATE facts fact SET
        (entity, metric, concept, scope, period, period_end, value, unit, scale, precision, text, terms, weights) = (
            SELECT s.entity, s.metric, s.concept, s.scope, s.period, s.period_end, s.value, s.unit, s.scale, s.precision, s.text, s.terms,
                   s.weights
            FROM jsonb_populate_record(NULL::facts, NEW.content -> CASE WHEN comes THEN 'after' ELSE 'before' END) AS s
        ),
        correction_id = CASE WHEN comes THEN NEW.id ELSE NEW.replaces END
    WHERE fact.document_id = NEW.document_id AND fact.ordinal = NEW.ordinal
      AND fact.correction_id IS NOT DISTINCT FROM CASE WHEN comes THEN NEW.replaces ELSE NEW.id END;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'correction % is not the next of its fact', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    UPDATE documents SET revision = revision + 1 WHERE id = NEW.document_id;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION apply_correction() FROM PUBLIC;
CREATE TRIGGER applied AFTER UPDATE OF state ON corrections FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND 'approved' IN (OLD.state, NEW.state)) EXECUTE FUNCTION apply_correction();

-- A cached answer is out of date when a fact was corrected, too.
CREATE OR REPLACE FUNCTION evidence_version() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$
    SELECT encode(sha256(convert_to(coalesce(string_agg(
        id::text || ':' || label_id::text || ':' || coalesce(embedded_by, '') || ':' || revision::text, ',' ORDER BY id), ''), 'UTF8')), 'hex')
    FROM documents
$$;
