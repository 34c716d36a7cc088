-- What people find and decide: findings, replies, decisions, objections, who stands in for whom, and periods.

ALTER TABLE complaint
    ADD COLUMN verified  boolean NOT NULL DEFAULT false,  -- a person looked at it
    ADD COLUMN ended     text,                            -- why it counts no more; null while it does
    ADD COLUMN linked_to uuid,                            -- the complaint whose incident it shares, as a person found
    DROP CONSTRAINT complaint_finding_check,
    ADD CONSTRAINT complaint_finding CHECK (finding IN ('pending', 'upheld', 'rejected', 'not_judged'));
CREATE INDEX complaint_of_incident ON complaint (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX complaint_linked ON complaint (linked_to) WHERE linked_to IS NOT NULL;

CREATE TABLE reply (                         -- an officer's own words about a revision
    reply_id      uuid PRIMARY KEY,
    evaluation_id uuid NOT NULL,
    revision      int  NOT NULL,
    replied_at    timestamptz NOT NULL,
    words         text NOT NULL,
    FOREIGN KEY (evaluation_id, revision) REFERENCES evaluation_revision
);
CREATE INDEX reply_of_evaluation ON reply (evaluation_id, replied_at);

CREATE TABLE decision (                      -- the superior's, about one revision; the computed result stays beside it
    evaluation_id   uuid NOT NULL,
    revision        int  NOT NULL,
    decided_at      timestamptz NOT NULL,
    decided_by      uuid,                    -- null: silence confirmed
    adjusted        boolean NOT NULL,
    outcome         text NOT NULL,
    needs           text[] NOT NULL,         -- the tests of the needs that rest on it
    reasons         text,
    objection_until date NOT NULL,
    PRIMARY KEY (evaluation_id, revision),
    FOREIGN KEY (evaluation_id, revision) REFERENCES evaluation_revision
);

CREATE TABLE objection (                     -- keberatan, at most one against a decision
    objection_id  uuid PRIMARY KEY,
    evaluation_id uuid NOT NULL,
    revision      int  NOT NULL,
    filed_at      timestamptz NOT NULL,
    reasons       text NOT NULL,
    statement_until date NOT NULL,           -- so long the assessor is waited for
    due_on        date NOT NULL,
    statement     text,
    stated_by     uuid,
    stated_at     timestamptz,
    upheld        boolean,
    decided_by    uuid,
    decided_at    timestamptz,
    outcome       text,
    needs         text[],
    answer        text,                      -- the reasons of the decision
    UNIQUE (evaluation_id, revision),
    FOREIGN KEY (evaluation_id, revision) REFERENCES decision
);

CREATE TABLE stand_in (                      -- Plt./Plh.: who acts for a superior, or that nobody does
    stand_in_id uuid PRIMARY KEY,
    holder_id   uuid NOT NULL,
    acting_id   uuid,                        -- null: vacant or away, and the next level up decides
    since       date NOT NULL,
    until       date NOT NULL CHECK (until >= since),
    set_at      timestamptz NOT NULL
);
CREATE INDEX stand_in_for ON stand_in (holder_id, since);

CREATE TABLE period (
    period    text PRIMARY KEY,              -- 2026-Q1, or 2026
    since     date NOT NULL,
    until     date NOT NULL,
    opened_at timestamptz NOT NULL,
    officers  int,                           -- how many are assessed; null while it is open
    assessed  int NOT NULL DEFAULT 0,
    closed_at timestamptz
);

CREATE TABLE assessment (                    -- one officer's result for a period, as a proposal
    assessment_id uuid PRIMARY KEY,
    period        text NOT NULL REFERENCES period,
    employee_id   uuid NOT NULL,
    assessed_at   timestamptz NOT NULL,
    evidence      jsonb NOT NULL,
    result        jsonb NOT NULL,
    proposal      jsonb NOT NULL,            -- the legal scale and the predicate
    UNIQUE (employee_id, period)
);

CREATE OR REPLACE VIEW shown_evaluation AS   -- of each evaluation the latest revision that shows already
SELECT evaluation.evaluation_id, evaluation.employee_id, officer.superior_id, evaluation.opened_at, evaluation.status,
    shown.revision, shown.outcome, shown.policy_version, shown.visible_from, shown.evidence, shown.result,
    decision.decided_at, decision.decided_by, decision.adjusted, decision.outcome AS decided_outcome,
    decision.needs AS decided_needs, decision.reasons, decision.objection_until
FROM evaluation LEFT JOIN officer USING (employee_id)
CROSS JOIN LATERAL (
    SELECT * FROM evaluation_revision AS each
    WHERE each.evaluation_id = evaluation.evaluation_id AND each.visible_from <= now()
    ORDER BY each.revision DESC LIMIT 1) AS shown
LEFT JOIN decision ON decision.evaluation_id = evaluation.evaluation_id AND decision.revision = shown.revision;
