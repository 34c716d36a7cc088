"""How a journey's end is looked at: the result as its officer reads it, who was told, which mails went out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from deploy.local.demo.expected import Expected
from deploy.local.demo.table import Check
from deploy.local.demo.world import World, eventually
from deploy.local.mailsink import Mail
from shared.events.evaluation import EVALUATIONS, EvaluationCompleted
from shared.events.notifications import NotificationAccepted
from shared.events.training import EmployeeEnrolled, EmployeeWaitlisted

CITIZEN, EMPLOYEE, SUPERIOR, HANDLER = "citizen", "employee", "superior", "handler"
CHANNELS = ("email", "inbox")


async def result(world: World, journey: str, ends: Expected, told: EvaluationCompleted) -> list[Check]:
    """Outcome, needs, scores and lines, as the officer reads them."""
    shown = await explanation(world, told)
    say_explanation(world, told, shown)
    scores = [f"{each.dimension} {each.score}" for each in told.scores if each.score is not None]
    scores += [f"{part['part']} {part['score']}" for part in shown["parts"] if part["score"] is not None]
    lines = next(part["lines"] for part in shown["parts"] if part["part"] == "timeliness")
    seen = [f"{line['text']} {line['points']}" for line in lines]
    off = [part["part"] for part in shown["parts"] if part["score"] and _sum(part) != Fraction(part["score"])]
    return [
        Check(journey, "outcome", f"{ends.outcome}, provisional", f"{told.outcome}, {told.status}"),
        Check(journey, "training needs", listed(ends.needs), listed(need.test for need in told.needs)),
        Check(journey, "scores", listed(f"{name} {score}" for name, score in ends.scores.items()), listed(scores)),
        *(Check(journey, f"line {n + 1}", *pair) for n, pair in enumerate(paired(ends.lines, seen))),
        Check(journey, "lines that miss their score", listed([]), listed(off)),
    ]


async def explanation(world: World, told: EvaluationCompleted) -> Any:
    """The points as the officer reads them, with a token of the officer's own."""
    path = f"/evaluations/{told.evaluation_id}/explanation"
    return await world.get("evaluation", path, ["employee"], told.employee_id, params={"language": "en"})


def say_explanation(world: World, told: EvaluationCompleted, shown: Any) -> None:
    """Print it as it is read."""
    name = next(person.name for person in world.people.values() if person.employee_id == told.employee_id)
    world.say(f"\n  What {name} reads: {shown['message']}")
    for part in shown["parts"]:
        world.say(f"    {part['title']}: {part['score'] or 'no score'}")
        for line in part["lines"]:
            world.say(f"      {line['points']:>8}  {line['text']}")


def _sum(part: Any) -> Fraction:
    return sum((Fraction(line["points"]) for line in part["lines"]), Fraction(0))


async def enrolment(
    world: World, journey: str, ends: Expected, told: EvaluationCompleted, revision: int = 1
) -> tuple[list[Check], list[EmployeeEnrolled]]:
    """The seat for each need; where there is no need, silence counts once training has applied the result."""
    await world.caught_up("training", EVALUATIONS, told.evaluation_id, 1 + revision)
    if ends.course:
        await world.timeline.several(len(ends.needs), EmployeeEnrolled, employee_id=told.employee_id)
    seats = world.timeline.of(EmployeeEnrolled, employee_id=told.employee_id)
    waits = world.timeline.of(EmployeeWaitlisted, employee_id=told.employee_id)
    seen = listed([*(seat.course for seat in seats), *(f"waits for {wait.test}" for wait in waits)])
    return [Check(journey, "enrolled in", listed([ends.course] if ends.course else []), seen)], seats


async def told_to(world: World, journey: str, events: Sequence[tuple[Any, Sequence[str]]]) -> list[Check]:
    """That each event was told to whom it concerns, by mail and in the inbox, once."""
    ids = {world.timeline.id_of(event): audiences for event, audiences in events}
    wanted = Counter((i, audience, channel) for i, those in ids.items() for audience in those for channel in CHANNELS)
    await world.timeline.until(lambda: not wanted - _accepted(world, ids), f"{journey}: all deliveries accepted")
    accepted = _accepted(world, ids)
    return [Check(journey, "told, by mail and inbox", _audiences(wanted), _audiences(accepted))]


def _accepted(world: World, ids: Iterable[str]) -> Counter[tuple[str, str, str]]:
    told = world.timeline.of(NotificationAccepted)
    return Counter((one.event_id, one.audience, one.channel) for one in told if one.event_id in ids)


def _audiences(deliveries: Counter[tuple[str, str, str]]) -> str:
    counts = Counter(audience for _, audience, _ in deliveries.elements())
    return listed(
        f"{audience} {counts[audience]}" for audience in (CITIZEN, EMPLOYEE, SUPERIOR, HANDLER) if counts[audience]
    )


async def mails(world: World, journey: str, since: int, wanted: dict[str, int]) -> list[Check]:
    """The mails in the ledger of the sink: so many to each of these addresses, and no more."""

    def sent() -> list[Mail]:
        return [mail for mail in world.mails(since) if wanted.keys() & set(mail.recipients)]

    async def enough() -> bool:
        return len(sent()) >= sum(wanted.values())

    await eventually(enough, f"{journey}: {sum(wanted.values())} mails")
    world.say("\n  Mails that went out:")
    for mail in sent():
        world.say(f"    to {', '.join(mail.recipients):<26} {mail.subject}")
    counts = Counter(address for mail in sent() for address in mail.recipients)
    expected, seen = (listed(f"{to} {count[to]}" for to in sorted(count)) for count in (wanted, counts))
    return [Check(journey, "mails", expected, seen)]


def listed(texts: Iterable[str]) -> str:
    """Some texts as one; none of them is `none`."""
    return ", ".join(texts) or "none"


def paired(expected: Sequence[str], seen: Sequence[str]) -> list[tuple[str, str]]:
    """Two lists side by side, the shorter one filled up."""
    length = max(len(expected), len(seen))
    filled = ([*texts, *["none"] * (length - len(texts))] for texts in (expected, seen))
    return list(zip(*filled, strict=True))
