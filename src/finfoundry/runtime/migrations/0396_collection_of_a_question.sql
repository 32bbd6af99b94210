-- In which collection a question was asked: what was remembered of its conversation is kept under a name made of it (null: of before).
ALTER TABLE past_questions ADD COLUMN collection text;
