-- What retention looks for: the oldest rows of three tables. (The outbox is trimmed along its key.)

CREATE INDEX request_at ON request (at);
CREATE INDEX stranger_at ON stranger (at);
CREATE INDEX dead_letter_at ON dead_letter (at);

-- A dump that was read into another server brings transaction ids that mean nothing there: there, rows told from now on
-- could lie behind the relay's cursor and never be sent. What was sent gets the oldest id, what was not gets the present
-- one, and the cursor lies between. Call it after each logical restore, while the service is stopped.
CREATE FUNCTION rebase_outbox() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    present xid8 := pg_current_xact_id();
BEGIN
    LOCK TABLE outbox, relay IN EXCLUSIVE MODE;
    UPDATE outbox SET xid = CASE
            WHEN pg_visible_in_snapshot(xid, r.since::pg_snapshot) THEN '3'
            WHEN pg_visible_in_snapshot(xid, r.until::pg_snapshot) AND id <= r.last_id THEN '3'
            ELSE present END
        FROM relay r WHERE r.name = 'outbox';
    UPDATE relay SET since = present || ':' || present || ':', until = present || ':' || present || ':', last_id = 0
        WHERE name = 'outbox';
END $$;
