"""The embedded stack: Kafka, PostgreSQL, a mail sink, an issuer and the services as plain processes on loopback."""
