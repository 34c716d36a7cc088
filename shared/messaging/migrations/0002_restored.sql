-- A sender whose database was restored: what its topics hold and its database does not know.

ALTER TABLE relay
    ADD COLUMN cluster  text,                                -- the Kafka cluster that the offsets are of
    ADD COLUMN offsets  jsonb   NOT NULL DEFAULT '{}',       -- {topic: {partition: offset after the last acknowledged}}
    ADD COLUMN restored boolean NOT NULL DEFAULT false;      -- the last look found events that the outbox does not know

CREATE TABLE lost (                -- sender: events on our topics whose rows a restore took away; never told again
    event_id uuid   PRIMARY KEY,
    stream   text   NOT NULL,
    key      text   NOT NULL,
    sequence bigint NOT NULL
);

-- As in 0001, but an event that was lost is left out: a due timer or a repeated request tells the same id again.
-- The lock comes before the look at `lost`: raising holds it exclusively until it has committed.
CREATE OR REPLACE FUNCTION tell(
    streams text[], keys text[], counts int[],
    event_streams text[], event_keys text[], nths int[], event_ids uuid[], types text[],
    correlation_ids text[], causation_ids text[], traceparents text[], payloads text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    told_streams text[]; told_keys text[]; starts bigint[]; times timestamptz[];
BEGIN
    LOCK TABLE stream IN ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM lost WHERE event_id = ANY(tell.event_ids)) THEN
        SELECT array_agg(e.stream ORDER BY e.ord), array_agg(e.key ORDER BY e.ord), array_agg(e.nth ORDER BY e.ord),
               array_agg(e.id ORDER BY e.ord), array_agg(e.type ORDER BY e.ord),
               array_agg(e.correlation ORDER BY e.ord), array_agg(e.causation ORDER BY e.ord),
               array_agg(e.traceparent ORDER BY e.ord), array_agg(e.payload ORDER BY e.ord)
            INTO event_streams, event_keys, nths, event_ids, types, correlation_ids, causation_ids, traceparents, payloads
            FROM (SELECT u.*, row_number() OVER (PARTITION BY u.stream, u.key ORDER BY u.ord)::int AS nth
                  FROM unnest(event_streams, event_keys, tell.event_ids, types, correlation_ids, causation_ids,
                              traceparents, payloads) WITH ORDINALITY
                       AS u(stream, key, id, type, correlation, causation, traceparent, payload, ord)
                  WHERE NOT EXISTS (SELECT FROM lost l WHERE l.event_id = u.id)) AS e;
        SELECT array_agg(k.stream ORDER BY k.ord), array_agg(k.key ORDER BY k.ord), array_agg(k.told ORDER BY k.ord)
            INTO streams, keys, counts
            FROM (SELECT s.stream, s.key, s.ord, count(*)::int AS told
                  FROM unnest(tell.streams, tell.keys) WITH ORDINALITY AS s(stream, key, ord)
                  JOIN unnest(event_streams, event_keys) AS e(stream, key) USING (stream, key)
                  GROUP BY s.stream, s.key, s.ord) AS k;
    END IF;
    WITH raised AS (
        INSERT INTO stream (stream, key, sequence, at)
            SELECT k.stream, k.key, k.told, clock_timestamp() + (k.told - 1) * interval '1 microsecond'
            FROM unnest(tell.streams, tell.keys, tell.counts) AS k(stream, key, told)
            ON CONFLICT (stream, key) DO UPDATE SET
                sequence = stream.sequence + excluded.sequence,
                at = greatest(clock_timestamp(), stream.at + interval '1 microsecond')
                     + (excluded.sequence - 1) * interval '1 microsecond'
            RETURNING stream, key, sequence, at
    )
    SELECT array_agg(k.stream), array_agg(k.key), array_agg(r.sequence - k.told),
           array_agg(r.at - k.told * interval '1 microsecond')
        INTO told_streams, told_keys, starts, times
        FROM unnest(tell.streams, tell.keys, tell.counts) AS k(stream, key, told) JOIN raised r USING (stream, key);
    INSERT INTO outbox (topic, key, sequence, event_id, type, at, correlation_id, causation_id, traceparent, payload)
        SELECT e.stream, e.key, t.start + e.nth, e.id, e.type, t.at + e.nth * interval '1 microsecond',
               e.correlation, e.causation, e.traceparent, e.payload
        FROM unnest(event_streams, event_keys, nths, tell.event_ids, types, correlation_ids, causation_ids,
                    traceparents, payloads) WITH ORDINALITY
             AS e(stream, key, nth, id, type, correlation, causation, traceparent, payload, ord)
        JOIN unnest(told_streams, told_keys, starts, times) AS t(stream, key, start, at) USING (stream, key)
        ORDER BY e.ord;
END $$;
