-- The facts that the identity may read, by the condition of their row policy, and of them what searches compare. Through the policy itself
-- no index on terms can be used: whether arrays overlap might tell of hidden rows by an error, as far as the planner knows. Here it can.
-- A search finds and orders its candidates here; what it shows of them is read from the tables, under their policies.
CREATE VIEW readable_facts AS
    SELECT document_id, ordinal, collection_id, entity, concept, scope, dimensions, period, period_end, statement, page, terms, weights
    FROM facts WHERE withdrawn_by IS NULL AND label_id = ANY ((SELECT readable_labels())::integer[]);
GRANT SELECT ON readable_facts TO finfoundry_application;
