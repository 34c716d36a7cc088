"""The fixtures: `pytest_plugins = ["salor_testing.fixtures"]` in the topmost conftest.py brings them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack

import pytest
import pytest_asyncio

from .running import running
from .salor import Salor


@pytest.fixture(scope="session")
def salor_addresses() -> Iterator[Mapping[str, str]]:
    """A running Salor, once a session: the one that SALOR_KAFKA names, else one that is started."""
    with ExitStack() as stack:
        try:
            addresses = stack.enter_context(running())
        except RuntimeError as error:
            pytest.fail(str(error), pytrace=False)
        yield addresses


@pytest_asyncio.fixture
async def salor(salor_addresses: Mapping[str, str]) -> AsyncIterator[Salor]:
    """The running Salor, with a source of this test's own; sees what comes from the test's beginning on."""
    async with AsyncExitStack() as stack:
        try:
            salor = await stack.enter_async_context(Salor(salor_addresses).open())
        except (ValueError, ConnectionError, LookupError) as error:
            pytest.fail(str(error), pytrace=False)  # one line that says what to set
        yield salor
