-- A partition's position is looked for from the end of a key that ends with the offset: there the newest version comes
-- first. Under a key that stayed the same, each batch left one more version to walk over, for as long as a transaction
-- held open (a backup, a forgotten report) kept them from being cleaned up.
ALTER TABLE position DROP CONSTRAINT position_pkey, ADD PRIMARY KEY (topic, partition, next_offset);

DROP FUNCTION close_batch(text[], text[], bigint[], text[], text[], int[], bigint[]);
DROP FUNCTION close_batch(text[], text[], bigint[], text[], text[], int[], bigint[], text);

-- Step 8 as before, for the previous release, too. A partition that nobody has read begins where its first batch does;
-- its lock is of two numbers, which no name has, and lets only one row be made. What is read is locked, and only then
-- moved: the next owner's batch may be there at the same time. The settings keep the looks on the key while statistics
-- still tell of a table of a few rows.
CREATE OR REPLACE FUNCTION close_batch(
    streams text[], keys text[], applied bigint[], event_ids text[], topics text[], partitions int[], starts bigint[],
    offsets bigint[], cluster text
) RETURNS void LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
    reached bigint[]; clusters text[];
BEGIN
    UPDATE seen SET sequence = a.sequence, event_id = a.event_id, turn = seen.turn + 1
        FROM unnest(close_batch.streams, close_batch.keys, applied, close_batch.event_ids)
             AS a(stream, key, sequence, event_id)
        WHERE seen.stream = a.stream AND seen.key = a.key;
    LOOP
        SELECT array_agg(p.next_offset ORDER BY m.nth), array_agg(p.cluster ORDER BY m.nth) INTO reached, clusters
            FROM unnest(topics, partitions) WITH ORDINALITY AS m(topic, partition, nth)
            LEFT JOIN LATERAL (
                SELECT position.next_offset, position.cluster FROM position
                WHERE position.topic = m.topic AND position.partition = m.partition
                ORDER BY position.next_offset DESC LIMIT 1 FOR UPDATE) AS p ON true;
        EXIT WHEN array_position(reached, NULL) IS NULL;
        PERFORM pg_advisory_xact_lock(hashtext(m.topic), m.partition)
            FROM unnest(topics, partitions, reached) AS m(topic, partition, reached) WHERE m.reached IS NULL;
        INSERT INTO position (topic, partition, next_offset, cluster)
            SELECT m.topic, m.partition, coalesce(m.start, 0), close_batch.cluster
            FROM unnest(topics, partitions, starts, reached) AS m(topic, partition, start, reached)
            WHERE m.reached IS NULL AND NOT EXISTS (
                SELECT FROM position WHERE position.topic = m.topic AND position.partition = m.partition);
    END LOOP;
    IF EXISTS (
        SELECT FROM unnest(starts, reached, clusters) AS m(start, reached, cluster)
        WHERE m.cluster = close_batch.cluster AND m.reached < m.start
    ) THEN
        RAISE EXCEPTION 'the position lies before the batch: the database has stepped back' USING ERRCODE = 'SB001';
    END IF;
    FOR n IN 1 .. cardinality(topics) LOOP -- one by one: a join may read the whole key, where statistics are of a few rows
        UPDATE position SET next_offset = offsets[n]
            WHERE topic = topics[n] AND partition = partitions[n] AND next_offset = reached[n]
            AND clusters[n] = close_batch.cluster AND reached[n] < offsets[n];
    END LOOP;
END $$;

-- A row of `seen` is made by the batch that locks it, and gets its sequence and id at the end of that batch: most of the
-- second versions fit on the page of the first, and the index of the key is written once.
ALTER TABLE seen SET (fillfactor = 50);
