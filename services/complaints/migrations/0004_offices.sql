-- An office that posts its submissions has a token, of which only a hash is kept. Two are valid at most: the one in use,
-- and the one that is to follow it.

CREATE TABLE office_token (
    token_id    uuid        PRIMARY KEY,
    source      text        NOT NULL,
    place       int         NOT NULL CHECK (place IN (1, 2)),
    secret_hash bytea       NOT NULL,
    given_at    timestamptz NOT NULL,
    revoked_at  timestamptz
);
CREATE UNIQUE INDEX office_token_valid ON office_token (source, place) WHERE revoked_at IS NULL;
