-- Auditors' keys, and an end to all tokens of a user that an identity provider has issued so far (there is no list of these to strike from).
ALTER TABLE api_keys DROP CONSTRAINT api_keys_scopes_check;
ALTER TABLE api_keys ADD CONSTRAINT api_keys_scopes_check CHECK (scopes <@ ARRAY['read', 'write', 'raw', 'audit', 'admin']);
ALTER TABLE users ADD COLUMN tokens_after timestamptz;  -- a token counts when it was issued after this
