-- Catalogue, sessions, and what became of each training need.

CREATE TABLE catalogue (
    version text PRIMARY KEY,
    checksum text NOT NULL,
    loaded_at timestamptz NOT NULL
);

CREATE TABLE course (
    code text PRIMARY KEY,
    place integer NOT NULL,
    body text NOT NULL,
    version text NOT NULL REFERENCES catalogue
);

CREATE TABLE session (
    session_id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE,
    course text NOT NULL REFERENCES course,
    starts_at timestamptz NOT NULL,
    place text NOT NULL,
    seats integer NOT NULL CHECK (seats > 0)
);

CREATE TABLE enrolment (
    enrolment_id uuid PRIMARY KEY,
    need_id uuid NOT NULL UNIQUE,
    evaluation_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    test text NOT NULL,
    part text NOT NULL,
    state text NOT NULL CHECK (state IN ('enrolled', 'waitlisted', 'covered')),
    course text REFERENCES course,
    session_id uuid REFERENCES session,
    enrolled_at timestamptz NOT NULL,
    visible_from timestamptz NOT NULL,
    CHECK ((state = 'enrolled') = (session_id IS NOT NULL)),
    CHECK (state <> 'enrolled' OR course IS NOT NULL)
);

CREATE UNIQUE INDEX enrolment_once ON enrolment (employee_id, test) WHERE state IN ('enrolled', 'waitlisted');
CREATE INDEX enrolment_seats ON enrolment (session_id, employee_id) WHERE session_id IS NOT NULL;
