-- Where offices want their answers posted, and what became of each. Of a secret only its id and a hash are kept: it is
-- made again from a key of the settings.

CREATE TABLE webhook (
    source           text        PRIMARY KEY,
    url              text        NOT NULL,
    secret_id        uuid        NOT NULL,
    secret_hash      bytea       NOT NULL,
    former_id        uuid,
    former_hash      bytea,
    former_until     timestamptz,
    registered_at    timestamptz NOT NULL,
    failing_since    timestamptz,            -- no try has succeeded since
    disabled_at      timestamptz,
    disabled_because text        CHECK (disabled_because IN ('stopped', 'gone', 'failing')),
    CHECK ((disabled_at IS NULL) = (disabled_because IS NULL))
);

CREATE TABLE webhook_delivery (
    event_id   uuid        PRIMARY KEY,
    source     text        NOT NULL,
    submission text        NOT NULL,
    accepted   boolean     NOT NULL,
    body       text        NOT NULL,         -- as on receipts.v1
    state      text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
    told_at    timestamptz NOT NULL,
    since      timestamptz NOT NULL,         -- it is tried since: told, or asked for again
    next_at    timestamptz NOT NULL,         -- while it is claimed, when the claim lapses
    claim      uuid,
    tries      integer     NOT NULL DEFAULT 0,
    tried_at   timestamptz,
    outcome    text,
    status     integer
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (source, next_at, event_id) WHERE state = 'pending';
CREATE INDEX webhook_delivery_newest ON webhook_delivery (source, told_at DESC, event_id DESC);
CREATE INDEX webhook_delivery_told ON webhook_delivery (told_at);
CREATE INDEX webhook_delivery_open ON webhook_delivery (state) WHERE state <> 'delivered';
