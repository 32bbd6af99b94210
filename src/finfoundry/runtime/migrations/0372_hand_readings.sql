-- What a person read where the reader read nothing, or within a wrong border: a figure that it missed, or a table within another border.
-- A row is one proposal, whose content never changes. In force it withdraws facts, which nobody sees then, and adds others; undone, it is
-- the other way round. Its numbers are those of corrections: one number names one thing.
GRANT USAGE ON SEQUENCE corrections_id_seq TO finfoundry_application;
CREATE TABLE hand_readings (
    id bigint PRIMARY KEY DEFAULT nextval('corrections_id_seq'),
    document_id bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    label_id integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('figure', 'table')),
    page integer NOT NULL,
    content jsonb NOT NULL,  -- the border or the box, facts that come and go, the page's blocks, why (knowledge/corrections/hand_reading)
    state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'retired')),
    proposed_by text NOT NULL,
    proposed_proof text NOT NULL,  -- how it was known who that is
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    approved_by text,
    approved_proof text,
    approved_at timestamptz,
    retired_by text,
    retired_at timestamptz,
    CHECK (approved_by <> proposed_by),
    CHECK (state <> 'approved' OR approved_by IS NOT NULL),
    CHECK ((state = 'retired') = (retired_by IS NOT NULL))
);
CREATE INDEX ON hand_readings (document_id, page);
ALTER TABLE hand_readings ENABLE ROW LEVEL SECURITY;
ALTER TABLE hand_readings FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON hand_readings TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON hand_readings FOR SELECT TO finfoundry_application
    USING (label_id = ANY ((SELECT readable_labels())::integer[]));
CREATE POLICY adding ON hand_readings FOR INSERT TO finfoundry_application WITH CHECK (
    state = 'proposed' AND proposed_by = current_setting('finfoundry.principal', true)
    AND label_id = ANY ((SELECT writable_labels())::integer[])
    AND EXISTS (SELECT FROM documents d WHERE d.id = hand_readings.document_id AND d.label_id = hand_readings.label_id)
);
-- From proposed to approved by the one who acts, and to retired; what is retired stays so.
CREATE POLICY deciding ON hand_readings FOR UPDATE TO finfoundry_application
    USING (state <> 'retired' AND label_id = ANY ((SELECT writable_labels())::integer[]))
    WITH CHECK (
        label_id = ANY ((SELECT writable_labels())::integer[])
        AND (
            (state = 'approved' AND approved_by = current_setting('finfoundry.principal', true))
            OR (state = 'retired' AND retired_by = current_setting('finfoundry.principal', true))
        )
    );
GRANT SELECT ON hand_readings TO finfoundry_application;
GRANT INSERT (document_id, label_id, kind, page, content, proposed_by, proposed_proof) ON hand_readings TO finfoundry_application;
GRANT UPDATE (state, approved_by, approved_proof, approved_at, retired_by, retired_at) ON hand_readings TO finfoundry_application;

ALTER TABLE facts ADD COLUMN reading_id bigint;  -- by which it was read by hand
ALTER TABLE facts ADD COLUMN withdrawn_by bigint;  -- the reading by hand that took it away, or whose undoing did
CREATE INDEX ON facts (document_id) WHERE reading_id IS NOT NULL;
DROP POLICY reading ON facts;
CREATE POLICY reading ON facts FOR SELECT TO finfoundry_application, finfoundry_reader
    USING (withdrawn_by IS NULL AND label_id = ANY ((SELECT readable_labels())::integer[]));

-- The page of a fact that was withdrawn, for the list of its corrections.
CREATE FUNCTION page_of_fact(wanted bigint, number integer) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$
    SELECT page FROM facts WHERE document_id = wanted AND ordinal = number AND label_id = ANY (readable_labels())
$$;
REVOKE EXECUTE ON FUNCTION page_of_fact(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION page_of_fact(bigint, integer) TO finfoundry_application;

CREATE FUNCTION apply_hand_reading() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$
DECLARE
    gone integer[] := ARRAY(SELECT jsonb_object_keys(NEW.content -> 'gone')::integer);
    changed integer;
    wanted integer;
BEGIN
    IF NEW.state = 'approved' THEN
        wanted := cardinality(gone);
        UPDATE facts SET withdrawn_by = NEW.id
        WHERE document_id = NEW.document_id AND ordinal = ANY (gone) AND withdrawn_by IS NULL;
        GET DIAGNOSTICS changed = ROW_COUNT;
        INSERT INTO facts (document_id, ordinal, label_id, collection_id, entity, metric, concept, scope, dimensions, version, period,
            period_end, value, unit, scale, precision, text, page, box, locator, statement, table_number, row_number, column_number,
            confidence, terms, weights, reading_id)
        SELECT d.id, (SELECT coalesce(max(f.ordinal), -1) FROM facts f WHERE f.document_id = d.id) + s.ordinality, d.label_id,
            d.collection_id, s.entity, s.metric, s.concept, s.scope, s.dimensions, s.version, s.period, s.period_end, s.value, s.unit,
            s.scale, s.precision, s.text, s.page, s.box, s.locator, s.statement, s.table_number, s.row_number, s.column_number,
            s.confidence, s.terms, s.weights, NEW.id
        FROM documents d, jsonb_populate_recordset(NULL::facts, NEW.content -> 'facts') WITH ORDINALITY AS s
        WHERE d.id = NEW.document_id;
    ELSE
        wanted := jsonb_array_length(NEW.content -> 'facts');
        UPDATE facts SET withdrawn_by = NEW.id
        WHERE document_id = NEW.document_id AND reading_id = NEW.id AND withdrawn_by IS NULL AND correction_id IS NULL;
        GET DIAGNOSTICS changed = ROW_COUNT;
        UPDATE facts SET withdrawn_by = NULL
        WHERE document_id = NEW.document_id AND withdrawn_by = NEW.id AND reading_id IS DISTINCT FROM NEW.id;
    END IF;
    IF changed <> wanted THEN
        RAISE EXCEPTION 'reading % is not the next of its facts', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    UPDATE documents SET revision = revision + 1 WHERE id = NEW.document_id;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION apply_hand_reading() FROM PUBLIC;
CREATE TRIGGER applied AFTER UPDATE OF state ON hand_readings FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND 'approved' IN (OLD.state, NEW.state)) EXECUTE FUNCTION apply_hand_reading();

-- A document under another label takes its readings along.
CREATE FUNCTION label_hand_readings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$
BEGIN
    UPDATE hand_readings SET label_id = NEW.label_id WHERE document_id = NEW.id;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION label_hand_readings() FROM PUBLIC;
CREATE TRIGGER labelled AFTER UPDATE OF label_id ON documents FOR EACH ROW
    WHEN (OLD.label_id <> NEW.label_id) EXECUTE FUNCTION label_hand_readings();
