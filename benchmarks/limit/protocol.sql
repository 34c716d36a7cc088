-- One batch of the hop in one round trip: the past locked, the names locked, decided, written, told, positioned.
-- It knows the straight road only: what would have to be parked raises, and rolls the batch back.
-- Its plans are made on empty tables and kept: without the setting, and with joins whose order is the planner's, they
-- read all of `seen` and `stream` for each batch.
CREATE TABLE tally (employee_id uuid PRIMARY KEY, complaints bigint NOT NULL);
CREATE TABLE evaluation (evaluation_id uuid PRIMARY KEY, complaint_id uuid NOT NULL, employee_id uuid NOT NULL,
    nth bigint NOT NULL);

CREATE FUNCTION limit_batch(
    stream_in text, stream_out text, places text[], names bigint[],
    keys text[], sequences bigint[], ids text[], complaints uuid[], officers uuid[],
    made uuid[], event_ids uuid[], payloads text[], correlations text[],
    topic text, partition int, next_offset bigint
) RETURNS void LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    news boolean[];
BEGIN
    INSERT INTO seen (stream, key, sequence) SELECT stream_in, p, 0 FROM unnest(places) AS p
        ON CONFLICT (stream, key) DO UPDATE SET sequence = seen.sequence WHERE false;
    PERFORM pg_advisory_xact_lock(n) FROM unnest(names) AS n;
    SELECT array_agg(e.sequence > s.sequence ORDER BY e.ord) INTO news
        FROM unnest(keys, sequences) WITH ORDINALITY AS e(key, sequence, ord)
        CROSS JOIN LATERAL (SELECT sequence FROM seen WHERE stream = stream_in AND key = e.key OFFSET 0) AS s;
    IF EXISTS (SELECT FROM parked p JOIN unnest(places) AS k ON p.stream = stream_in AND p.key = k) OR EXISTS (
        SELECT FROM (SELECT e.sequence - row_number() OVER (PARTITION BY e.key ORDER BY e.ord) AS base, e.key
            FROM unnest(keys, sequences, news) WITH ORDINALITY AS e(key, sequence, fresh, ord) WHERE e.fresh) AS run
        CROSS JOIN LATERAL (SELECT sequence FROM seen WHERE stream = stream_in AND key = run.key OFFSET 0) AS s
        WHERE run.base <> s.sequence)
    THEN
        RAISE EXCEPTION 'off the straight road';
    END IF;
    INSERT INTO tally SELECT o, count(*) FROM unnest(officers, news) AS e(o, fresh) WHERE e.fresh GROUP BY o ORDER BY o
        ON CONFLICT (employee_id) DO UPDATE SET complaints = tally.complaints + excluded.complaints;
    INSERT INTO evaluation SELECT e.made, e.complaint, e.officer,
            t.complaints - count(*) OVER (PARTITION BY e.officer)
                + row_number() OVER (PARTITION BY e.officer ORDER BY e.ord)
        FROM unnest(made, complaints, officers, news) WITH ORDINALITY AS e(made, complaint, officer, fresh, ord)
        CROSS JOIN LATERAL (SELECT tally.complaints FROM tally WHERE employee_id = e.officer OFFSET 0) AS t
        WHERE e.fresh;
    INSERT INTO stream (stream, key, sequence, at)
        SELECT stream_out, m, 1, clock_timestamp() FROM unnest(made::text[], news) AS e(m, fresh) WHERE e.fresh ORDER BY m
        ON CONFLICT (stream, key) DO UPDATE SET sequence = stream.sequence + 1,
            at = greatest(clock_timestamp(), stream.at + interval '1 microsecond');
    INSERT INTO outbox (topic, key, sequence, event_id, type, at, correlation_id, causation_id, payload)
        SELECT stream_out, e.made, s.sequence, e.event_id, 'id.go.salor.evaluation.EvaluationOpened.v1', s.at,
               e.correlation, e.id, e.payload
        FROM unnest(made::text[], event_ids, correlations, ids, payloads, news) WITH ORDINALITY
             AS e(made, event_id, correlation, id, payload, fresh, ord)
        CROSS JOIN LATERAL (SELECT * FROM stream WHERE stream = stream_out AND key = e.made OFFSET 0) AS s
        WHERE e.fresh ORDER BY e.ord;
    INSERT INTO seen (stream, key, sequence, event_id)
        SELECT DISTINCT ON (e.key) stream_in, e.key, e.sequence, e.id
        FROM unnest(keys, sequences, ids, news) WITH ORDINALITY AS e(key, sequence, id, fresh, ord)
        WHERE e.fresh ORDER BY e.key, e.ord DESC
        ON CONFLICT (stream, key) DO UPDATE
        SET sequence = excluded.sequence, event_id = excluded.event_id, turn = seen.turn + 1;
    INSERT INTO position VALUES (topic, partition, next_offset) ON CONFLICT ON CONSTRAINT position_pkey DO UPDATE
        SET next_offset = greatest(position.next_offset, excluded.next_offset);
END $$;
