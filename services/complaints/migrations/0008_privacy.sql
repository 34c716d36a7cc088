-- Who was on duty where; who took a report in for whom; which complaints are about one incident; what was shown to whom.

CREATE TABLE duty (                 -- the roster as the directory told it last; no service named: all of the unit
    duty_id     uuid        PRIMARY KEY,
    version     int         NOT NULL,
    unit        text        NOT NULL,
    counter     text        NOT NULL,
    employee_id uuid        NOT NULL,
    since       timestamptz NOT NULL,
    until       timestamptz NOT NULL,
    services    text[]      NOT NULL
);
CREATE INDEX duty_unit ON duty (unit, until);

CREATE TABLE intake (               -- a clerk filed for somebody who came or called, and was told to go ahead
    complaint_id uuid        PRIMARY KEY REFERENCES complaint,
    channel      text        NOT NULL CHECK (channel IN ('counter', 'telephone')),
    clerk        text        NOT NULL,
    consented_at timestamptz NOT NULL
);

CREATE TABLE complaint_link (       -- two levels: what others are linked to is linked to nothing
    complaint_id uuid        PRIMARY KEY REFERENCES complaint,
    to_id        uuid        NOT NULL REFERENCES complaint,
    linked_by    text        NOT NULL,
    linked_at    timestamptz NOT NULL,
    CHECK (complaint_id <> to_id)
);
CREATE INDEX complaint_link_to ON complaint_link (to_id);

-- The log of looks takes in what a person did, with the reason: a look at an identity, a number given to somebody, a
-- search (about nobody where it found nothing), and what the reporters did about their own data.
ALTER TABLE contact_access
    ALTER COLUMN complaint_id DROP NOT NULL,
    ADD COLUMN reveal_id uuid UNIQUE,
    ADD COLUMN reason    text,
    ADD COLUMN given_to  uuid;

CREATE INDEX reporter_nik ON reporter (nik) WHERE nik IS NOT NULL;
CREATE INDEX reporter_phone ON reporter (phone) WHERE phone IS NOT NULL;
CREATE INDEX reporter_email ON reporter (email) WHERE email IS NOT NULL;
