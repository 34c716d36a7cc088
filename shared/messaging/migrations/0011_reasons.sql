-- For the metrics alone. While it led with the stream, and the statistics said that nothing is parked (an analyze in the
-- middle of a burst finds only rows that are not committed), a look at a key could go through all of its stream instead.
DROP INDEX parked_reason;
CREATE INDEX parked_reason ON parked (reason) INCLUDE (stream, since);
