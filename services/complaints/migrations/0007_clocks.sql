-- The clocks of a complaint. What they are judged by stands elsewhere (`complaint`, `said`): a row is how one stands now,
-- and what was told of it. A clock that ran out or is no longer needed has stopped; begun again, it is another run.

CREATE TABLE complaint_clock (
    complaint_id uuid    NOT NULL REFERENCES complaint,
    clock        text    NOT NULL,
    since        date    NOT NULL,
    due_on       date    NOT NULL,      -- the last day in time
    calendar     text    NOT NULL,      -- the version of the calendar that it was counted by
    paused       boolean NOT NULL,
    warned       int,                   -- the lowest threshold that was told
    level        int     NOT NULL,      -- the highest that it was escalated to
    escalated_on date,
    stopped_on   date,
    PRIMARY KEY (complaint_id, clock)
);
CREATE INDEX complaint_clock_running ON complaint_clock (calendar) WHERE stopped_on IS NULL;
