-- Who is erased leaves what the guards decided, and the objections, under the name that leads to nobody.
CREATE FUNCTION pseudonymise_guarded(former text, pseudonym text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp AS $$
BEGIN
    IF NOT identity_is_administrator() THEN
        RAISE EXCEPTION 'only an administrator erases a person' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE guard_decisions SET person = pseudonym WHERE person = former;
    UPDATE guard_objections SET person = pseudonym WHERE person = former;
    UPDATE guard_objections SET decided_by = pseudonym, decided_proof = 'erased' WHERE decided_by = former;
END $$;
REVOKE EXECUTE ON FUNCTION pseudonymise_guarded(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pseudonymise_guarded(text, text) TO finfoundry_application;
