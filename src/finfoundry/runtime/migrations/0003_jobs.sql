-- Work to be done after a transaction, added inside it. Holds identifiers only, no content.

CREATE TABLE jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    key text NOT NULL,  -- the same kind and key waits only once
    payload jsonb NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    after timestamptz NOT NULL DEFAULT now(),
    error text,
    added timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX ON jobs (kind, key) WHERE state = 'queued';
CREATE INDEX ON jobs (after) WHERE state <> 'failed';

GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO finfoundry_worker;
GRANT SELECT, INSERT ON jobs TO finfoundry_application;
