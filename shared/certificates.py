"""Whose certificates our HTTP clients trust."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """Those of the public authorities, for all clients of a process: reading them takes tens of milliseconds."""
    return httpx.create_ssl_context(trust_env=False)
