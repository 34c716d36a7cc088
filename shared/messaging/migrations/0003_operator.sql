-- What operators did, and which strangers' names belong to dead letters.

CREATE TABLE operator_action (     -- append-only: written in the transaction of the act itself
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    who    text        NOT NULL,
    what   text        NOT NULL,
    place  jsonb       NOT NULL,
    reason text        NOT NULL
);

-- A stranger's event that was buried has taken its name; a replay may take it back, but never that of one that was
-- applied (two dead letters of one name: the second replay finds the first one's effect).
ALTER TABLE stranger ADD COLUMN dead boolean NOT NULL DEFAULT false;
