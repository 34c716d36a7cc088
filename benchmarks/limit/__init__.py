"""The limit: the same protocol, rows and guarantees, by hand in as few statements as we know how to.

It drops the framework, validation, tracing and everything that the domain decides. It assumes one owner of the outbox:
no lease, and a cursor that is saved unconditionally.
"""
