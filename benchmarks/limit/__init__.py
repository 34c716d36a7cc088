"""The limit: the same protocol, rows and guarantees, by hand in as few statements as we know how to.

It drops the framework, validation, tracing and everything that the domain decides; nothing that makes it safe.
"""
