"""All SQL of the notifications service, each statement beside its function. Writes are one statement for all rows."""
