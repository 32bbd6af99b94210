-- Wide tables: one row an entity and period, one column a metric or a text. A cell is a fact without a row of its own
-- (knowledge/tables/cells.py); SQL for ranking, counting and aggregating runs over the two views at the end.

CREATE TABLE table_columns (
    document_id bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    table_number integer NOT NULL,
    position integer NOT NULL,  -- from 1, as in the sheet
    label_id integer NOT NULL,
    collection_id integer NOT NULL,
    sheet text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,  -- number or text
    role text,  -- entity, code or period, where it identifies the row
    concept text,
    statement text,
    unit text,
    factor numeric NOT NULL,  -- from the printed number to base units
    instant boolean NOT NULL,
    PRIMARY KEY (document_id, table_number, position)
);
CREATE INDEX ON table_columns (concept);
CREATE INDEX ON table_columns (name);
CALL protect('table_columns');

CREATE TABLE table_rows (
    document_id bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    table_number integer NOT NULL,
    row_number integer NOT NULL,  -- from 1, as in the sheet
    label_id integer NOT NULL,
    collection_id integer NOT NULL,
    company text NOT NULL,  -- what rows of one entity share: its code, else its name made comparable
    names text[] NOT NULL,  -- as printed, the shortest first
    keys text[] NOT NULL,  -- code and names made comparable
    period text,
    fiscal_year integer,
    numbers numeric[] NOT NULL,  -- in base units, by position; null where the cell is empty, missing or text
    texts text[] NOT NULL,  -- as printed, by position; null where empty or missing
    PRIMARY KEY (document_id, table_number, row_number)
);
CREATE INDEX ON table_rows (company, fiscal_year);
CREATE INDEX ON table_rows USING gin (keys);
CALL protect('table_rows');

-- What SQL may ask. The row policies of the tables below hold for whoever asks (security_invoker).
CREATE VIEW company_numbers WITH (security_invoker = true) AS
    SELECT r.company, r.names[1] AS name, r.fiscal_year AS year, c.name AS metric, c.concept, c.unit, r.numbers[c.position] AS value,
           r.texts[c.position] AS printed, r.collection_id, r.document_id, r.table_number, r.row_number, c.position
    FROM table_rows r JOIN table_columns c USING (document_id, table_number)
    WHERE c.kind = 'number' AND r.numbers[c.position] IS NOT NULL;

CREATE VIEW company_texts WITH (security_invoker = true) AS
    SELECT r.company, r.names[1] AS name, r.fiscal_year AS year, c.name AS field, r.texts[c.position] AS value,
           r.collection_id, r.document_id, r.table_number, r.row_number, c.position
    FROM table_rows r JOIN table_columns c USING (document_id, table_number)
    WHERE c.kind = 'text' AND r.texts[c.position] IS NOT NULL;

GRANT SELECT ON table_columns, table_rows, company_numbers, company_texts TO finfoundry_reader;
GRANT SELECT ON company_numbers, company_texts TO finfoundry_application;
