-- How it was known who decided: by which key or token, or that nothing proved it (governance/decisions.py).
ALTER TABLE releases ADD COLUMN proof text NOT NULL DEFAULT 'not recorded';
ALTER TABLE release_moves ADD COLUMN proof text NOT NULL DEFAULT 'not recorded';
ALTER TABLE specialists ADD COLUMN trained_proof text NOT NULL DEFAULT 'not recorded';
ALTER TABLE specialists ADD COLUMN decided_proof text;
