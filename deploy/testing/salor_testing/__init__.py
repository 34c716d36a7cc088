"""Salor in the tests of a project of your own: start it, send a submission, wait for an event.

Needs pytest, pytest-asyncio and aiokafka, and none of Salor's packages: Salor runs in processes of its own.
"""

from .onlooker import Event
from .running import running
from .salor import Salor

__all__ = ["Event", "Salor", "running"]
