-- An answer rests on more than documents: terms of the institution, specialists and rows of tables have labels of their own. Whoever reads a
-- past answer must be able to read all of them; one of which it is not known what it rests on is its asker's alone.
ALTER TABLE past_questions ADD COLUMN labels integer[] NOT NULL DEFAULT '{}', ADD COLUMN known boolean NOT NULL DEFAULT false;
ALTER TABLE past_answers ADD COLUMN labels integer[] NOT NULL DEFAULT '{}';
UPDATE past_questions q SET known = true FROM past_answers a
WHERE (a.conversation, a.number) = (q.conversation, q.number) AND coalesce(a.answer->'terms', '[]') = '[]'
    AND NOT jsonb_path_exists(a.answer, '$.figures.**.source ? (@ == "sql" || @ == "specialist")');

DROP POLICY reading ON past_answers;
CREATE POLICY reading ON past_answers FOR SELECT TO finfoundry_application USING (
    own_conversation(conversation) AND readable_together(evidence) AND labels <@ (SELECT readable_labels())::integer[]);

CREATE OR REPLACE FUNCTION shared_turns(wanted uuid) RETURNS TABLE (
    conversation uuid, person text, turns integer, number integer, question text, answer jsonb, at timestamptz
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finfoundry, pg_temp AS $$
    SELECT c.id, c.person, c.turns, q.number, q.question, a.answer, q.at FROM past_conversations c
    LEFT JOIN past_questions q ON q.conversation = c.id AND q.known AND (q.evidence <> '{}' OR q.labels <> '{}')
        AND q.labels <@ (SELECT readable_labels())::integer[] AND NOT EXISTS (
            SELECT FROM unnest(q.evidence) AS one (id)
            WHERE NOT EXISTS (SELECT FROM documents d WHERE d.id = one.id AND d.label_id = ANY ((SELECT readable_labels())::integer[])))
    LEFT JOIN past_answers a ON (a.conversation, a.number) = (q.conversation, q.number)
    WHERE c.link = wanted ORDER BY q.number
$$;
