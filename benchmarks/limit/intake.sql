-- A lot of filings in one round trip: claimed by their key, locked by name, kept, told and answered.
-- A repetition would be answered from `request`; here it raises, since the load has none.
CREATE FUNCTION limit_intake(
    keys text[], hashes bytea[], names bigint[], ids uuid[], categories text[], texts text[], emails text[],
    receipts bytea[], voices text[], subjects text[], event_ids uuid[], payloads text[], answers bytea[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz;
BEGIN
    INSERT INTO request (principal, route, idempotency_key, body_hash)
        SELECT 'public', 'file_complaint', * FROM unnest(keys, hashes);
    PERFORM pg_advisory_xact_lock(n) FROM unnest(names) AS n;
    moment := clock_timestamp();
    IF EXISTS (SELECT FROM unnest(subjects) AS s JOIN recent_filing f ON f.subject = s
               AND f.at > moment - interval '1 hour' GROUP BY s HAVING count(*) >= 10) THEN
        RAISE EXCEPTION 'too often';
    END IF;
    INSERT INTO complaint (complaint_id, state, category, part, trigger, policy_version, visibility, text, day,
            filed_at, filed_on, reporter_ref, receipt_hash)
        SELECT e.id, 'unassigned', e.category, 'delay', 'at_filing', '1', 'open', e.text, moment::date, moment,
               moment::date, e.voice, e.receipt
        FROM unnest(ids, categories, texts, voices, receipts) AS e(id, category, text, voice, receipt) ORDER BY e.id;
    INSERT INTO reporter (complaint_id, email, language)
        SELECT e.id, e.email, 'id' FROM unnest(ids, emails) AS e(id, email) ORDER BY e.id;
    INSERT INTO complaint_clock (complaint_id, clock, since, due_on, calendar, paused, level)
        SELECT i, c.clock, moment::date, moment::date + c.days, '2026.1', false, 0
        FROM unnest(ids) AS i
        CROSS JOIN (VALUES ('first_answer', 5), ('follow_up', 14), ('limit', 60), ('verification', 3)) AS c(clock, days)
        ORDER BY i, c.clock;
    INSERT INTO timer (name, subject, due)
        SELECT 'complaint_clock', i::text, moment + interval '1 day' FROM unnest(ids) AS i ORDER BY i;
    INSERT INTO stream (stream, key, sequence, at)
        SELECT 'complaints.v1', i::text, 1, moment FROM unnest(ids) AS i ORDER BY i;
    INSERT INTO outbox (topic, key, sequence, event_id, type, at, correlation_id, causation_id, payload)
        SELECT 'complaints.v1', e.id::text, 1, e.event, 'id.go.salor.complaints.ComplaintFiled.v1', moment,
               e.id::text, e.key, e.payload
        FROM unnest(ids, event_ids, keys, payloads) WITH ORDINALITY AS e(id, event, key, payload, ord) ORDER BY e.ord;
    INSERT INTO recent_filing (subject, at) SELECT s, moment FROM unnest(subjects) AS s ORDER BY s;
    UPDATE request q SET status = 201, answer = a.answer FROM unnest(keys, answers) AS a(key, answer)
        WHERE (q.principal, q.route, q.idempotency_key) = ('public', 'file_complaint', a.key);
END $$;
