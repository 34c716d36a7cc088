-- Enrolments go on after their first placing: they end, wait for a decision, or are freed; and employees take seats of
-- their own accord. What the former release keeps still holds, and it can go on beside this one.

ALTER TABLE session ADD COLUMN cancelled_at timestamptz;

CREATE TABLE routine (               -- sessions that recur, of the catalogue's version
    code    text PRIMARY KEY,
    course  text NOT NULL REFERENCES course,
    body    text NOT NULL,
    version text NOT NULL REFERENCES catalogue
);

CREATE TABLE employee (              -- as the directory tells; who is not in it is PNS
    employee_id uuid PRIMARY KEY,
    version     int  NOT NULL,
    status      text NOT NULL
);

ALTER TABLE enrolment
    ALTER COLUMN need_id DROP NOT NULL,
    ALTER COLUMN evaluation_id DROP NOT NULL,
    ALTER COLUMN test DROP NOT NULL,
    ALTER COLUMN part DROP NOT NULL,
    ADD COLUMN visibility   text        NOT NULL DEFAULT 'rahasia',  -- of old rows it is not known: the strictest
    ADD COLUMN since        timestamptz NOT NULL DEFAULT now(),      -- the place in line
    ADD COLUMN misses       int         NOT NULL DEFAULT 0,
    ADD COLUMN reason       text,
    ADD COLUMN completed_on date,
    ADD COLUMN jp           int,
    ADD COLUMN score        int,
    DROP CONSTRAINT enrolment_state_check,
    DROP CONSTRAINT enrolment_check,
    DROP CONSTRAINT enrolment_check1,
    ADD CONSTRAINT enrolment_state CHECK (state IN
        ('proposed', 'waitlisted', 'enrolled', 'suspended', 'covered', 'completed', 'missed', 'cancelled')),
    ADD CONSTRAINT enrolment_seat CHECK
        ((state IN ('enrolled', 'completed', 'missed')) = (session_id IS NOT NULL)
        AND (session_id IS NULL OR course IS NOT NULL)),
    ADD CONSTRAINT enrolment_need CHECK
        ((need_id IS NULL) = (evaluation_id IS NULL) AND (need_id IS NULL) = (test IS NULL)
        AND (need_id IS NULL) = (part IS NULL)),
    ADD CONSTRAINT enrolment_result CHECK ((state = 'completed') = (completed_on IS NOT NULL AND jp IS NOT NULL));
UPDATE enrolment SET since = enrolled_at;

-- Of their own accord nobody sits twice in a session.
CREATE UNIQUE INDEX enrolment_own ON enrolment (employee_id, session_id) WHERE need_id IS NULL AND state = 'enrolled';
CREATE INDEX enrolment_line ON enrolment (course, since, enrolment_id) WHERE state = 'waitlisted';
CREATE INDEX enrolment_evaluation ON enrolment (evaluation_id);
CREATE INDEX enrolment_employee ON enrolment (employee_id, enrolled_at, enrolment_id);
CREATE INDEX session_start ON session (starts_at, session_id);
