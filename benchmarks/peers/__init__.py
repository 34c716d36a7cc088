"""Peers: what a user would write instead, on the same broker, database, topics and payloads. They promise less."""
