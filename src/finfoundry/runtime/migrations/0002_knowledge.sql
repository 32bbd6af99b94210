-- Documents and all that is made of them. A row never borrows its permission: each carries the label itself.
-- The same bytes under another label or collection are another document here: a full copy with its own rows, so that neither
-- reading nor deleting one can touch the other.

CREATE TABLE collections (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> '')
);

CREATE TABLE documents (
    id bigint PRIMARY KEY,  -- random, 40 bits: a sequence would tell how many documents one cannot see
    collection_id integer NOT NULL REFERENCES collections,
    label_id integer NOT NULL REFERENCES labels,
    batch_id bigint NOT NULL,  -- which rows of postings hold its terms
    first_chunk integer NOT NULL,  -- its chunks are first_chunk … first_chunk + chunks - 1
    chunks integer NOT NULL,
    embedded_by text,  -- the embedder's name once every chunk has its vector
    name text NOT NULL,
    sha256 text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    pages integer NOT NULL,
    entity text,
    entity_keys text[] NOT NULL DEFAULT '{}',  -- entity and aliases, normalised for comparison
    aliases text[] NOT NULL DEFAULT '{}',
    kind text,
    period text,
    fiscal_year integer,
    currency text,
    language text NOT NULL,
    title text,
    mark text,
    score double precision NOT NULL,
    losses text[] NOT NULL DEFAULT '{}',
    added timestamptz NOT NULL DEFAULT now(),
    UNIQUE (sha256, collection_id, label_id)
);
CREATE INDEX ON documents (collection_id, name);
CREATE INDEX ON documents (batch_id);
CREATE INDEX ON documents USING gin (entity_keys);
CALL protect('documents', worker => true);

CREATE TABLE files (
    document_id bigint PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    label_id integer NOT NULL,
    data bytea STORAGE EXTERNAL NOT NULL  -- PDFs and archives are compressed already
);
CALL protect('files');

CREATE TABLE certificates (
    document_id bigint PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    label_id integer NOT NULL,
    content jsonb NOT NULL
);
CALL protect('certificates');

CREATE TABLE pages (
    document_id bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    number integer NOT NULL,
    label_id integer NOT NULL,
    width real NOT NULL,
    height real NOT NULL,
    source text NOT NULL,
    name text,
    confidence real NOT NULL,
    PRIMARY KEY (document_id, number)
);
CALL protect('pages');

CREATE TABLE blocks (
    document_id bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    page integer NOT NULL,
    ordinal integer NOT NULL,
    label_id integer NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    box double precision[],
    section text[] NOT NULL,
    level integer,
    title text,
    note text,
    locator jsonb,
    continued boolean NOT NULL,
    PRIMARY KEY (document_id, page, ordinal)
);
CALL protect('blocks');

CREATE TABLE cells (
    document_id bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    page integer NOT NULL,
    block integer NOT NULL,
    ordinal integer NOT NULL,
    label_id integer NOT NULL,
    row_number integer NOT NULL,
    column_number integer NOT NULL,
    row_span integer NOT NULL,
    column_span integer NOT NULL,
    text text NOT NULL,
    box double precision[],
    locator jsonb,
    indent integer NOT NULL,
    header boolean NOT NULL,
    confidence real NOT NULL,
    PRIMARY KEY (document_id, page, block, ordinal)
);
CALL protect('cells');

CREATE TABLE facts (
    document_id bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    ordinal integer NOT NULL,
    label_id integer NOT NULL,
    collection_id integer NOT NULL,
    entity text,
    metric text[] NOT NULL,
    concept text,
    scope text NOT NULL,
    dimensions jsonb NOT NULL,
    version text NOT NULL,
    period text NOT NULL,
    period_end date,
    value numeric NOT NULL,
    unit text NOT NULL,
    scale numeric NOT NULL,
    precision integer NOT NULL,
    text text NOT NULL,
    page integer NOT NULL,
    box double precision[],
    locator jsonb,
    statement text,
    table_number integer,
    row_number integer,
    column_number integer,
    confidence real NOT NULL,
    terms integer[] NOT NULL,  -- of the label path and the concept, for finding candidates
    weights sparsevec(1000000000) NOT NULL,  -- the same with weights, for ranking them
    PRIMARY KEY (document_id, ordinal)
);
CREATE INDEX ON facts USING gin (terms);
CREATE INDEX ON facts (concept, period) WHERE concept IS NOT NULL;
CALL protect('facts');

CREATE TABLE chunks (
    id integer PRIMARY KEY,
    document_id bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    label_id integer NOT NULL,
    ordinal integer NOT NULL,
    page integer NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    section text[] NOT NULL,
    box double precision[],
    locator jsonb
);
CREATE INDEX ON chunks (document_id);
CALL protect('chunks', worker => true);

