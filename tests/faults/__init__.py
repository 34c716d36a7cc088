"""Faults under load, and the audit that tries to catch the system lying afterwards."""
