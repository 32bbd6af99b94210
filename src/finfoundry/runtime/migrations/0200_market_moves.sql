-- What the series of a market-risk specialist did, day by day, for back-tests of the forecasts that were recorded before.
CREATE TABLE specialist_moves (
    name text NOT NULL,
    series text NOT NULL,
    day date NOT NULL,
    move double precision NOT NULL,  -- of prices the log return, of returns they themselves, of spreads the change
    person text NOT NULL,
    record uuid NOT NULL REFERENCES audit_record,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    label_id integer NOT NULL REFERENCES labels,
    PRIMARY KEY (name, label_id, series, day)
);
CALL protect('specialist_moves');
