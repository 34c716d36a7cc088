-- Which parked keys may go on, page by page, from key to key by the primary key: a tail of 100,000 rows costs no more than
-- one row. OFFSET 0 keeps the planner, where it knows the table badly, from reading a key's whole tail and asking for the
-- sequence afterwards; LIMIT 1 in the place of EXISTS, from reading all that was seen at once.
-- The settings are the function's alone. Where the statistics are of another day (an analyze in the middle of a burst
-- finds no row that is committed, and what it knew of the columns stays), each step sorted all that is behind a key.
CREATE FUNCTION parked_page(size int, after_stream text, after_key text, states text[])
RETURNS TABLE (stream text, key text, is_ready boolean)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE page AS (
        (SELECT stream, key, 1 AS nth FROM parked WHERE (stream, key) > (after_stream, after_key) ORDER BY stream, key LIMIT 1)
        UNION ALL
        SELECT p.stream, p.key, page.nth + 1 FROM page CROSS JOIN LATERAL (
            SELECT stream, key FROM parked WHERE (parked.stream, parked.key) > (page.stream, page.key)
            ORDER BY stream, key LIMIT 1) AS p
        WHERE page.nth < size)
    SELECT page.stream, page.key, (
        SELECT true FROM seen s CROSS JOIN LATERAL (
            SELECT q.reason, q.fact_stream, q.fact_key, q.fact_turn FROM parked q
            WHERE q.stream = s.stream AND q.key = s.key AND q.sequence BETWEEN s.sequence + 1
                AND CASE WHEN s.stream = ANY(states) THEN 9223372036854775807 ELSE s.sequence + 1 END
            OFFSET 0) AS p
        WHERE s.stream = page.stream AND s.key = page.key
            AND (p.reason = 'gap' OR (p.reason = 'waiting' AND p.fact_turn < (
                SELECT coalesce(max(f.turn), 0) FROM seen f WHERE f.stream = p.fact_stream AND f.key = p.fact_key)))
        LIMIT 1
    ) IS NOT NULL AND (
        SELECT true FROM parked r WHERE r.stream = page.stream AND r.key = page.key AND r.reason = 'regression' LIMIT 1
    ) IS NULL AS is_ready
    FROM page ORDER BY page.nth;
END $$;
