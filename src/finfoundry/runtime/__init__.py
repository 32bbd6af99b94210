"""What a home runs on: settings, database, keys, jobs, processes, logs and the audit record."""
