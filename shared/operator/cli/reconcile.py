"""`salor reconcile`, `resend`, `acknowledge`: what was lost between services, and how it is mended."""

from typing import Annotated

import typer

from shared.errors import Problem, SetupError
from shared.operator.cli.client import Services, services
from shared.operator.cli.output import AsJson, Progress, Why, show
from shared.operator.reconcile import differences, pairs

COLUMNS = ("stream", "key", "sender", "told", "listener", "seen", "parked", "do")


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(reconcile)
    app.command()(resend)
    app.command()(acknowledge)


def reconcile(
    raised: Annotated[
        str | None, typer.Option("--raise", help="after a restore of this service: go on above what its topics hold")
    ] = None,
    reason: Why = "reconcile --raise",
    wait: Annotated[float, typer.Option(help="seconds in which what is on its way may arrive")] = 5.0,
    as_json: AsJson = False,
) -> None:
    """Compare what was told with what was seen, for each sender and listener; exit code 1 where something differs."""
    if raised is not None:
        _raise(raised, reason)
        return
    all_of = services()
    compared, untold = pairs(all_of)
    progress = Progress("keys compared")
    found = [one for pair in compared for one in differences(all_of, pair, wait, progress.add)]
    rows = [
        {"stream": d.pair.stream, "key": d.key, "sender": d.pair.sender, "told": d.told}
        | {"listener": d.pair.listener, "seen": d.seen, "parked": d.parked, "do": d.advice}
        | {"acknowledged": d.acknowledged}
        for d in found
    ]
    nothing = f"{progress.count:,} keys of {len(compared)} streams to listeners: all that was told was seen"
    show(rows, COLUMNS, as_json=as_json, nothing=nothing)
    if untold and not as_json:
        typer.echo(f"not compared, since no service here tells it: {', '.join(untold)}")
    known = sum(d.acknowledged for d in found)
    if known and not as_json:
        typer.echo(f"acknowledged, and as they were then: {known:,} of {len(found):,}")
    if known < len(found):
        raise typer.Exit(1)


def resend(
    stream: Annotated[str, typer.Argument(help="the stream, as in orders.v1")],
    key: Annotated[str, typer.Argument(help="the key")],
    start: Annotated[int, typer.Argument(metavar="FROM", help="the first sequence to send again")],
    reason: Why = "resend",
) -> None:
    """Send what was told of a key again, from the sender's outbox; listeners drop what they have seen."""
    all_of = services()
    sender = _sender(all_of, stream)
    queued = all_of.post(sender, "/resend", {"stream": stream, "key": key, "start": start, "reason": reason})["queued"]
    typer.echo(f"{sender} sends {queued} of ({stream}, {key}) again")


def acknowledge(
    listener: Annotated[str, typer.Argument(metavar="SERVICE", help="the listener that has seen more than was told")],
    stream: Annotated[str, typer.Argument(help="the stream, as in orders.v1")],
    key: Annotated[str, typer.Argument(help="the key")],
    told: Annotated[int, typer.Argument(help="how far it was told, as reconcile showed it")],
    seen: Annotated[int, typer.Argument(help="how far it was seen, as reconcile showed it")],
    reason: Why,
) -> None:
    """A record of somebody else took effect, and that is known: no error any more, until told or seen changes."""
    all_of = services()
    sender = _sender(all_of, stream)
    place = {"stream": stream, "key": key}
    (row,) = all_of.post(sender, "/streams/of", {"keys": [place]})["keys"]
    if row["sequence"] != told:
        title = f"{sender} has told ({stream}, {key}) up to {row['sequence']}, not {told}"
        raise Problem(409, "told-otherwise", title, "Look again with `salor reconcile`.")
    all_of.post(listener, "/acknowledge", {**place, "told": told, "seen": seen, "reason": reason})
    typer.echo(f"acknowledged: ({stream}, {key}) was told up to {told}, and {listener} has come to {seen}")


def _sender(all_of: Services, stream: str) -> str:
    for name in all_of.names:
        if stream in all_of.get(name, "/service")["tells"]:
            return name
    raise SetupError(f"no service here tells {stream}")


def _raise(service: str, reason: str) -> None:
    done = services().post(service, "/raise", {"reason": reason})
    if not any(done.values()):
        typer.echo(f"{service}: its topics hold nothing that its database does not know; nothing was changed")
        return
    typer.echo(
        f"{service}: {done['lost']} events found lost, {done['left_out']} of its rows left out, "
        f"{done['renumbered']} numbered anew, {done['waiting']} will be sent; its relay goes on"
    )
