-- What one may know of without reading it is told by discoverable_documents (0011) alone: this older function answered those who are
-- no users, too.
DROP FUNCTION hidden_but_discoverable(text[], integer, text);
