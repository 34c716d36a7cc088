"""All SQL of the complaints service, each statement beside its function. Writes are one statement for all rows."""
