-- The rest of the evidence: praise, attendance, coach's scores, innovations, learning hours; and the unit context.

ALTER TABLE officer ADD COLUMN status text NOT NULL DEFAULT 'pns';   -- PNS owe learning hours, PPPK do not

CREATE TABLE praise (
    complaint_id uuid PRIMARY KEY,           -- the report that holds it
    employee_id  uuid NOT NULL,
    part         text NOT NULL,
    day          date NOT NULL,
    voice        text NOT NULL               -- opaque, good for a quarter
);
CREATE INDEX praise_of_employee ON praise (employee_id, day);

CREATE TABLE attendance (                    -- months of which attendance is known; without days: always present
    employee_id uuid NOT NULL,
    month       date NOT NULL,               -- its first day
    absent_on   date[] NOT NULL,             -- unexcused
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (employee_id, month)
);

CREATE TABLE coach_score (
    employee_id uuid NOT NULL,
    scored_on   date NOT NULL,
    coach       text NOT NULL,               -- who gave it: one voice a quarter
    score       int  NOT NULL CHECK (score BETWEEN 1 AND 5),
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (employee_id, scored_on, coach)
);

CREATE TABLE innovation (
    innovation_id uuid PRIMARY KEY,
    employee_id   uuid NOT NULL,
    proposed_on   date NOT NULL,
    title         text NOT NULL,
    criteria      int[] NOT NULL,            -- novel, effective, useful, easy to spread, sustainable: 1..5 each
    recorded_by   text NOT NULL,
    recorded_at   timestamptz NOT NULL
);
CREATE INDEX innovation_of_employee ON innovation (employee_id, proposed_on);

CREATE TABLE learning (                      -- hours (JP) count once an employee and session
    employee_id  uuid NOT NULL,
    session_id   uuid NOT NULL,
    completed_on date NOT NULL,
    jp           int  NOT NULL,
    PRIMARY KEY (employee_id, session_id)
);

CREATE TABLE unit_context (                  -- C by officer and service: a row is a change; without any it is 1
    employee_id uuid NOT NULL,
    service     text NOT NULL,
    computed_at timestamptz NOT NULL,
    context     text NOT NULL,
    PRIMARY KEY (employee_id, service, computed_at)
);

ALTER TABLE need ADD COLUMN met_on date;     -- its course was completed: balances count what is later
CREATE INDEX need_met ON need (employee_id) WHERE met_on IS NOT NULL;
