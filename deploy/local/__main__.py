"""What `make up`, `down`, `status` and `token` call: `python -m deploy.local COMMAND`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import uuid
from collections.abc import Callable, Coroutine

from deploy.local import district
from deploy.local.detached import Detached
from deploy.local.issuer import ROLES
from deploy.local.stack import Stack
from deploy.local.supervisor import Condition
from deploy.local.trouble import Trouble, say
from shared.events.directory import EmployeeRecorded

SHOWN = ("officer", "operator")


async def up(detached: Detached, _: argparse.Namespace) -> int:
    await detached.up((sys.executable, "-m", "deploy.local", "run"))
    stack = detached.stack()
    sent = await district.load(stack.kafka, district.read())
    if sent:
        say(f"the sample district: {sent} units, services and civil servants told")
    await tell_addresses(stack)
    return 0


async def run(detached: Detached, _: argparse.Namespace) -> int:
    return await detached.run()


async def down(detached: Detached, _: argparse.Namespace) -> int:
    await detached.down()
    return 0


async def status(detached: Detached, _: argparse.Namespace) -> int:
    well, conditions = await detached.status()
    if detached.supervisor is None:
        say("the supervisor does not run: make up starts it")
    for line in table(conditions):
        say(line)
    return 0 if well else 1


async def token(detached: Detached, options: argparse.Namespace) -> int:
    if detached.supervisor is None:
        raise Trouble("tokens come from the running issuer: make up first")
    roles = options.role.split(",")
    if unknown := set(roles) - ROLES:
        raise Trouble(f"unknown role {', '.join(sorted(unknown))}: choose from {', '.join(sorted(ROLES))}")
    say(await detached.stack().token(roles, options.sub))
    return 0


COMMANDS: dict[str, Callable[[Detached, argparse.Namespace], Coroutine[None, None, int]]] = {
    "up": up,
    "run": run,
    "down": down,
    "status": status,
    "token": token,
}


def table(conditions: list[Condition]) -> list[str]:
    rows = [("", "state", "pid", "uptime", "restarts", "address")]
    rows += [
        (one.name, one.word, str(one.pid or "-"), f"{one.uptime:.0f} s", str(one.restarts), one.address)
        for one in conditions
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


async def tell_addresses(stack: Stack) -> None:
    say("")
    for program in stack.programs:
        say(f"{program.name:<14} {program.address}")
    say(f"{'mails':<14} {stack.mail_ledger}")
    for role in SHOWN:
        say(f"{role}'s token: {await stack.token([role])}")
    complaints = stack.http("complaints")
    say("")
    say("to try:")
    officer = next(e for e in district.read() if isinstance(e, EmployeeRecorded) and e.superior_id is not None)
    report = {"category": "undue_delay", "text": "It took three weeks.", "employee_id": str(officer.employee_id)}
    key = f"-H 'Idempotency-Key: {uuid.uuid4()}' -H 'Content-Type: application/json'"
    say(f"curl -s {complaints}/complaints {key} -d '{json.dumps(report)}'")
    say(f"curl -s {complaints}/complaints/track -H 'Receipt-Code: the code in that answer'")
    say(f"curl -s {complaints}/openapi.json")


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploy.local", description=__doc__)
    parser.add_argument("command", choices=sorted(COMMANDS))
    parser.add_argument("--role", default="officer", help="one or more, with commas")
    parser.add_argument("--sub", default=str(uuid.uuid4()))
    options = parser.parse_args()
    try:
        return asyncio.run(COMMANDS[options.command](Detached(), options))
    except Trouble as trouble:
        say(str(trouble))
    except OSError as error:  # a folder of another user, a full disk: its own words are the line
        say(f"{options.command}: {error}")
    except KeyboardInterrupt:
        say("interrupted")
    return 1


if __name__ == "__main__":
    sys.exit(main())
