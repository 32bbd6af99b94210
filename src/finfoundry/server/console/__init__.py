"""The page: server-rendered, no build step, nothing from elsewhere. What documents say is escaped wherever it is shown."""
