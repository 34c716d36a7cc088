-- Whom we can tell, what is on its way, and the in-app inbox. No citizen's name, address or receipt code is kept here.

CREATE TABLE person (
    employee_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    language text NOT NULL,
    superior_id uuid
);

CREATE TABLE delivery (
    delivery_id uuid PRIMARY KEY,
    event_id text NOT NULL,
    what text NOT NULL,
    audience text NOT NULL,
    recipient uuid NOT NULL,                 -- a citizen's is the complaint
    channel text NOT NULL,
    facts text NOT NULL,                     -- JSON: what the template may say
    correlation_id text NOT NULL,
    state text NOT NULL CHECK (state IN
        ('waiting', 'pending', 'claimed', 'sending', 'accepted', 'failed', 'unknown', 'suppressed')),
    reason text NOT NULL DEFAULT '',
    not_before timestamptz,
    next_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    claim uuid,
    lease_until timestamptz,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    UNIQUE (event_id, recipient, channel),
    CHECK (state NOT IN ('claimed', 'sending') OR (claim IS NOT NULL AND lease_until IS NOT NULL))
);

-- A citizen is told each thing once about a complaint, however many revisions follow from it.
CREATE UNIQUE INDEX delivery_citizen ON delivery (recipient, what, channel) WHERE audience = 'citizen';
CREATE INDEX delivery_due ON delivery (next_at, delivery_id) WHERE state IN ('pending', 'waiting');
CREATE INDEX delivery_leased ON delivery (lease_until) WHERE state IN ('claimed', 'sending');
CREATE INDEX delivery_state ON delivery (state, changed_at, delivery_id);

CREATE TABLE inbox (
    delivery_id uuid PRIMARY KEY,
    recipient uuid NOT NULL,
    language text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    at timestamptz NOT NULL,
    read_at timestamptz
);

CREATE INDEX inbox_newest ON inbox (recipient, at DESC, delivery_id DESC);
