-- The handling of a case: who handles it, what was found and said, how it ended. And who works where, under whom.

ALTER TABLE complaint
    ADD COLUMN handler_id    uuid,                      -- who handles the case; `employee_id` is whom it is about
    ADD COLUMN verified_at   timestamptz,
    ADD COLUMN answers       int NOT NULL DEFAULT 0,
    ADD COLUMN answered_at   timestamptz,               -- the last time
    ADD COLUMN finding       text,
    ADD COLUMN data_requests int NOT NULL DEFAULT 0,
    ADD COLUMN reopened      int NOT NULL DEFAULT 0,
    ADD COLUMN reason        text,                      -- why it was archived: a code of the published list, or withdrawn
    ADD COLUMN authority     text,                      -- to whom it was passed on or referred
    ADD COLUMN ended_at      timestamptz,               -- closed, archived or passed on; none where it goes on
    ADD COLUMN rating        int;

CREATE INDEX complaint_unassigned ON complaint (request_number) WHERE employee_id IS NULL;
DROP INDEX complaint_waiting;
CREATE INDEX complaint_handler ON complaint (handler_id, filed_at, complaint_id) WHERE handler_id IS NOT NULL;

CREATE TABLE said (                 -- everything that was said on a case: answers, questions, data, comments
    said_id      uuid        PRIMARY KEY,
    complaint_id uuid        NOT NULL REFERENCES complaint,
    kind         text        NOT NULL,
    audience     text        NOT NULL,
    author_id    uuid,              -- none: the reporter
    text         text        NOT NULL,
    finding      text,
    at           timestamptz NOT NULL
);
CREATE INDEX said_of_complaint ON said (complaint_id, at, said_id);

CREATE TABLE employee (             -- as the directory tells it; no name, no address
    employee_id uuid PRIMARY KEY,
    version     int  NOT NULL,
    unit        text NOT NULL,
    superior_id uuid
);

CREATE TABLE unit (
    unit    text PRIMARY KEY,
    version int  NOT NULL,
    head_id uuid,
    parent  text
);
