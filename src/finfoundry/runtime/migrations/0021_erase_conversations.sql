-- Erasing a person takes the conversations too: an administrator may delete them, which needs to find them.
CREATE POLICY erasing ON conversations FOR DELETE TO finfoundry_application USING (identity_is_administrator());
CREATE POLICY finding ON conversations FOR SELECT TO finfoundry_application USING (identity_is_administrator());
