-- The predicate of a period is decided by a person; the proposal stays beside what counts.

ALTER TABLE assessment ADD COLUMN status text NOT NULL DEFAULT 'provisional';
CREATE INDEX assessment_waiting ON assessment (employee_id) WHERE status IN ('provisional', 'suspended');

CREATE TABLE predicate_decision (            -- the superior's, once a period and officer
    assessment_id   uuid PRIMARY KEY REFERENCES assessment,
    decided_at      timestamptz NOT NULL,
    decided_by      uuid,                    -- null: silence confirmed
    adjusted        boolean NOT NULL,
    predicate       text NOT NULL,
    reasons         text,
    objection_until date NOT NULL
);

CREATE TABLE predicate_objection (           -- keberatan, at most one against a decision
    objection_id    uuid PRIMARY KEY,
    assessment_id   uuid NOT NULL UNIQUE REFERENCES predicate_decision,
    filed_at        timestamptz NOT NULL,
    reasons         text NOT NULL,
    statement_until date NOT NULL,           -- so long the assessor is waited for
    due_on          date NOT NULL,
    statement       text,
    stated_by       uuid,
    stated_at       timestamptz,
    upheld          boolean,
    decided_by      uuid,
    decided_at      timestamptz,
    predicate       text,
    answer          text                     -- the reasons of the decision
);
