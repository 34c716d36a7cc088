-- Facts that happen more than once, templates with versions, patience with a provider that is away, and preferences.

ALTER TABLE delivery
    ADD COLUMN occasion text NOT NULL DEFAULT '',   -- which time of this thing; '' once for good
    ADD COLUMN refusals integer NOT NULL DEFAULT 0, -- how often this very message was refused for now
    ADD COLUMN template text NOT NULL DEFAULT '';   -- the version of the template that it was written by
UPDATE delivery SET refusals = attempts WHERE state IN ('pending', 'claimed', 'sending');

-- Each thing is told once for each time that it happens, however many events say so. Rows of before have no occasion:
-- of those a citizen's were told once for good.
CREATE UNIQUE INDEX delivery_occasion ON delivery (recipient, what, channel, occasion)
    WHERE audience = 'citizen' OR occasion <> '';
DROP INDEX delivery_citizen;

-- Each channel claims for itself: one whose provider is away must not be in the way of the others.
CREATE INDEX delivery_due_by_channel ON delivery (channel, next_at, delivery_id)
    WHERE state IN ('pending', 'waiting');
DROP INDEX delivery_due;

-- The event whose letter explained to a civil servant what an evaluation is.
ALTER TABLE person ADD COLUMN introduced_by text;
UPDATE person SET introduced_by = d.event_id
FROM (SELECT DISTINCT ON (recipient) recipient, event_id FROM delivery
    WHERE audience = 'employee' AND what LIKE 'result\_%' ORDER BY recipient, created_at) AS d
WHERE person.employee_id = d.recipient;

CREATE TABLE preference (
    recipient uuid PRIMARY KEY,              -- a citizen's is the complaint
    courtesy_mails boolean NOT NULL,
    changed_at timestamptz NOT NULL
);
