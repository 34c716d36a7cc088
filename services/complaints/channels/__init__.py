"""The way out to offices' endpoints."""
