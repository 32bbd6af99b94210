-- Who is erased leaves the work on specialists and alerts under a name that leads to nobody: the id that the audit's own records bear.
CREATE FUNCTION pseudonymise_person(former text, pseudonym text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp AS $$
DECLARE
    held record;
    changed integer := 0;
    touched integer;
BEGIN
    IF NOT identity_is_administrator() THEN
        RAISE EXCEPTION 'only an administrator erases a person' USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR held IN SELECT * FROM (VALUES
        ('specialist_decisions', 'person'), ('specialist_outcomes', 'person'), ('specialist_policies', 'set_by'),
        ('specialist_roles', 'given_by'), ('aml_alerts', 'opened_by'), ('aml_alerts', 'proposed_by'), ('aml_alerts', 'closed_by'),
        ('aml_case_entries', 'person')
    ) AS columns (target, named) LOOP
        EXECUTE format('UPDATE %I SET %I = $2 WHERE %I = $1', held.target, held.named, held.named) USING former, pseudonym;
        GET DIAGNOSTICS touched = ROW_COUNT;
        changed := changed + touched;
    END LOOP;
    UPDATE specialist_decisions SET why = 'erased' WHERE person = pseudonym AND why <> '';
    DELETE FROM payment_inbox WHERE person = former;
    RETURN changed;
END $$;
REVOKE EXECUTE ON FUNCTION pseudonymise_person(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pseudonymise_person(text, text) TO finfoundry_application;
