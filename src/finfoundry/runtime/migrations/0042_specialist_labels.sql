-- A specialist carries a label, as a document does: who may read the label may use the specialist in service and see its scores.
-- Scores are of people and accounts, so that the label is 'sensitive' unless another is given.

ALTER TABLE specialists ADD COLUMN label_id integer REFERENCES labels;
UPDATE specialists SET label_id = coalesce((SELECT id FROM labels WHERE name = 'sensitive'), (SELECT id FROM labels WHERE name = 'general'));
ALTER TABLE specialists ALTER COLUMN label_id SET NOT NULL;
DROP POLICY reading ON specialists;
CREATE POLICY reading ON specialists FOR SELECT TO finfoundry_application
    USING (label_id = ANY ((SELECT readable_labels())::integer[]));

-- One's own scores, and those of every specialist that one may read.
DROP POLICY own ON specialist_scores;
CREATE POLICY reading ON specialist_scores FOR SELECT TO finfoundry_application
    USING (person = current_setting('finfoundry.principal', true) OR identity_is_administrator()
        OR EXISTS (SELECT FROM specialists WHERE specialists.version = specialist_scores.version));
CREATE POLICY adding ON specialist_scores FOR INSERT TO finfoundry_application
    WITH CHECK (person = current_setting('finfoundry.principal', true));
CREATE POLICY removing ON specialist_scores FOR DELETE TO finfoundry_application
    USING (person = current_setting('finfoundry.principal', true) OR identity_is_administrator());
CREATE INDEX ON specialist_scores (at);

-- A digest of what specialists say and which is in use: a cached answer is out of date when it changes.
CREATE FUNCTION scores_version() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$
    SELECT concat((SELECT max(at) FROM specialist_scores), ' ', (SELECT max(decided_at) FROM specialists))
$$;
REVOKE EXECUTE ON FUNCTION scores_version() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION scores_version() TO finfoundry_application;
