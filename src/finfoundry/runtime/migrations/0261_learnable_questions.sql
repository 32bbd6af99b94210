-- Questions that ended without an answer and that may be learned from, as the setting said when they were asked, are found by this sign of
-- their records; their words lie in the audit, under the key of who asked, and go with it or when the time of traces is over.
CREATE INDEX audit_record_learnable ON audit_record (at) WHERE action = 'answer' AND steps @> '[{"kind": "learnable"}]';
