-- A position is worth something only on the cluster that it was written on. '' is a row of a release that did not know.
ALTER TABLE position ADD COLUMN cluster text NOT NULL DEFAULT '';

-- Step 8 as before (which stays for a process of that release); a late batch of another cluster moves no position.
CREATE FUNCTION close_batch(
    streams text[], keys text[], applied bigint[], event_ids text[], topics text[], partitions int[], offsets bigint[],
    cluster text
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE seen SET sequence = a.sequence, event_id = a.event_id, turn = seen.turn + 1
        FROM unnest(close_batch.streams, close_batch.keys, applied, close_batch.event_ids)
             AS a(stream, key, sequence, event_id)
        WHERE seen.stream = a.stream AND seen.key = a.key;
    INSERT INTO position (topic, partition, next_offset, cluster)
        SELECT p.topic, p.partition, p.next, close_batch.cluster
        FROM unnest(topics, partitions, offsets) AS p(topic, partition, next)
        ON CONFLICT (topic, partition) DO UPDATE
        SET next_offset = greatest(position.next_offset, excluded.next_offset)
        WHERE position.cluster = excluded.cluster;
END $$;
