-- Rules (laws, policies, product terms): their clauses, and what is said of their validity, by their own text, by the manifest of an update
-- or by hand. All goes with its document.
CREATE TABLE clauses (
    document_id bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    ordinal integer NOT NULL,
    label_id integer NOT NULL,
    number text NOT NULL,
    heading text[] NOT NULL,
    text text NOT NULL,
    page integer NOT NULL,
    box real[],
    locator jsonb,
    PRIMARY KEY (document_id, ordinal)
);
CALL protect('clauses');

-- A package of new versions, applied in one transaction and taken back in one.
CREATE TABLE law_updates (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    label_id integer NOT NULL,
    collection_id integer NOT NULL,
    content jsonb NOT NULL,  -- the changes as they were previewed (usecases/law_desk.py)
    applied_by text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    taken_back_by text,
    taken_back_at timestamptz,
    CHECK ((taken_back_by IS NULL) = (taken_back_at IS NULL))
);
CALL protect('law_updates');
REVOKE UPDATE, DELETE ON law_updates FROM finfoundry_application;
GRANT UPDATE (taken_back_by, taken_back_at) ON law_updates TO finfoundry_application;

-- A row never changes but in its state. What is said by hand is proposed by one person and approved by a second one; it then stands in
-- place of all else that is said of the same matter of its document.
CREATE TABLE law_statements (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    label_id integer NOT NULL,
    matter text NOT NULL CHECK (matter IN ('title', 'level', 'issued', 'effective', 'expires', 'repeals')),
    value text NOT NULL CHECK (value <> ''),
    source text NOT NULL CHECK (source IN ('text', 'manifest', 'hand')),
    quote text NOT NULL,  -- of a statement by hand: why
    page integer,
    box real[],
    start integer,  -- of the quote in its block
    update_id bigint REFERENCES law_updates,
    state text NOT NULL DEFAULT 'stated' CHECK (state IN ('stated', 'proposed', 'approved', 'retired')),
    proposed_by text,
    proposed_proof text,
    proposed_at timestamptz,
    approved_by text,
    approved_proof text,
    approved_at timestamptz,
    retired_by text,
    retired_at timestamptz,
    CHECK ((source = 'hand') = (proposed_by IS NOT NULL)),
    CHECK (source <> 'hand' OR state <> 'stated'),
    CHECK (approved_by <> proposed_by),
    CHECK (state <> 'approved' OR approved_by IS NOT NULL),
    CHECK ((state = 'retired') = (retired_by IS NOT NULL))
);
CREATE INDEX ON law_statements (document_id);
ALTER TABLE law_statements ENABLE ROW LEVEL SECURITY;
ALTER TABLE law_statements FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON law_statements TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON law_statements FOR SELECT TO finfoundry_application
    USING (label_id = ANY ((SELECT readable_labels())::integer[]));
CREATE POLICY adding ON law_statements FOR INSERT TO finfoundry_application WITH CHECK (
    label_id = ANY ((SELECT writable_labels())::integer[])
    AND (
        (source <> 'hand' AND state = 'stated')
        OR (state = 'proposed' AND proposed_by = current_setting('finfoundry.principal', true))
    )
    AND EXISTS (SELECT FROM documents d WHERE d.id = law_statements.document_id AND d.label_id = law_statements.label_id)
);
-- By hand alone: from proposed to approved by the one who acts, and to retired; what is retired stays so.
CREATE POLICY deciding ON law_statements FOR UPDATE TO finfoundry_application
    USING (source = 'hand' AND state <> 'retired' AND label_id = ANY ((SELECT writable_labels())::integer[]))
    WITH CHECK (
        label_id = ANY ((SELECT writable_labels())::integer[])
        AND (
            (state = 'approved' AND approved_by = current_setting('finfoundry.principal', true))
            OR (state = 'retired' AND retired_by = current_setting('finfoundry.principal', true))
        )
    );
-- What an update said of rules that were there already goes when the update is taken back.
CREATE POLICY removing ON law_statements FOR DELETE TO finfoundry_application
    USING (source = 'manifest' AND update_id IS NOT NULL AND label_id = ANY ((SELECT writable_labels())::integer[]));
GRANT SELECT, INSERT, DELETE ON law_statements TO finfoundry_application;
GRANT UPDATE (state, approved_by, approved_proof, approved_at, retired_by, retired_at) ON law_statements TO finfoundry_application;

-- What is known of a document changes with what is said of it later, by hand or by an update: caches then gather it anew.
CREATE FUNCTION revise_law() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$
BEGIN
    UPDATE documents SET revision = revision + 1 WHERE id = coalesce(NEW.document_id, OLD.document_id) AND added < now();
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION revise_law() FROM PUBLIC;
CREATE TRIGGER revised AFTER UPDATE OF state ON law_statements FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND 'approved' IN (OLD.state, NEW.state)) EXECUTE FUNCTION revise_law();
CREATE TRIGGER said AFTER INSERT ON law_statements FOR EACH ROW WHEN (NEW.source = 'manifest') EXECUTE FUNCTION revise_law();
CREATE TRIGGER unsaid AFTER DELETE ON law_statements FOR EACH ROW WHEN (OLD.source = 'manifest') EXECUTE FUNCTION revise_law();
