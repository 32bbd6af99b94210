-- What the windows of fraud look back on: payments that came in by route, command and worker, once each, under the label of the specialist
-- that looks back on them. Specialists of one name and one label whose windows have the same shape share a stream.
CREATE TABLE payment_streams (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),  -- of the specialist
    shape text NOT NULL,  -- SHA-256 of entities, amount and delay
    label_id integer NOT NULL REFERENCES labels,
    seeded text[] NOT NULL DEFAULT '{}',  -- versions whose training history is here
    changes bigint NOT NULL DEFAULT 0,  -- counts what was entered: what a process holds in memory is as old as its number
    places bigint NOT NULL DEFAULT 0,  -- payments in the order in which they came
    first bigint,  -- microseconds since 1970
    last bigint,
    holes jsonb NOT NULL DEFAULT '[]',  -- pairs of times between which no payment is known for longer than the delay
    UNIQUE (name, shape, label_id)
);
CALL protect('payment_streams');

CREATE TABLE payments (
    stream integer NOT NULL REFERENCES payment_streams ON DELETE CASCADE,
    id text NOT NULL,
    entity smallint NOT NULL,  -- a payment has one row for each of its entities
    key text NOT NULL,
    at bigint NOT NULL,
    place bigint NOT NULL,
    amount bigint NOT NULL,  -- ten-thousandths
    tenths integer NOT NULL,
    fraud boolean,  -- none = not known
    odd boolean NOT NULL DEFAULT false,  -- fraud that no amount explains
    changed bigint NOT NULL,
    label_id integer NOT NULL REFERENCES labels,
    PRIMARY KEY (stream, id, entity)
);
CREATE INDEX ON payments (stream, entity, key, at);
CREATE INDEX ON payments (stream, changed);
CALL protect('payments');

-- Payments that were sent and wait for the worker. Only who sent them sees what became of them.
CREATE TABLE payment_inbox (
    id uuid PRIMARY KEY,
    person text NOT NULL,
    administrator boolean NOT NULL,
    name text NOT NULL,
    content jsonb,  -- gone when it was done
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
    result jsonb,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE payment_inbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_inbox FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON payment_inbox TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY own ON payment_inbox TO finfoundry_application
    USING (person = current_setting('finfoundry.principal', true) OR identity_is_administrator())
    WITH CHECK (person = current_setting('finfoundry.principal', true));
CREATE POLICY working ON payment_inbox TO finfoundry_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON payment_inbox TO finfoundry_application;
GRANT SELECT, UPDATE ON payment_inbox TO finfoundry_worker;
