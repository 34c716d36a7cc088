"""The kept stack from the command line: what `make up`, `down`, `status` and `token` call, backup, restore, psql."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import uuid
from collections.abc import Callable, Coroutine
from pathlib import Path

from deploy.local import district, issuer
from deploy.local.backup import back_up, prompt, restore
from deploy.local.detached import Detached
from deploy.local.issuer import ROLES
from deploy.local.stack import DATA, SERVICES, Stack
from deploy.local.supervisor import Condition
from deploy.local.trouble import Trouble, say
from shared.events.directory import EmployeeRecorded

SHOWN = ("officer", "operator")


async def up(detached: Detached, _: argparse.Namespace) -> int:
    await detached.up((sys.executable, "-m", "deploy.local", "run"))
    stack = detached.stack()
    say("the sample district: telling its units, services, civil servants and duties ...")
    sent = await district.load(stack.kafka, district.read())
    if sent:
        say(f"the sample district: {sent} units, services, civil servants and duties told")
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


async def rotate(detached: Detached, _: argparse.Namespace) -> int:
    issuer.rotate(detached.stack().token_keys)
    say("a new key signs tokens; those of the key before stay valid until withdraw-token-key")
    return 0


async def withdraw(detached: Detached, _: argparse.Namespace) -> int:
    issuer.withdraw(detached.stack().token_keys)
    say("only the newest key is published: services refuse other tokens when they have fetched the keys again")
    return 0


async def backup(detached: Detached, options: argparse.Namespace) -> int:
    """While the stack runs or stands still."""
    stack = detached.stack()
    if detached.supervisor is not None:
        await back_up(stack.postgres_url(options.service), options.file)
    else:
        await on_its_server(stack, back_up, options)
    say(f"{options.service} is in {options.file}: whoever reads that file reads the database")
    return 0


async def bring_back(detached: Detached, options: argparse.Namespace) -> int:
    """Only while nothing runs: each process of the service would write on into what is being replaced."""
    if detached.supervisor is not None:
        raise Trouble("stop every process of the service before a restore: make down first")
    await on_its_server(detached.stack(), restore, options)
    say(f"{options.service} is as it was in {options.file}: read docs/operations.md before make up")
    return 0


async def psql(detached: Detached, options: argparse.Namespace) -> int:
    if detached.supervisor is None:
        raise Trouble("the database is that of the running stack: make up first")
    prompt(detached.stack().postgres_url(options.service))


async def on_its_server(
    stack: Stack, act: Callable[[str, Path], Coroutine[None, None, None]], options: argparse.Namespace
) -> None:
    """Act on a database of a stack that stands still."""
    await stack.start("postgres")
    try:
        await act(stack.postgres_url(options.service), options.file)
    finally:
        await stack.stop()


COMMANDS: dict[str, Callable[[Detached, argparse.Namespace], Coroutine[None, None, int]]] = {
    "up": up,
    "run": run,
    "down": down,
    "status": status,
    "token": token,
    "rotate-token-key": rotate,
    "withdraw-token-key": withdraw,
    "backup": backup,
    "restore": bring_back,
    "psql": psql,
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


def parsed(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="deploy.local", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the stack")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        command = commands.add_parser(name)
        if name == "token":
            command.add_argument("--role", default="officer", help="one or more, with commas")
            command.add_argument("--sub", default=str(uuid.uuid4()))
        if name in ("backup", "restore", "psql"):
            command.add_argument("service", choices=SERVICES)
        if name in ("backup", "restore"):
            command.add_argument("file", type=Path)
    return parser.parse_args(words)


def main() -> int:
    options = parsed()
    try:
        return asyncio.run(COMMANDS[options.command](Detached(options.data), options))
    except Trouble as trouble:
        say(str(trouble))
    except OSError as error:  # a folder of another user, a full disk: its own words are the line
        say(f"{options.command}: {error}")
    except KeyboardInterrupt:
        say("interrupted")
    return 1


if __name__ == "__main__":
    sys.exit(main())
