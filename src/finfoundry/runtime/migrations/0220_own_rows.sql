-- What waits for the worker is done under the identity that its row names: only an administrator may name one as such.
DROP POLICY own ON uploads;
CREATE POLICY own ON uploads TO finfoundry_application
    USING (person = current_setting('finfoundry.principal', true))
    WITH CHECK (person = current_setting('finfoundry.principal', true) AND (NOT administrator OR identity_is_administrator()));
DROP POLICY own ON payment_inbox;
CREATE POLICY own ON payment_inbox TO finfoundry_application
    USING (person = current_setting('finfoundry.principal', true) OR identity_is_administrator())
    WITH CHECK (person = current_setting('finfoundry.principal', true) AND (NOT administrator OR identity_is_administrator()));

-- A record is of the one who acts. Those that explain why contents are gone are an administrator's.
DROP POLICY adding ON audit_record;
CREATE POLICY adding ON audit_record FOR INSERT TO finfoundry_application WITH CHECK (
    identity_is_administrator() OR (
        action NOT IN ('user erased', 'document erased', 'traces expired', 'chain resumed') AND EXISTS (
            SELECT FROM audit_key k
            WHERE k.subject = actor AND k.kind = 'user' AND k.name = current_setting('finfoundry.principal', true)
        )
    )
);

-- An outcome is final and its author's; what was scored is removed by an administrator, when a person is erased.
DROP POLICY adding ON specialist_outcomes;
CREATE POLICY adding ON specialist_outcomes FOR INSERT TO finfoundry_application WITH CHECK (
    person = current_setting('finfoundry.principal', true) AND label_id = ANY ((SELECT writable_labels())::integer[])
);
REVOKE UPDATE, DELETE ON specialist_outcomes FROM finfoundry_application;
DROP POLICY removing ON specialist_scores;
CREATE POLICY removing ON specialist_scores FOR DELETE TO finfoundry_application USING (identity_is_administrator());

-- The files that a person sent are named after what the person was doing: they go with the person.
CREATE FUNCTION forget_uploads(whose text) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$
    WITH gone AS (DELETE FROM uploads WHERE person = whose AND identity_is_administrator() RETURNING 1) SELECT count(*) FROM gone
$$;
REVOKE EXECUTE ON FUNCTION forget_uploads(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_uploads(text) TO finfoundry_application;
