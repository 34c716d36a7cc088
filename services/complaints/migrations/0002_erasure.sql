-- Erasing a reporter empties the row; it stays, so that it can be said that and when it was erased.

ALTER TABLE reporter ADD COLUMN erased_at timestamptz;
CREATE INDEX reporter_kept ON reporter (complaint_id) WHERE erased_at IS NULL;
