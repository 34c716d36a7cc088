"""Brings the fixture `salor`."""

pytest_plugins = ["salor_testing.fixtures"]
