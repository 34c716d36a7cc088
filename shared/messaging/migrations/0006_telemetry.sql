-- What a scrape asks of tables that may have grown: counted on indexes of their own.
CREATE INDEX parked_reason ON parked (stream, reason, since);
CREATE INDEX timer_failed ON timer (name) WHERE failure IS NOT NULL;
