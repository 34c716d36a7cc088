-- Step 8 as before (which stays for a process of the previous release); it refuses to step over what was not read. A
-- database that a standby took the place of may lack the last batches: its position is then lower than where this one
-- starts. Without a start, without a row, or on another cluster, nothing is known, and nothing refused.
CREATE FUNCTION close_batch(
    streams text[], keys text[], applied bigint[], event_ids text[], topics text[], partitions int[], starts bigint[],
    offsets bigint[], cluster text
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM unnest(topics, partitions, starts) AS s(topic, partition, start)
        JOIN position p ON p.topic = s.topic AND p.partition = s.partition
        WHERE p.cluster = close_batch.cluster AND p.next_offset < s.start
    ) THEN
        RAISE EXCEPTION 'the position lies before the batch: the database has stepped back' USING ERRCODE = 'SB001';
    END IF;
    PERFORM close_batch(streams, keys, applied, event_ids, topics, partitions, offsets, cluster);
END $$;
