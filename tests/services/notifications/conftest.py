"""What the tests of sending share."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

from services.notifications.actions.deliver import Office
from services.notifications.app import service
from services.notifications.channels import Channel
from services.notifications.channels.email import Email
from services.notifications.channels.inbox import Inbox
from services.notifications.channels.letters import Letters
from services.notifications.model.words import Medium
from services.notifications.store.inbox import put_in_inbox
from tests.servers import Database
from tests.services.notifications.office import World
from tests.services.notifications.providers import Complaints, provider
from tests.services.notifications.test_announcing import DIRECTORY
from tests.services.notifications.test_channels import SENDER, SETTINGS
from tests.services.notifications.test_rules import COMPLAINT
from tests.support import bench


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    async with bench(service, await database("notifications"), **SETTINGS) as made, provider() as smtp:
        complaints = Complaints()
        complaints.knows(COMPLAINT, "ani@example.org", receipt_code="SLR-CODE")
        channels: dict[Medium, Channel] = {
            Medium.EMAIL: Email("127.0.0.1", smtp.port, SENDER, connections=2, timeout=2),
            Medium.INBOX: Inbox(partial(put_in_inbox, made.pool)),
        }
        letters = Letters("Kecamatan Salor", made.settings.zone)
        office = Office(made.runner, complaints.vault(), letters, channels)
        await made.events(DIRECTORY)
        yield World(made, smtp, complaints, office)
        await office.close()
