"""The embedded stack with its services as processes of the harness's own: killed, stopped, armed, and in replicas."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Self

import psutil
import yaml

from deploy.local.chosen import HOST, free_port
from deploy.local.kafka import SETTINGS
from deploy.local.process import Record
from deploy.local.program import ROOT, Keeper, Program
from deploy.local.stack import SERVICES, Stack, ok, silent
from deploy.local.trouble import Trouble

PROFILE = {
    "SALOR_SESSION_TIMEOUT_MS": "6000",
    "SALOR_RELAY_LEASE_SECONDS": "2",
    "SALOR_LEASE_SECONDS": "3",
    "SALOR_SHUTDOWN_SECONDS": "5",
}
"""Short holds, so that what a fault leaves behind runs out while a row lasts."""
DELIVERY = {"version": "faults", "lease_seconds": 6, "breaker_seconds": 2}
SERVERS = ("kafka", "postgres", "mailsink", "issuer")
BACK_DOOR = """
listeners=PLAINTEXT://{{host}}:{{port}},CONTROLLER://{{host}}:{{controller}},BACK://{{host}}:{back}
advertised.listeners=PLAINTEXT://{{host}}:{{port}},BACK://{{host}}:{told}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,BACK:PLAINTEXT
"""
"""A second door of the broker: who comes by it is told where a proxy may be. Of what is set twice the last holds."""
FURTHER, FIRST_ID, FURTHER_ID = "kafka2", 1, 2
JOINING = f"process.roles=broker\nnode.id={FURTHER_ID}\nlisteners=PLAINTEXT://{{host}}:{{port}}\n"
COPIES = "offsets.topic.replication.factor=2\n"
"""A second broker, without a vote, and what each of two has a copy of."""


class Fleet:
    """Servers and services of one data folder. Nothing comes back by itself: the row decides when.

    `back_door`: the broker's port for who comes through a proxy, `told_door`: that proxy's, which it tells them.
    The services' code is that of `tree`, where one is named. Of two `brokers` each has a copy of what services tell.
    """

    def __init__(self, folder: Path, tree: Path | None = None, brokers: int = 1) -> None:
        self._further = (FURTHER,) * (brokers - 1)
        copies = COPIES if self._further else ""
        code = {"PYTHONSAFEPATH": "1", "PYTHONPATH": str(tree)} if tree else {}
        self.back_door = free_port()
        self.told_door = free_port()
        self.stack = Stack(
            folder,
            environment={
                **PROFILE,
                **code,
                "SALOR_POLICY_FOLDER": str(_policies(folder)),
                "SALOR_REPLICATION": str(brokers),
            },
            kafka_settings=SETTINGS + BACK_DOOR.format(back=self.back_door, told=self.told_door) + copies,
            more_kafka=dict.fromkeys(self._further, SETTINGS + JOINING + copies),
        )
        self._programs = {program.name: program for program in self.stack.programs}
        self._keepers: dict[str, Keeper] = {}
        self._otherwise: set[str] = set()
        self._launched: set[asyncio.Task[None]] = set()
        self._ports: dict[str, int] = {}

    async def __aenter__(self) -> Self:
        try:
            await self._start_all()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        services = [name for name in self._keepers if name not in SERVERS]
        for names in (services, SERVERS):
            await asyncio.gather(*(self.stop(name) for name in names if name in self._keepers))

    async def _start_all(self) -> None:
        for names in (SERVERS, self._further, SERVICES):
            await self._start_together(names)

    async def _start_together(self, names: Sequence[str]) -> None:
        await asyncio.gather(*(self.start(name) for name in names if self.pid(name) is None))

    async def start(self, name: str, *command: str, env: Mapping[str, str | None] | None = None) -> None:
        """A server, service or replica (`evaluation-1`), until ready; `command`: a module and its arguments instead.

        `env`: more settings; those that are None are left out.
        """
        (self._otherwise.add if command or env else self._otherwise.discard)(name)
        program = self._program(name, command, env or {})
        self._keepers[name] = Keeper(program, self.stack.folder, revive=False, progress=silent)
        await self._keepers[name].start()

    async def anew(self, name: str, *command: str, env: Mapping[str, str | None] | None = None) -> None:
        """Stop it, and start it as the stack has it, or with a command and settings of a row."""
        await self.stop(name)
        await self.start(name, *command, env=env)

    async def launch(self, name: str, *command: str) -> None:
        """The same, without waiting until it is ready: it may die before."""
        starting = asyncio.create_task(self._start_or_die(name, command))
        self._launched.add(starting)
        starting.add_done_callback(self._launched.discard)
        while name not in self._keepers or self._keepers[name].pid is None:
            assert not starting.done(), f"{name} was not started"
            await asyncio.sleep(0.005)

    async def _start_or_die(self, name: str, command: Sequence[str]) -> None:
        with contextlib.suppress(Trouble):
            await self.start(name, *command)

    async def stop(self, name: str) -> None:
        """SIGTERM, and SIGKILL where that is not heeded."""
        await self._keepers[name].stop()

    async def kill(self, name: str) -> None:
        """SIGKILL, as a crash would, of it and of what it forked."""
        forked = [Record.of(name, child.pid) for child in self._forked(name)]
        await self._keepers[name].kill()
        for record in forked:
            record.send(signal.SIGKILL)
            await record.gone(10)

    async def new_cluster(self) -> None:
        """The broker is gone for good with all its topics; another one, empty, takes its address."""
        await self.kill("kafka")
        await asyncio.to_thread(shutil.rmtree, self.stack.folder / "kafka" / "data")
        await self.start("kafka")

    def _forked(self, name: str) -> list[psutil.Process]:
        with contextlib.suppress(psutil.NoSuchProcess):
            return psutil.Process(self.pid(name) or -1).children()
        return []

    async def mend(self) -> None:
        """As it was before a fault that went wrong: what sleeps wakes, what is dead or another starts, replicas end."""
        for name, keeper in list(self._keepers.items()):
            if keeper.pid is not None:
                os.kill(keeper.pid, signal.SIGCONT)
            if name in self._otherwise or name not in (*SERVERS, *self._further, *SERVICES):
                await keeper.stop()
        await self._start_all()

    def pid(self, name: str) -> int | None:
        """The living process of a server, service or replica."""
        keeper = self._keepers.get(name)
        return keeper.pid if keeper else None

    def waited(self, name: str) -> tuple[int | None, float]:
        """The process that works, and the seconds that it has waited for a core (0 where the system does not tell)."""
        pid = next((child.pid for child in self._forked(name)), self.pid(name))
        with contextlib.suppress(OSError, ValueError, IndexError):
            return pid, int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
        return pid, 0.0

    def is_stopped(self, name: str) -> bool:
        """Whether a process sleeps by SIGSTOP."""
        pid = self.pid(name)
        return pid is not None and psutil.Process(pid).status() == psutil.STATUS_STOPPED

    def send(self, name: str, number: signal.Signals) -> None:
        """A signal to a living process."""
        pid = self.pid(name)
        assert pid is not None, f"{name} does not run"
        os.kill(pid, number)

    def http(self, name: str) -> str:
        """The address of a service or replica."""
        return f"http://{HOST}:{self._ports[name]}" if name in self._ports else self.stack.http(name)

    def _program(self, name: str, command: Sequence[str], env: Mapping[str, str | None]) -> Program:
        service, _, ordinal = name.partition("-")
        program = self._programs[service]
        own: dict[str, str | None] = dict(program.env)
        if ordinal:
            if name not in self._ports:
                self._ports[name] = free_port()
            own |= {"SALOR_HTTP_PORT": str(self._ports[name]), "SALOR_INSTANCE": ordinal}
            program = replace(program, name=name, ready=partial(ok, f"{self.http(name)}/health/ready"), claim=nothing)
        told = {setting: value for setting, value in {**own, **env}.items() if value is not None}
        line = (sys.executable, "-m", *command) if command else program.command()
        return replace(program, command=lambda: line, env=told)


def _policies(folder: Path) -> Path:
    """The policy of deliveries with a short lease (a mail whose sender was killed is another's then), and breaker."""
    shipped = max((ROOT / "services/notifications/policy").glob("delivery-*.yaml"))
    numbers = yaml.safe_load(shipped.read_text()) | DELIVERY
    numbers["valid_from"] += timedelta(days=1)
    own = folder / "policy" / "notifications" / "delivery-faults.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(yaml.safe_dump(numbers))
    return folder / "policy"


def nothing() -> None:
    """A port that was free just now needs no claim."""
