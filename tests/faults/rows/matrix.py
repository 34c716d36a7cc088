"""The matrix: each row with its fault and its load. In the order of the run: a new cluster, then whole topics first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from shared.events.directory import EmployeeRecorded
from tests.faults import clients, disk, skew
from tests.faults.clients import Submission
from tests.faults.rows import (
    clocks,
    crashes,
    crowds,
    disks,
    future,
    late,
    mailing,
    network,
    pairs,
    poison,
    repeats,
    restores,
    rolling,
    scale,
    servers,
    slowness,
    stops,
)
from tests.faults.trial import Trial

Make = Callable[[Sequence[EmployeeRecorded], int], Submission]
LEAST = 1_000


def nothing_missing() -> str:
    """A row that runs on any machine."""
    return ""


@dataclass(frozen=True, slots=True)
class Row:
    """A fault and the load that it meets: `rate` a second, about `officers`, of whom some have a bad year behind them.

    `least`: with fewer submissions it is red. `missing`: what this machine lacks for it; nothing where it can run.
    `known`: whether the directory knows them from the start. `after`: the rate once there are submissions enough.
    `always`: whether it belongs to a run for which no row was named. `brokers`: how many its stack has.
    """

    name: str
    fault: Callable[[Trial], Awaitable[None]]
    make: Make = clients.about
    known: bool = True
    officers: int = 20
    bad_years: int = 4
    rate: float = 110.0
    after: float = 25.0
    always: bool = True
    least: int = LEAST
    missing: Callable[[], str] = nothing_missing
    brokers: int = 1


ROWS = (
    Row("F23C", restores.restore_a_sender_into_a_new_cluster, make=restores.by_http, bad_years=0, always=False),
    Row("F11", repeats.everything_again),
    Row("F12", repeats.wrong_way_round),
    Row("F13", poison.poison, make=poison.with_one_cursed),
    Row("F14", poison.too_large),
    Row("F20", late.a_late_commit),
    Row("F24", late.facts_in_a_bad_order, make=late.about_records_to_come, known=False),
    Row("F2", stops.stop_a_consumer),
    Row("F3", stops.stop_a_relay),
    Row("F1", crashes.kill_at_each_point, make=crashes.new_needs_all_the_time, officers=120, bad_years=120, rate=35),
    Row("F4", servers.kill_the_broker),
    Row("F4S", servers.stop_and_restart_the_broker, always=False),
    Row("F5", servers.restart_the_database, rate=60, after=60),
    Row("F6", network.cut_slow_and_trickling, rate=60, always=False),
    Row("F6H", network.half_open, rate=60, always=False),
    Row("F6K", network.the_network_of_the_broker, rate=60, always=False),
    Row("F7", network.lose_answers_of_commits, rate=60, always=False),
    Row("F15", slowness.slow_and_held, rate=60, always=False),
    Row("F18", future.an_upgraded_sender, rate=60, always=False),
    Row("F19", mailing.a_bad_provider, make=mailing.reachable, rate=60, always=False),
    Row("F16", scale.members_come_and_go, rate=50, after=40, always=False),
    Row("F17", rolling.restart_everything, rate=50, always=False),
    Row("F10", clocks.an_hour_ahead_and_back, rate=60, always=False, missing=skew.missing),
    Row("F21", crowds.a_crowd, rate=60, always=False, missing=crowds.missing),
    Row("F22", pairs.two_at_once, always=False),
    Row("F8", disks.full_under_the_tables, rate=60, after=40, always=False, missing=disk.missing),
    Row("F9", disks.full_under_the_log, rate=60, after=40, always=False, missing=disk.missing),
    Row("F23", restores.restore_a_sender_and_a_consumer, make=restores.each_its_incident, bad_years=0),
    Row("F4L", servers.lose_a_leader, rate=60, always=False, brokers=2),
)
