"""`salor parked`, `show`, and the decisions: `replay`, `discard`, `skip`, `settle`, `adopt`."""

import json
import time
from collections.abc import Iterator, Mapping, Set
from typing import Annotated, Any

import typer

from shared.errors import Problem
from shared.operator.cli.client import Json, Services, services
from shared.operator.cli.many import Cause, Kind, Yes, settle_all
from shared.operator.cli.output import (
    AsJson,
    Cells,
    DryRun,
    Progress,
    Why,
    cell,
    clipped,
    moment,
    moments,
    reasoned,
    show,
)

COLUMNS = ("service", "stream", "key", "sequence", "next", "reason", "attempts", "since", "why")
STEPS = ("key", "sequence", "type", "outcome", "why", "tells")
OUTCOME_SECONDS = 5.0
NOTHING = "nothing is parked"
CELLS: Cells = {**moments("since"), "why": lambda item: clipped(_why(item))}
PARKED = Kind("/parked", COLUMNS, CELLS, ("stream", "key", "sequence"))

Place = tuple[str, str]
Service = Annotated[str, typer.Argument(help="the service in which the event is parked")]
Stream = Annotated[str, typer.Argument(help="the stream, as in orders.v1")]
Key = Annotated[str, typer.Argument(help="the key: the aggregate that the event is about")]
OneStream = Annotated[str | None, typer.Argument(help="the stream")]
OneKey = Annotated[str | None, typer.Argument(help="the key; without it --all")]
OneSequence = Annotated[int | None, typer.Argument(help="the event's number in its key")]
All = Annotated[bool, typer.Option("--all", help="all that failed: of the stream, or of all")]
Waiting = Annotated[bool, typer.Option("--waiting", help="with --all: what waits, instead of what failed")]
OfType = Annotated[str | None, typer.Option("--type", help="with --all: of this type only")]
Sequence = Annotated[int, typer.Argument(help="the event's number in its key")]
AnySequence = Annotated[int | None, typer.Argument(help="the event's number; without it all regressions of the key")]
EventId = Annotated[str | None, typer.Option("--id", help="the event's id, where several have the number")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for each in (parked, show_key, replay, discard, skip, settle, adopt):
        app.command("show" if each is show_key else each.__name__)(each)


def parked(
    service: Annotated[str | None, typer.Argument(help="one service; without it all")] = None,
    stream: str | None = None,
    key: str | None = None,
    reason: Annotated[str | None, typer.Option(help="gap, failed, waiting, regression or settled")] = None,
    type: Annotated[str | None, typer.Option(help="the event's type")] = None,  # noqa: A002
    as_json: AsJson = False,
) -> None:
    """What is parked, and why."""
    found = services().listed(service, "/parked", stream=stream, key=key, reason=reason, type=type)
    show(found, COLUMNS, as_json=as_json, nothing=NOTHING, cells=CELLS)


def show_key(service: Service, stream: Stream, key: Key, as_json: AsJson = False) -> None:
    """One key: how far it has come, what is parked of it, with headers."""
    state = services().get(service, "/parked/key", stream=stream, key=key)
    if as_json:
        typer.echo(json.dumps(state))
        return
    blocked = ", blocked by a regression" if state["blocked"] else ""
    last = f" by {state['event_id']}" if state["event_id"] else ""
    typer.echo(f"({stream}, {key}) has come to {state['sequence']}{last}; next is {state['next']}{blocked}")
    for item in state["parked"]:
        tried = {0: "", 1: ", tried once"}.get(item["attempts"], f", tried {item['attempts']} times")
        typer.echo(f"\n{item['sequence']}  {item['reason']}  {_why(item)}".rstrip())
        typer.echo(f"  since {moment(item['since'])}{tried}, {_size(item)}")
        typer.echo(f"  from {item['topic']}/{item['partition']}/{item['offset']}")
        for header in item["headers"]:
            typer.echo(f"  {header['name']}: {_shown(header)}")


def replay(
    service: Service, stream: OneStream = None, key: OneKey = None, sequence: OneSequence = None,
    every: All = False, waiting: Waiting = False, of_type: OfType = None, why: Cause = None,
    reason: Why = "replay", dry_run: DryRun = False,
) -> None:  # fmt: skip
    """Let what failed or waits be tried anew by the present code; its key goes on behind it."""
    if key is not None and stream is not None and not every:
        _decide("replay", service, stream, key, sequence, None, reason, dry_run)
    elif key is None and every:
        _replay_all(service, _parked_for(waiting), {"stream": stream, "type": of_type, "why": why}, reason, dry_run)
    else:
        raise typer.BadParameter("name a stream and a key, or say --all.")


def discard(
    service: Service, stream: OneStream = None, key: OneKey = None, sequence: OneSequence = None,
    every: All = False, waiting: Waiting = False, of_type: OfType = None, why: Cause = None,
    reason: Why = "", dry_run: DryRun = False, yes: Yes = False,
) -> None:  # fmt: skip
    """Give up the next event of a key (or --all that failed) for good; its key goes on behind it."""
    if stream is not None and key is not None and sequence is not None and not every:
        _decide("discard", service, stream, key, sequence, None, reason, dry_run)
    elif key is None and every:
        chosen = {"stream": stream, "type": of_type, "why": why, "reason": _parked_for(waiting)}
        settle_all(PARKED, service, "discard", chosen, "discard these {} for good?", NOTHING, reason, dry_run, yes)
    else:
        raise typer.BadParameter("name a stream, a key and a sequence, or say --all.")


def skip(
    service: Service, stream: Stream, key: Key, sequence: Sequence,
    reason: Why = "", dry_run: DryRun = False,
) -> None:  # fmt: skip
    """Give up a missing event: the key goes on without it."""
    _decide("skip", service, stream, key, sequence, None, reason, dry_run)


def settle(
    service: Service, stream: Stream, key: Key, reason: Why = "",
    sequence: AnySequence = None, event_id: EventId = None, dry_run: DryRun = False,
) -> None:  # fmt: skip
    """Of two histories the old one holds: the other event is dropped from now on."""
    _decide("settle", service, stream, key, sequence, event_id, reason, dry_run)


def adopt(
    service: Service, stream: Stream, key: Key, reason: Why = "",
    sequence: AnySequence = None, event_id: EventId = None, dry_run: DryRun = False,
) -> None:  # fmt: skip
    """Of two histories the new one holds: the key goes on from its event, the old one's is dropped from now on."""
    _decide("adopt", service, stream, key, sequence, event_id, reason, dry_run)


def _decide(
    verb: str, service: str, stream: str, key: str,
    sequence: int | None, event_id: str | None, reason: str, dry_run: bool,
) -> None:  # fmt: skip
    all_of = services()
    about = {"stream": stream, "key": key, "sequence": sequence, "event_id": event_id}
    if dry_run:
        steps = _rehearse(all_of, service, {"verb": verb, **about})
        show(steps, STEPS[1:], as_json=False, nothing="nothing would take effect yet")
        return
    reasoned(reason)
    taken = all_of.post(service, f"/parked/{verb}", {**about, "reason": reason})
    concerned = ", ".join(str(each) for each in taken["sequences"]) or str(taken["next"])
    typer.echo(f"{verb}: {concerned} of ({stream}, {key})")
    typer.echo(_outcome(all_of, service, stream, key))


def _outcome(all_of: Services, service: str, stream: str, key: str) -> str:
    """What the sweeper made of it, which takes some moments."""
    deadline = time.monotonic() + OUTCOME_SECONDS
    while True:
        state = all_of.get(service, "/parked/key", stream=stream, key=key)
        left = [each for each in state["parked"] if each["reason"] != "settled"]
        head = next((each for each in left if each["sequence"] == state["next"]), None)
        drains = head is not None and head["reason"] == "gap" and not state["blocked"]
        if not drains or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    come = f"({stream}, {key}) has come to {state['sequence']}"
    if drains:
        return f"{come}; {state['next']} has not been tried yet: does {service} run with the role events?"
    if head is not None:
        return f"{come}; {head['sequence']} is parked again: {head['reason']} {clipped(_why(head))}".rstrip()
    return f"{come}; {len(left)} still wait for {state['next']}" if left else f"{come}; nothing of it is parked"


def _parked_for(waiting: bool) -> str:
    return "waiting" if waiting else "failed"


def _replay_all(service: str, parked_for: str, chosen: Json, reason: str, dry_run: bool) -> None:
    all_of = services()
    if dry_run:
        show(_rehearse_all(all_of, service, parked_for, chosen), STEPS, as_json=False, nothing="nothing to do")
        return
    progress, after, places = Progress("keys set free"), None, set[Place]()
    while True:
        body = {"parked_for": parked_for, **chosen, "after": after, "reason": reason}
        lot = all_of.post(service, "/parked/replay-many", body)
        places |= {(key["stream"], key["key"]) for key in lot["keys"]}
        progress.add(len(lot["keys"]))
        after = lot["next"]
        if after is None:
            break
    again, untried = _left(all_of, service, chosen["stream"], places) if places else (0, 0)
    typer.echo(f"{len(places) - again - untried:,} of {len(places):,} keys go on")
    if again:
        typer.echo(f"{again:,} are parked again: `salor parked {service}` says why")
    if untried:
        typer.echo(f"{untried:,} have not been tried yet: does {service} run with the role events?")
    if again or untried:
        raise typer.Exit(1)


def _left(all_of: Services, service: str, stream: str | None, places: Set[Place]) -> tuple[int, int]:
    """Of keys that were set free: how many are parked again, and how many the sweeper has not tried within moments."""
    deadline = time.monotonic() + OUTCOME_SECONDS
    while True:
        heads: dict[Place, Json] = {}
        for item in all_of.items(service, "/parked", stream=stream):
            heads.setdefault((item["stream"], item["key"]), item)
        found = [head for place, head in heads.items() if place in places]
        untried = sum(head["reason"] == "gap" and head["attempts"] > 0 for head in found)
        if not untried or time.monotonic() > deadline:
            return sum(head["reason"] != "gap" for head in found), untried
        time.sleep(0.1)


def _rehearse(all_of: Services, service: str, considered: Json) -> list[Json]:
    steps = all_of.post(service, "/parked/rehearsal", considered)["steps"]
    return [{"key": considered["key"], **step, **_short(step)} for step in steps]


def _short(step: Json) -> Json:
    tells = ", ".join(f"{told['type'].split('.')[-2]} {told['key']}" for told in step["tells"])
    return {"type": ".".join(step["type"].split(".")[-3:]), "why": clipped(step["why"]), "tells": tells}


def _rehearse_all(all_of: Services, service: str, parked_for: str, chosen: Json) -> Iterator[Json]:
    progress = Progress("keys tried")
    for item in all_of.items(service, "/parked", reason=parked_for, **chosen):
        considered = {"verb": "replay", "stream": item["stream"], "key": item["key"], "sequence": item["sequence"]}
        try:
            yield from _rehearse(all_of, service, considered)
        except Problem as problem:
            yield {"key": item["key"], "sequence": item["sequence"], "outcome": "refused", "why": problem.title}
        progress.add()


def _size(item: Json) -> str:
    return "no value" if item["bytes"] is None else f"{item['bytes']} bytes"


def _shown(header: Json) -> str:
    """A header's value on its line; what is no text in base64, as all of it is with --json."""
    if header["value_base64"] is not None:
        return f"base64 {header['value_base64']}"
    return "(null)" if header["value"] is None else cell(header["value"])


def _why(item: Mapping[str, Any]) -> str:
    if item.get("fact_stream"):
        return f"lacks ({item['fact_stream']}, {item['fact_key']})" + (", overdue" if item["overdue"] else "")
    if item["reason"] == "gap" and item["blocked"]:
        return "blocked until the regression is decided"
    if item["reason"] == "gap":
        return f"waits for {item['next']}" if item["sequence"] > item["next"] else "is about to be tried"
    return str(item["detail"])
