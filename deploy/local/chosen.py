"""What is chosen once for a data folder and remembered: ports, so that addresses stay; secrets, so that they fit."""

from __future__ import annotations

import json
import random
import secrets
import socket
from pathlib import Path
from typing import Any

from deploy.local.process import replace
from deploy.local.trouble import Trouble

HOST = "127.0.0.1"
LOWEST, HIGHEST = 20_000, 30_000  # below the ports that systems lend to outgoing connections
_reserved: list[socket.socket] = []
"""One for each port that this process has chosen, until it ends: bound for UDP, which none of our programs speaks. So
no other process chooses it before a program listens there, nor while that program is restarted."""


class Chosen:
    def __init__(self, folder: Path) -> None:
        self._ports_file, self._secrets_file = folder / "ports.json", folder / "secrets.json"
        self._ports: dict[str, int] = _load(self._ports_file)
        self._secrets: dict[str, str] = _load(self._secrets_file)
        for port in self._ports.values():
            _reserve(port)  # else who chose it holds it still

    def port(self, name: str) -> int:
        if name not in self._ports:
            self._ports[name] = free_port()
            replace(self._ports_file, json.dumps(self._ports, indent=1))
        return self._ports[name]

    def secret(self, name: str, digits: int = 32) -> str:
        """Hex digits; a receipt or a reporter key takes 64."""
        if name not in self._secrets:
            self._secrets[name] = secrets.token_hex(digits // 2)
            replace(self._secrets_file, json.dumps(self._secrets, indent=1))
        return self._secrets[name]

    def claim(self, name: str, port: int) -> None:
        """Refuses in one line instead of letting the program fail in its own words."""
        if not is_free(port):
            raise Trouble(
                f"{name} can't start: port {port} is taken by another program; stop that program,"
                f" or delete {self._ports_file} to choose other ports"
            )


def free_port() -> int:
    """One where nobody listens, and that no process chose that runs."""
    for _ in range(1000):
        port = random.randrange(LOWEST, HIGHEST)
        if is_free(port) and _reserve(port):
            return port
    raise Trouble(f"no free port between {LOWEST} and {HIGHEST} on {HOST}: something holds them all")


def _reserve(port: int) -> bool:
    """False where it is reserved, by this process or by another."""
    holder = socket.socket(type=socket.SOCK_DGRAM)
    try:
        holder.bind((HOST, port))
    except OSError:
        holder.close()
        return False
    _reserved.append(holder)
    return True


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # else a closed connection of before counts
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _load(file: Path) -> Any:
    try:
        return dict(json.loads(file.read_text()))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise Trouble(f"{file} can't be read ({error}): delete it, then start again") from error
