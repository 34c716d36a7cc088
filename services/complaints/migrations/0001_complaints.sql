-- Complaints, the vault, service records and the catalogue of services. Names of the chassis' tables are taken.

CREATE TABLE service_standard (     -- the catalogue as the directory told it, every version
    service       text NOT NULL,
    version       int  NOT NULL,
    name          text NOT NULL,
    unit          text NOT NULL,
    standard      int  NOT NULL,
    standard_unit text NOT NULL,
    valid_from    date NOT NULL,
    PRIMARY KEY (service, version)
);

CREATE TABLE service_record (       -- open, overdue (`overdue`), or delivered (`completed_at`)
    record_id      uuid        PRIMARY KEY,
    source         text        NOT NULL,
    request_number text        NOT NULL,
    service        text        NOT NULL,
    unit           text        NOT NULL,
    employee_id    uuid        NOT NULL,
    received_at    timestamptz NOT NULL,
    received_on    date        NOT NULL,
    standard       int         NOT NULL,
    standard_unit  text        NOT NULL,
    deadline       timestamptz NOT NULL,
    due_on         date        NOT NULL,
    overdue        boolean     NOT NULL,
    completed_at   timestamptz,
    paused_minutes int         NOT NULL,
    used           int,
    counted_on     date
);
CREATE INDEX service_record_request_number ON service_record (request_number);

CREATE TABLE complaint (            -- source, source_event_id: of the office's event; none where it came over HTTP
    complaint_id    uuid        PRIMARY KEY,
    source          text,
    source_event_id text,
    state           text        NOT NULL,
    category        text        NOT NULL,
    part            text,
    trigger         text        NOT NULL,
    policy_version  text        NOT NULL,
    visibility      text        NOT NULL,
    text            text        NOT NULL,
    service         text,
    unit            text,
    request_number  text,
    record_id       uuid,
    employee_id     uuid,
    occurred_on     date,
    day             date        NOT NULL,
    filed_at        timestamptz NOT NULL,
    filed_on        date        NOT NULL,
    reporter_ref    text        NOT NULL,
    receipt_hash    bytea       NOT NULL UNIQUE,
    UNIQUE (source, source_event_id)
);
CREATE INDEX complaint_waiting ON complaint (request_number) WHERE state = 'received';
CREATE INDEX complaint_filed ON complaint (filed_at, complaint_id);

CREATE TABLE reporter (             -- the vault: who complained, and the only place where it is
    complaint_id uuid PRIMARY KEY REFERENCES complaint,
    name         text,
    nik          text,
    phone        text,
    email        text,
    language     text NOT NULL
);

CREATE TABLE contact_access (       -- who looked into the vault, about whom, what for (UU 27/2022)
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    purpose      text        NOT NULL,
    principal    text        NOT NULL,
    complaint_id uuid        NOT NULL
);
CREATE INDEX contact_access_complaint ON contact_access (complaint_id);

CREATE TABLE recent_filing (        -- for the rate limits: keyed hashes of addresses and contacts, kept for a window
    subject text        NOT NULL,
    at      timestamptz NOT NULL
);
CREATE INDEX recent_filing_subject ON recent_filing (subject, at);
