-- Whether a regression blocks a key is asked for each key that a sweep looks at: not by reading all that is parked of it.
CREATE INDEX parked_regression ON parked (stream, key) WHERE reason = 'regression';
