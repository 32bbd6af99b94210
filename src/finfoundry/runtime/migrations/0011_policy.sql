-- What governance/policy.py asks beyond the tables of 0001.

-- A digest of who may read what. It changes with every change of the policy, whoever makes it, and with nothing else, so that an
-- audit record can name the policy an answer was given under, and a cache can tell that it is out of date.
CREATE TABLE policy_state (version text NOT NULL);
INSERT INTO policy_state VALUES ('');
GRANT SELECT ON policy_state TO finfoundry_application;

CREATE FUNCTION policy_digest() RETURNS text LANGUAGE sql STABLE SET search_path = finfoundry, pg_temp
AS $$
    SELECT encode(sha256(convert_to(jsonb_build_object(
        'users', (SELECT jsonb_agg(name ORDER BY name) FROM users),
        'memberships', (SELECT jsonb_agg(jsonb_build_array(u.name, g.name) ORDER BY u.name, g.name)
                        FROM memberships m JOIN users u ON u.id = m.user_id JOIN groups g ON g.id = m.group_id),
        'labels', (SELECT jsonb_agg(jsonb_build_array(name, everyone, discoverable) ORDER BY name) FROM labels),
        'grants', (SELECT jsonb_agg(jsonb_build_array(l.name, u.name, g.name, given.can_write) ORDER BY l.name, u.name, g.name)
                   FROM grants given JOIN labels l ON l.id = given.label_id
                   LEFT JOIN users u ON u.id = given.user_id LEFT JOIN groups g ON g.id = given.group_id)
    )::text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION policy_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$ BEGIN UPDATE policy_state SET version = policy_digest(); RETURN NULL; END $$;

DO $$
DECLARE target text;
BEGIN
    FOREACH target IN ARRAY ARRAY['users', 'memberships', 'labels', 'grants'] LOOP
        EXECUTE format('CREATE TRIGGER policy_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I EXECUTE FUNCTION policy_changed()', target);
    END LOOP;
END $$;
UPDATE policy_state SET version = policy_digest();

-- Of documents that a user may know of but not read (their label is discoverable), what a question can be matched with: who and
-- when. Not their names, numbers or ids; of documents under other labels nothing; nothing to one who is no user.
CREATE FUNCTION discoverable_documents(wanted_collection text) RETURNS TABLE (entity text, aliases text[], fiscal_year integer, period text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$
    SELECT DISTINCT document.entity, document.aliases, document.fiscal_year, document.period
    FROM documents document JOIN labels label ON label.id = document.label_id JOIN collections c ON c.id = document.collection_id
    WHERE label.discoverable AND NOT label.id = ANY (granted_labels(false))
      AND document.entity IS NOT NULL
      AND (wanted_collection IS NULL OR c.name = wanted_collection)
      AND EXISTS (SELECT FROM users person WHERE person.name = current_setting('finfoundry.principal', true))
$$;

-- Functions can be called by every role unless that is taken back; SQL that a model wrote has no business with these.
REVOKE EXECUTE ON FUNCTION policy_digest(), policy_changed(), discoverable_documents(text), audit_queue() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION discoverable_documents(text) TO finfoundry_application;
