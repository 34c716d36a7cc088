-- Evidence of officers, the evaluations made of it, and the needs they opened. No citizen's data: a voice is opaque.

CREATE TABLE officer (                       -- from directory.v1: who may read whose evaluation
    employee_id uuid PRIMARY KEY,
    version     int  NOT NULL,
    unit        text NOT NULL,
    superior_id uuid
);

CREATE TABLE service_day (                   -- finished requests: a year of work is a few hundred rows
    employee_id uuid NOT NULL,
    counted_on  date NOT NULL,
    service     text NOT NULL,
    on_time     int  NOT NULL,
    slightly    int  NOT NULL,               -- late by at most the grace
    late        int  NOT NULL,
    PRIMARY KEY (employee_id, counted_on, service)
) WITH (fillfactor = 70);                    -- counters are raised in place

CREATE TABLE overdue (                       -- unfinished requests whose deadline passed; finishing moves them to service_day
    record_id   uuid PRIMARY KEY,
    employee_id uuid NOT NULL,
    counted_on  date NOT NULL,
    service     text NOT NULL,
    grace_ends  timestamptz NOT NULL         -- slightly late until then, late after
);
CREATE INDEX overdue_of_employee ON overdue (employee_id, counted_on);

CREATE TABLE complaint (                     -- what a complaint is as evidence
    complaint_id uuid PRIMARY KEY,
    employee_id  uuid,                       -- null until the officer is known
    incident_id  uuid,
    category     text NOT NULL,
    part         text,
    trigger      text NOT NULL,
    day          date NOT NULL,
    filed_at     timestamptz NOT NULL,
    voice        text NOT NULL,
    visibility   text NOT NULL,
    service      text,
    unit         text,
    finding      text NOT NULL DEFAULT 'pending' CHECK (finding IN ('pending', 'upheld', 'rejected'))
);
CREATE INDEX complaint_of_employee ON complaint (employee_id, day) WHERE employee_id IS NOT NULL;

CREATE TABLE no_evaluation (                 -- why a complaint opened none
    complaint_id uuid PRIMARY KEY REFERENCES complaint,
    reason       text NOT NULL
);

CREATE TABLE evaluation (
    evaluation_id uuid PRIMARY KEY,
    incident_id   uuid NOT NULL,
    employee_id   uuid NOT NULL,
    complaint_id  uuid NOT NULL REFERENCES complaint,   -- the one that opened it
    visibility    text NOT NULL,                        -- the strictest of its complaints
    status        text NOT NULL,
    revision      int  NOT NULL,
    opened_at     timestamptz NOT NULL
);
-- At most one standing evaluation per incident and employee.
CREATE UNIQUE INDEX evaluation_standing ON evaluation (incident_id, employee_id) WHERE status <> 'withdrawn';
CREATE INDEX evaluation_of_employee ON evaluation (employee_id, opened_at DESC, evaluation_id DESC);

CREATE TABLE evaluation_revision (           -- append-only: the pieces, and what was found of them
    evaluation_id  uuid NOT NULL REFERENCES evaluation,
    revision       int  NOT NULL,
    complaint_id   uuid NOT NULL REFERENCES complaint,
    as_of          timestamptz NOT NULL,
    visible_from   timestamptz NOT NULL,     -- for the employee and the superior
    policy_version text NOT NULL,
    outcome        text NOT NULL,
    evidence       jsonb NOT NULL,
    result         jsonb NOT NULL,
    PRIMARY KEY (evaluation_id, revision)
);

CREATE TABLE need (
    need_id       uuid PRIMARY KEY,
    employee_id   uuid NOT NULL,
    test          text NOT NULL,
    part          text NOT NULL,
    dimension     text NOT NULL,
    evaluation_id uuid NOT NULL REFERENCES evaluation,
    revision      int  NOT NULL,
    opened_at     timestamptz NOT NULL,
    closed_at     timestamptz
);
-- An open need is never told twice.
CREATE UNIQUE INDEX need_open ON need (employee_id, test) WHERE closed_at IS NULL;

CREATE VIEW shown_evaluation AS              -- of each evaluation the latest revision that shows already
SELECT evaluation.evaluation_id, evaluation.employee_id, officer.superior_id, evaluation.opened_at, evaluation.status,
    shown.revision, shown.outcome, shown.policy_version, shown.visible_from, shown.evidence, shown.result
FROM evaluation LEFT JOIN officer USING (employee_id)
CROSS JOIN LATERAL (
    SELECT * FROM evaluation_revision AS each
    WHERE each.evaluation_id = evaluation.evaluation_id AND each.visible_from <= now()
    ORDER BY each.revision DESC LIMIT 1) AS shown;