-- Per chunk, each term's BM25 weight but for its rarity, which depends on what the reader may see and is applied at query time.
CREATE TABLE chunk_terms (
    chunk_id integer PRIMARY KEY REFERENCES chunks ON DELETE CASCADE,
    document_id bigint NOT NULL,
    label_id integer NOT NULL,
    weights sparsevec(1000000000) STORAGE MAIN NOT NULL
);
CREATE INDEX ON chunk_terms (document_id);
CALL protect('chunk_terms', worker => true);

CREATE TABLE vectors (
    chunk_id integer PRIMARY KEY REFERENCES chunks ON DELETE CASCADE,
    document_id bigint NOT NULL,
    label_id integer NOT NULL,
    embedding halfvec(384) NOT NULL
);
CREATE INDEX ON vectors (document_id);
CREATE INDEX vectors_nearest ON vectors USING hnsw (embedding halfvec_ip_ops) WITH (m = 24, ef_construction = 128);
CALL protect('vectors', worker => true);

-- Inverted lists in blocks of falling impact. A row holds chunks of one label, one collection and one batch of documents; a new
-- document is a batch of its own, and compaction merges small batches (knowledge/postings.py).
CREATE TABLE postings (
    term integer NOT NULL,
    compact boolean NOT NULL,
    impact smallint NOT NULL,  -- the largest of impacts
    label_id integer NOT NULL,
    collection_id integer NOT NULL,
    size integer NOT NULL,
    batch_id bigint NOT NULL,
    chunks integer[] NOT NULL,
    impacts smallint[] NOT NULL
);
CREATE INDEX postings_terms ON postings (term, compact, impact DESC, label_id, collection_id) INCLUDE (size);
CREATE INDEX ON postings (batch_id);
CALL protect('postings', worker => true);

CREATE SEQUENCE batch_ids;
CREATE SEQUENCE chunk_ids AS integer;

-- A collection by its name; made where there is none. Names of collections are not listed to anybody through this.
CREATE FUNCTION collection_named(wanted text) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$
DECLARE found_id integer;
BEGIN
    SELECT id INTO found_id FROM collections WHERE name = wanted;
    IF found_id IS NULL THEN
        INSERT INTO collections (name) VALUES (wanted) ON CONFLICT (name) DO NOTHING;
        SELECT id INTO found_id FROM collections WHERE name = wanted;
    END IF;
    RETURN found_id;
END $$;

-- The first of `number` consecutive ids, taken for good even if the transaction fails.
CREATE FUNCTION take_chunk_ids(number integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$
DECLARE first_id integer;
BEGIN
    PERFORM pg_advisory_lock(7246118);
    first_id := nextval('chunk_ids');
    PERFORM setval('chunk_ids', first_id + greatest(number - 1, 0));
    PERFORM pg_advisory_unlock(7246118);
    RETURN first_id;
END $$;

-- Whether a document under a discoverable label, which the identity may not read, matches. Tells that and no more.
CREATE FUNCTION hidden_but_discoverable(keys text[], year integer, wanted_collection text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM documents document JOIN labels label ON label.id = document.label_id JOIN collections c ON c.id = document.collection_id
        WHERE label.discoverable AND NOT label.id = ANY (granted_labels(false))
          AND document.entity_keys && keys
          AND (year IS NULL OR document.fiscal_year = year)
          AND (wanted_collection IS NULL OR c.name = wanted_collection)
    )
$$;

-- Collections are seen through the documents in them.
ALTER TABLE collections ENABLE ROW LEVEL SECURITY;
ALTER TABLE collections FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON collections TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON collections FOR SELECT TO finfoundry_application, finfoundry_reader
    USING (EXISTS (SELECT FROM documents WHERE documents.collection_id = collections.id));
GRANT SELECT ON collections TO finfoundry_application, finfoundry_reader;

GRANT USAGE ON SEQUENCE batch_ids TO finfoundry_application, finfoundry_worker;
-- Columns that lead to other rows or tell how the index is built are not the reader's business.
GRANT SELECT (id, collection_id, name, pages, entity, aliases, kind, period, fiscal_year, currency, language, title, mark, score)
    ON documents TO finfoundry_reader;
GRANT SELECT (label_id) ON documents TO finfoundry_reader;
GRANT SELECT ON pages, blocks, cells TO finfoundry_reader;
GRANT SELECT (document_id, ordinal, label_id, collection_id, entity, metric, concept, scope, dimensions, version, period, period_end,
              value, unit, scale, precision, text, page, statement, confidence) ON facts TO finfoundry_reader;

REVOKE EXECUTE ON FUNCTION collection_named(text), take_chunk_ids(integer), hidden_but_discoverable(text[], integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION collection_named(text), take_chunk_ids(integer), hidden_but_discoverable(text[], integer, text)
    TO finfoundry_application;
