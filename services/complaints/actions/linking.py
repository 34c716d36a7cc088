"""Complaints about one incident: an officer links them, or takes that back."""

from collections.abc import Sequence
from functools import partial

from services.complaints.actions.cases import decide
from services.complaints.model.cases import OnCase
from services.complaints.model.linking import Links, LinkTo
from services.complaints.rules import linking as rules
from services.complaints.rules.cases import Done
from services.complaints.store import complaints
from services.complaints.store import links as store
from shared.events.complaints import ComplaintLinked
from shared.messaging.tx import Cause, Name, Tx


def names(body: OnCase) -> list[Name]:
    """What a link judges: both complaints, and with them their links."""
    return [("complaint", str(body.complaint_id)), ("complaint", str(_wanted(body).to_id))]


async def link(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Link complaints to others of the same incident."""
    others = {_wanted(cause.body).to_id for cause in causes}
    links = await store.links(tx, others | {cause.body.complaint_id for cause in causes})
    rule = partial(rules.link, others=await complaints.cases(tx, others), links=links)
    done = await decide(tx, causes, rule, _linked)
    made = [(_linked(one), cause.principal) for cause, one in done]
    await store.insert_links(tx, [(one.complaint_id, one.linked_to, principal) for one, principal in made])


async def unlink(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Take links of complaints back."""
    links = await store.links(tx, {cause.body.complaint_id for cause in causes})
    done = await decide(tx, causes, partial(rules.unlink, links=links), _unlinked)
    await store.delete_links(tx, {one.complaint.complaint_id for _, one in done})


def _unlinked(done: Done) -> Links:
    return Links(complaint_id=done.complaint.complaint_id, linked_to=None, linked=[])


def _linked(done: Done) -> Links:
    (told,) = done.told
    assert isinstance(told, ComplaintLinked), "the rule tells it, and nothing else"
    return Links(complaint_id=told.complaint_id, linked_to=told.to_id, linked=[])


def _wanted(body: OnCase) -> LinkTo:
    assert isinstance(body.asked, LinkTo), "the route asks for nothing else"
    return body.asked
