-- Who was offered coaching for which weakness, and when last: it is offered once, however many results show it.

CREATE TABLE coaching (
    employee_id   uuid NOT NULL,
    test          text NOT NULL,
    offered_on    date NOT NULL,
    evaluation_id uuid NOT NULL REFERENCES evaluation,   -- the one that offered it last
    PRIMARY KEY (employee_id, test)
);
