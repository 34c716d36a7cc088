-- Offsets begin again at 0 when a topic is made anew or read from another cluster: a dead letter is known by where it
-- came from and by what it holds. The digest makes itself, so that the release before goes on inserting without it.
CREATE FUNCTION dead_letter_digest(record_key bytea, header_names text[], header_values bytea[], value bytea)
RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN sha256(coalesce(record_key, '') || '\x00' || coalesce(value, '') || '\x00'
    || convert_to(array_to_string(header_names, ' '), 'UTF8') || '\x00'
    || coalesce((SELECT string_agg(coalesce(h.held, ''), '\x00' ORDER BY h.place)
                 FROM unnest(header_values) WITH ORDINALITY AS h(held, place)), ''));

ALTER TABLE dead_letter
    ADD COLUMN digest bytea NOT NULL
        GENERATED ALWAYS AS (dead_letter_digest(record_key, header_names, header_values, value)) STORED,
    DROP CONSTRAINT dead_letter_pkey,
    ADD PRIMARY KEY (topic, partition, record_offset, digest);
