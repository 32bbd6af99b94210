-- Whose a paper is that names nobody: notes torn from a report print figures of the same days as its statements, to the last digit.
-- A row: a document without a company of its own, and the document of the same collection and label whose company is its own, too.
-- It goes with either of them, and the document is nobody's again.
CREATE TABLE document_owners (
    document_id bigint PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    witness_id bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    label_id integer NOT NULL,
    entity text NOT NULL,
    own_keys text[] NOT NULL,  -- the document's keys without the company's
    figures integer NOT NULL  -- that both print
);
CREATE INDEX ON document_owners (witness_id);
ALTER TABLE document_owners ENABLE ROW LEVEL SECURITY;
ALTER TABLE document_owners FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON document_owners TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON document_owners FOR SELECT TO finfoundry_application
    USING (label_id = ANY ((SELECT readable_labels())::integer[]));
CREATE POLICY releasing ON document_owners FOR DELETE TO finfoundry_application
    USING (label_id = ANY ((SELECT writable_labels())::integer[]));
GRANT SELECT, DELETE ON document_owners TO finfoundry_application;

CREATE FUNCTION telling(value numeric) RETURNS boolean LANGUAGE sql IMMUTABLE
-- Amounts of five digits and more without the zeros at either end: two companies hardly print three such of one day by chance, as they do
-- rates of exchange and prices of shares.
RETURN abs(value) >= 100000 AND length(trim(BOTH '0' FROM replace(abs(value)::text, '.', ''))) >= 5;
CREATE INDEX facts_telling ON facts (abs(value), period_end) WHERE telling(value);

-- Gives documents that name nobody the company whose papers share at least ``enough`` figures with them and twice as many as any other
-- company's: the document itself, or those that wait for what it prints. Returns which, by which, and how many figures.
CREATE FUNCTION own_by_figures(wanted bigint, enough integer) RETURNS TABLE (document bigint, witness bigint, figures integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp SET jit = off AS $$
DECLARE
    held documents%ROWTYPE;
BEGIN
    SELECT * INTO held FROM documents d WHERE d.id = wanted AND d.label_id = ANY (writable_labels());
    IF NOT FOUND THEN
        RETURN;
    END IF;
    -- what another company's figures told of is judged anew beside these
    DELETE FROM document_owners told WHERE held.entity IS NOT NULL AND told.entity <> held.entity AND told.document_id IN (
        SELECT f.document_id FROM facts own JOIN facts f ON abs(f.value) = abs(own.value) AND f.period_end = own.period_end
        WHERE own.document_id = wanted AND telling(own.value) AND telling(f.value) AND f.unit = own.unit
            AND f.document_id IN (SELECT o.document_id FROM document_owners o JOIN documents d ON d.id = o.document_id
                WHERE d.collection_id = held.collection_id AND d.label_id = held.label_id)
        GROUP BY 1 HAVING count(DISTINCT abs(f.value)) >= enough
    );
    RETURN QUERY
    WITH nobodys AS MATERIALIZED (
        SELECT d.id FROM documents d WHERE d.entity IS NULL AND d.collection_id = held.collection_id AND d.label_id = held.label_id
            AND (held.entity IS NOT NULL OR d.id = wanted)
    ), near AS MATERIALIZED (  -- of those, which share a figure with the document at all; itself where it is nobody's
        SELECT id FROM nobodys WHERE held.entity IS NULL
        UNION
        SELECT f.document_id FROM facts own JOIN facts f ON abs(f.value) = abs(own.value) AND f.period_end = own.period_end
        WHERE held.entity IS NOT NULL AND own.document_id = wanted AND telling(own.value) AND telling(f.value) AND f.unit = own.unit
            AND f.document_id IN (SELECT id FROM nobodys)
        GROUP BY 1 HAVING count(DISTINCT abs(f.value)) >= enough
    ), shared AS (
        SELECT f.document_id AS document, o.document_id AS witness, w.entity, count(DISTINCT (abs(f.value), f.period_end)) AS figures
        FROM near JOIN facts f ON f.document_id = near.id AND telling(f.value) AND f.withdrawn_by IS NULL
        JOIN facts o ON abs(o.value) = abs(f.value) AND o.period_end = f.period_end AND o.unit = f.unit AND telling(o.value)
            AND o.withdrawn_by IS NULL
        JOIN documents w ON w.id = o.document_id
        WHERE w.entity IS NOT NULL AND w.collection_id = held.collection_id AND w.label_id = held.label_id
            AND NOT EXISTS (SELECT FROM document_owners other WHERE other.document_id = w.id)
        GROUP BY 1, 2, 3
    ), best AS (
        SELECT DISTINCT ON (s.document) s.*, (SELECT max(r.figures) FROM shared r
            WHERE r.document = s.document AND r.entity <> s.entity) AS rival
        FROM shared s ORDER BY s.document, s.figures DESC, s.witness
    ), owned AS (
        INSERT INTO document_owners (document_id, witness_id, label_id, entity, own_keys, figures)
        SELECT b.document, b.witness, d.label_id, b.entity, d.entity_keys, b.figures
        FROM best b JOIN documents d ON d.id = b.document WHERE b.figures >= enough AND b.figures >= 2 * coalesce(b.rival, 0)
        RETURNING *
    ), named AS (
        UPDATE documents d SET entity = w.entity,
            entity_keys = ARRAY(SELECT DISTINCT unnest(d.entity_keys || w.entity_keys))
        FROM owned JOIN documents w ON w.id = owned.witness_id WHERE d.id = owned.document_id
    ), told AS (
        UPDATE facts f SET entity = owned.entity FROM owned WHERE f.document_id = owned.document_id AND f.entity IS NULL
    )
    SELECT owned.document_id, owned.witness_id, owned.figures FROM owned;
END $$;
REVOKE EXECUTE ON FUNCTION own_by_figures(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION own_by_figures(bigint, integer) TO finfoundry_application;

CREATE FUNCTION release_document() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp AS $$
BEGIN
    UPDATE documents SET entity = NULL, entity_keys = OLD.own_keys WHERE id = OLD.document_id;
    UPDATE facts SET entity = NULL WHERE document_id = OLD.document_id AND entity = OLD.entity;
    RETURN NULL;
END $$;
CREATE TRIGGER released AFTER DELETE ON document_owners FOR EACH ROW EXECUTE FUNCTION release_document();
