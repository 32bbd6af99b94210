-- A document under another label, with every row of it: in one transaction, by who may write under both. The application's role changes no
-- stored fact and no correction; this changes their label and nothing else of them.
CREATE FUNCTION relabel_document(wanted bigint, new_label integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp AS $$
DECLARE
    held record;
    target text;
    fresh bigint := nextval('batch_ids');
BEGIN
    PERFORM pg_advisory_xact_lock(7246260, (wanted % 2147483648)::integer);  -- no correction of it is made meanwhile
    SELECT label_id, batch_id, first_chunk, first_chunk + chunks - 1 AS last_chunk INTO held FROM documents WHERE id = wanted FOR UPDATE;
    IF NOT FOUND OR NOT ARRAY[held.label_id, new_label] <@ writable_labels() THEN
        RAISE EXCEPTION 'a document is given another label by who may write under both' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- one writer of a batch at a time: a second one would not see the rows that the first writes anew (index_compaction.BATCH_SPACE)
    PERFORM pg_advisory_xact_lock(7246261, (held.batch_id % 2147483648)::integer);
    UPDATE documents SET label_id = new_label, batch_id = fresh WHERE id = wanted;
    FOREACH target IN ARRAY ARRAY['files', 'certificates', 'pages', 'blocks', 'cells', 'facts', 'chunks', 'chunk_terms', 'vectors',
        'clauses', 'law_statements', 'table_columns', 'table_rows', 'corrections'] LOOP
        EXECUTE format('UPDATE %I SET label_id = $1 WHERE document_id = $2', target) USING new_label, wanted;
    END LOOP;
    -- its chunks leave the lists of its batch and become a batch of their own, as those of a new document
    WITH old AS (
        DELETE FROM postings WHERE batch_id = held.batch_id
            AND EXISTS (SELECT FROM unnest(chunks) AS id WHERE id BETWEEN held.first_chunk AND held.last_chunk) RETURNING *
    ), numbered AS (
        SELECT *, row_number() OVER () AS block FROM old
    ), parts AS (
        SELECT numbered.*, part.id, part.weight, part.place, part.id BETWEEN held.first_chunk AND held.last_chunk AS mine
        FROM numbered CROSS JOIN LATERAL unnest(chunks, impacts) WITH ORDINALITY AS part (id, weight, place)
    ), rest AS (
        INSERT INTO postings (term, compact, impact, label_id, collection_id, size, batch_id, chunks, impacts)
        SELECT term, compact, max(weight), label_id, collection_id, count(*), batch_id, array_agg(id ORDER BY place),
            array_agg(weight ORDER BY place)
        FROM parts WHERE NOT mine GROUP BY block, term, compact, label_id, collection_id, batch_id
    )
    INSERT INTO postings (term, compact, impact, label_id, collection_id, size, batch_id, chunks, impacts)
    SELECT term, false, max(weight), new_label, collection_id, count(*), fresh, array_agg(id ORDER BY weight DESC, id),
        array_agg(weight ORDER BY weight DESC, id)
    FROM parts WHERE mine GROUP BY term, collection_id;
END $$;
REVOKE EXECUTE ON FUNCTION relabel_document(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relabel_document(bigint, integer) TO finfoundry_application;
