-- Service records can be corrected or cancelled by their office; a correction may come before its record.

ALTER TABLE service_record
    ADD COLUMN revision  int NOT NULL DEFAULT 0,    -- of the correction that stands; 0: none came
    ADD COLUMN cancelled text;                      -- why; such a record counts nowhere and assigns nobody

CREATE TABLE waiting_correction (   -- until the record comes, or the timer of the same name refuses it
    source     text NOT NULL,
    submission text NOT NULL,
    record_id  uuid NOT NULL,
    revision   int  NOT NULL,
    body       text NOT NULL,
    PRIMARY KEY (source, submission)
);
CREATE INDEX waiting_correction_record ON waiting_correction (record_id);
