-- What people asked on the page and what they were answered, to go on from another day. A conversation is its asker's alone, or also whoever's
-- who brings its link; an answer is shown to nobody who may not read every document that it is drawn from, and goes with the first of them.
CREATE TABLE past_conversations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    person text NOT NULL,
    title text NOT NULL CHECK (title <> ''),
    collection text NOT NULL DEFAULT '',
    turns integer NOT NULL DEFAULT 0,
    link uuid UNIQUE,  -- as random as a key; none: not shared
    changed timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON past_conversations (person, changed);
CREATE TABLE past_questions (
    conversation uuid NOT NULL REFERENCES past_conversations ON DELETE CASCADE,
    number integer NOT NULL CHECK (number > 0),
    question text NOT NULL,
    evidence bigint[] NOT NULL,  -- documents that the answer is drawn from, or shows
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (conversation, number)
);
CREATE TABLE past_answers (
    conversation uuid NOT NULL,
    number integer NOT NULL,
    answer jsonb NOT NULL,
    evidence bigint[] NOT NULL,
    PRIMARY KEY (conversation, number),
    FOREIGN KEY (conversation, number) REFERENCES past_questions ON DELETE CASCADE
);
CREATE INDEX ON past_answers USING gin (evidence);

DO $$
DECLARE target text;
BEGIN
    FOREACH target IN ARRAY ARRAY['past_conversations', 'past_questions', 'past_answers'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', target);
        EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', target);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO finfoundry_application', target);
    END LOOP;
END $$;
CREATE POLICY own ON past_conversations TO finfoundry_application
    USING (person = current_setting('finfoundry.principal', true))
    WITH CHECK (person = current_setting('finfoundry.principal', true));
-- Whether the one who acts may read every one of these documents now; none: whether there is anything to read.
CREATE FUNCTION readable_together(wanted bigint[]) RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT NOT EXISTS (SELECT FROM unnest(wanted) AS one (id) WHERE NOT EXISTS (SELECT FROM documents WHERE documents.id = one.id)) $$;
CREATE FUNCTION own_conversation(wanted uuid) RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT EXISTS (SELECT FROM past_conversations WHERE id = wanted AND person = current_setting('finfoundry.principal', true)) $$;
CREATE POLICY own ON past_questions TO finfoundry_application USING (own_conversation(conversation)) WITH CHECK (own_conversation(conversation));
CREATE POLICY reading ON past_answers FOR SELECT TO finfoundry_application USING (
    own_conversation(conversation) AND readable_together(evidence));
CREATE POLICY adding ON past_answers FOR INSERT TO finfoundry_application WITH CHECK (own_conversation(conversation));

CREATE FUNCTION forget_past_answers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp
AS $$ BEGIN DELETE FROM past_answers WHERE evidence @> ARRAY[OLD.id]; RETURN NULL; END $$;
CREATE TRIGGER forget_past_answers AFTER DELETE ON documents FOR EACH ROW EXECUTE FUNCTION forget_past_answers();

-- Who brings a link sees the turns whose evidence may be read: the words of a question tell of it, too. A row without a number says how many
-- turns there are, whether they may be seen or not.
CREATE FUNCTION shared_turns(wanted uuid) RETURNS TABLE (
    conversation uuid, person text, turns integer, number integer, question text, answer jsonb, at timestamptz
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = finfoundry, pg_temp AS $$
    SELECT c.id, c.person, c.turns, q.number, q.question, a.answer, q.at FROM past_conversations c
    LEFT JOIN past_questions q ON q.conversation = c.id AND q.evidence <> '{}' AND NOT EXISTS (
        SELECT FROM unnest(q.evidence) AS one (id)
        WHERE NOT EXISTS (SELECT FROM documents d WHERE d.id = one.id AND d.label_id = ANY ((SELECT readable_labels())::integer[])))
    LEFT JOIN past_answers a ON (a.conversation, a.number) = (q.conversation, q.number)
    WHERE c.link = wanted ORDER BY q.number
$$;
REVOKE EXECUTE ON FUNCTION shared_turns(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shared_turns(uuid) TO finfoundry_application;

-- Erasing a person takes the conversations too.
CREATE FUNCTION forget_past_conversations(former text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = finfoundry, pg_temp AS $$
DECLARE removed integer;
BEGIN
    IF NOT identity_is_administrator() THEN
        RAISE EXCEPTION 'only an administrator erases a person' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM past_conversations WHERE person = former;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;
REVOKE EXECUTE ON FUNCTION forget_past_answers(), forget_past_conversations(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_past_conversations(text) TO finfoundry_application;
