-- Answers of kept conversations that a second person signs off: somebody who was given the link, reads all that the answer rests on, and may
-- write under every label of it. A signature is of one answer, by its record in the audit; it goes with the answer, its own record stays.
CREATE TABLE answer_signatures (
    conversation uuid NOT NULL,
    number integer NOT NULL,
    receipt uuid NOT NULL,  -- the record of the answer in the audit
    digest text NOT NULL,  -- SHA-256 of the answer as it is kept
    signed_by text NOT NULL,
    proof text NOT NULL,  -- how it was known who that is
    note text NOT NULL,
    record uuid NOT NULL UNIQUE,  -- of the signature in the audit
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (conversation, number, signed_by),
    FOREIGN KEY (conversation, number) REFERENCES past_answers ON DELETE CASCADE
);
ALTER TABLE answer_signatures ENABLE ROW LEVEL SECURITY;
ALTER TABLE answer_signatures FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON answer_signatures TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY reading ON answer_signatures FOR SELECT TO finfoundry_application
    USING (signed_by = current_setting('finfoundry.principal', true) OR EXISTS (
        -- its note may tell of the answer: it is there only for who may read that very answer now
        SELECT FROM past_answers a WHERE (a.conversation, a.number) = (answer_signatures.conversation, answer_signatures.number)
            AND a.answer ->> 'audit_id' = receipt::text));
CREATE POLICY withdrawing ON answer_signatures FOR DELETE TO finfoundry_application
    USING (signed_by = current_setting('finfoundry.principal', true));
GRANT SELECT, DELETE ON answer_signatures TO finfoundry_application;

-- The turns of a shared conversation that the one who acts may sign: answered, somebody else's, and writable throughout.
CREATE FUNCTION signable_turns(wanted uuid) RETURNS SETOF integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finfoundry, pg_temp AS $$
    SELECT t.number FROM shared_turns(wanted) t JOIN past_answers a USING (conversation, number)
    WHERE a.answer ->> 'status' = 'answered' AND t.person <> current_setting('finfoundry.principal', true)
        AND a.labels <@ (SELECT writable_labels())::integer[] AND NOT EXISTS (
            SELECT FROM unnest(a.evidence) AS one (id)
            WHERE NOT EXISTS (SELECT FROM documents d WHERE d.id = one.id AND d.label_id = ANY ((SELECT writable_labels())::integer[])))
$$;
-- The digest of what was signed; nothing where it may not be signed, or is not the answer that was seen. The answer is held first: another that
-- took its number meanwhile would satisfy the foreign key as well.
CREATE FUNCTION sign_answer(wanted uuid, turn integer, seen uuid, said text, proved text, signature uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp AS $$
DECLARE signed text;
BEGIN
    PERFORM FROM past_answers a JOIN past_conversations c ON c.id = a.conversation
        WHERE c.link = wanted AND a.number = turn AND a.answer ->> 'audit_id' = seen::text FOR KEY SHARE OF a;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO answer_signatures (conversation, number, receipt, digest, signed_by, proof, note, record)
    SELECT a.conversation, a.number, seen, encode(sha256(convert_to(a.answer::text, 'UTF8')), 'hex'),
        current_setting('finfoundry.principal', true), proved, said, signature
    FROM shared_turns(wanted) t JOIN past_answers a USING (conversation, number)
    WHERE t.number = turn AND turn IN (SELECT signable_turns(wanted)) AND a.answer ->> 'audit_id' = seen::text
    ON CONFLICT (conversation, number, signed_by) DO UPDATE
        SET note = excluded.note, proof = excluded.proof, record = excluded.record, at = clock_timestamp()
    RETURNING digest INTO signed;
    RETURN signed;
END $$;
-- The signatures of the turns that may be seen by a link.
CREATE FUNCTION shared_signatures(wanted uuid) RETURNS SETOF answer_signatures
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finfoundry, pg_temp AS $$
    SELECT s.* FROM shared_turns(wanted) t JOIN answer_signatures s USING (conversation, number)
    WHERE t.answer ->> 'audit_id' = s.receipt::text
$$;
-- Who is erased leaves signatures under the name that leads to nobody.
CREATE FUNCTION pseudonymise_signatures(former text, pseudonym text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp AS $$
BEGIN
    IF NOT identity_is_administrator() THEN
        RAISE EXCEPTION 'only an administrator erases a person' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE answer_signatures SET signed_by = pseudonym, proof = 'erased', note = '' WHERE signed_by = former;
END $$;
REVOKE EXECUTE ON FUNCTION signable_turns(uuid), sign_answer(uuid, integer, uuid, text, text, uuid), shared_signatures(uuid),
    pseudonymise_signatures(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION signable_turns(uuid), sign_answer(uuid, integer, uuid, text, text, uuid), shared_signatures(uuid),
    pseudonymise_signatures(text, text) TO finfoundry_application;
