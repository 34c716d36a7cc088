"""The district reaches its topic once a version, and never as two contents under one version."""

import asyncio
import sys
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerFenced

from deploy.local import district, kafka, wire
from deploy.local.chosen import Chosen
from deploy.local.district.loader import FENCE
from deploy.local.district.seed import employees
from deploy.local.kafka import Kafka
from deploy.local.stack import silent
from deploy.local.supervisor import Supervisor
from deploy.local.temporary import temporary_folder
from deploy.local.trouble import Trouble
from shared.events.directory import DutyRecorded, EmployeeRecorded, ServiceRecorded, UnitRecorded

RECORDS = district.read()
# what others are told, the broker itself among them, leads nowhere
UNREACHED = """\
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller},INSIDE://{host}:0
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,INSIDE:PLAINTEXT
advertised.listeners=PLAINTEXT://{host}:{port},INSIDE://{host}:1
inter.broker.listener.name=INSIDE
"""


async def test_a_second_load_sends_nothing_and_a_raised_version_one_record(
    kafka_address: str, topic_prefix: str
) -> None:
    assert await district.load(kafka_address, RECORDS, topic_prefix) == len(RECORDS)
    assert await district.load(kafka_address, RECORDS, topic_prefix) == 0
    raised = [RECORDS[0].model_copy(update={"version": 2}), *RECORDS[1:]]
    assert await district.load(kafka_address, raised, topic_prefix) == 1


async def test_a_change_under_the_same_version_is_refused_in_one_line(kafka_address: str, topic_prefix: str) -> None:
    await district.load(kafka_address, RECORDS[:1], topic_prefix)
    changed = RECORDS[0].model_copy(update={"name": "Kecamatan Lain"})
    with pytest.raises(Trouble, match="changed under version 1: give the change version 2") as refusal:
        await district.load(kafka_address, [changed], topic_prefix)
    assert "\n" not in str(refusal.value)


async def test_an_older_version_is_refused(kafka_address: str, topic_prefix: str) -> None:
    await district.load(kafka_address, [RECORDS[0].model_copy(update={"version": 2})], topic_prefix)
    with pytest.raises(Trouble, match="at version 2 already"):
        await district.load(kafka_address, RECORDS[:1], topic_prefix)


async def test_a_loader_that_wakes_after_another_began_is_fenced_off(kafka_address: str, topic_prefix: str) -> None:
    await district.load(kafka_address, RECORDS[:1], topic_prefix)
    late = AIOKafkaProducer(bootstrap_servers=[kafka_address], transactional_id=topic_prefix + FENCE)
    await late.start()
    try:
        await district.load(kafka_address, RECORDS[:2], topic_prefix)
        with pytest.raises(ProducerFenced):
            async with late.transaction():
                await late.send_and_wait(topic_prefix + "directory.v1", b"{}", key=b"unit:kecamatan")
    finally:
        await late.stop()


async def test_a_broker_that_does_not_reach_itself_is_told_of_and_not_waited_for() -> None:
    async with temporary_folder("unreached") as folder:
        server = Kafka(folder / "kafka", Chosen(folder), silent, settings=kafka.SETTINGS + UNREACHED)
        supervisor = Supervisor(folder, [server.program()], revive=False, progress=silent)
        await supervisor.start()
        try:
            command = ("-m", "deploy.local.district", "--kafka", server.address, "--patience", "0.5")
            loading = await asyncio.create_subprocess_exec(sys.executable, *command, stderr=asyncio.subprocess.PIPE)
            _, said = await asyncio.wait_for(loading.communicate(), 60)
        finally:
            await supervisor.stop()
    assert (loading.returncode, said.decode().splitlines()[-1]) == (1, f"district: {wire.UNTAKEN}")


def test_everybody_has_a_superior_of_the_district_and_a_unit_that_exists() -> None:
    units = {record.unit for record in RECORDS if isinstance(record, UnitRecorded)}
    ids = {record.employee_id for record in RECORDS if isinstance(record, EmployeeRecorded)}
    for employee in employees().values():
        assert employee.unit in units
        assert employee.superior_id in ids or employee.position == "Camat"
    heads = {record.head_id for record in RECORDS if isinstance(record, UnitRecorded)}
    assert heads <= ids
    assert {record.unit for record in RECORDS if isinstance(record, ServiceRecorded)} <= units


def test_duties_are_of_people_at_their_own_unit_and_of_services_that_exist() -> None:
    works_at = {employee.employee_id: employee.unit for employee in employees().values()}
    offered = {record.service for record in RECORDS if isinstance(record, ServiceRecorded)}
    duties = [record for record in RECORDS if isinstance(record, DutyRecorded)]
    assert duties
    for duty in duties:
        assert works_at[duty.employee_id] == duty.unit
        assert duty.since < duty.until
        assert set(duty.services) <= offered


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("units:\n  - {unit: a, name: A}", "version"),
        ("people: []", "people"),
        ("units:\n  - {unit: a, version: 1, name: A}\n  - {unit: a, version: 1, name: A}", "two records unit:a"),
        ("units: [", "can't be used"),
    ],
)
def test_a_wrong_seed_is_refused_in_one_line(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "district-x.yaml"
    file.write_text(text)
    with pytest.raises(Trouble, match=problem) as refusal:
        district.read([file])
    assert "\n" not in str(refusal.value)
