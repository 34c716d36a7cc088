CREATE TABLE acknowledged (        -- consumer: keys seen farther than told that an operator has looked at, as they were then
    stream text   NOT NULL,
    key    text   NOT NULL,
    told   bigint NOT NULL,
    seen   bigint NOT NULL,
    PRIMARY KEY (stream, key)
);
