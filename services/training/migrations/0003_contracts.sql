-- The learning hours of a PPPK count by the contract's years; where the directory tells no beginning, by the calendar's.

ALTER TABLE employee ADD COLUMN contract_since date;
