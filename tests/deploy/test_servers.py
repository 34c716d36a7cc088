"""The session's servers are real, and each test's database is its own."""

from __future__ import annotations

import asyncio
import uuid
from email.message import EmailMessage

import aiosmtplib
import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from deploy.local.stack import Stack
from tests.servers import Database, MailSink, Templates

FILLED = """INSERT INTO policy (name, version, valid_from, checksum, body) VALUES ('a', '1', now(), '', '{}');
SELECT nextval('outbox_id_seq');
UPDATE relay SET epoch = 7"""


async def test_kafka_gives_back_what_was_sent(kafka_address: str, topic_prefix: str) -> None:
    topic = f"{topic_prefix}said"
    admin = AIOKafkaAdminClient(bootstrap_servers=[kafka_address])
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()
    async with (
        AIOKafkaProducer(bootstrap_servers=[kafka_address], acks="all") as producer,
        AIOKafkaConsumer(topic, bootstrap_servers=[kafka_address], auto_offset_reset="earliest") as consumer,
    ):
        await producer.send_and_wait(topic, b"hello")
        received = await asyncio.wait_for(consumer.getone(), 10)
    assert received.value == b"hello"


async def test_databases_are_migrated_and_apart(database: Database) -> None:
    one, other = await database(None), await database(None)
    first, second = await asyncpg.connect(one), await asyncpg.connect(other)
    try:
        await first.execute("CREATE TABLE only_here ()")
        assert await first.fetchval("SELECT count(*) FROM migration") > 0
        assert await second.fetchval("SELECT to_regclass('only_here')") is None
    finally:
        await first.close()
        await second.close()


async def test_a_database_is_handed_on_as_the_migrations_left_it(templates: Templates) -> None:
    name = await templates.clone("training")
    connection = await asyncpg.connect(templates.url(name))
    await connection.execute(FILLED)
    await templates.give_back(name)  # although somebody is still connected
    assert await templates.clone("training") == name
    connection = await asyncpg.connect(templates.url(name))
    try:
        assert await connection.fetchval("SELECT count(*) FROM policy") == 0
        assert await connection.fetchval("SELECT nextval('outbox_id_seq')") == 1
        assert await connection.fetchval("SELECT array_agg(epoch) FROM relay") == [0]
        assert await connection.fetchval("SELECT count(*) FROM migration") > 0
    finally:
        await connection.close()
        await templates.drop(name)


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE more ()",
        "ALTER TABLE outbox ADD more int",
        "ALTER TABLE outbox SET (autovacuum_enabled = off)",
        "DROP INDEX parked_reason",
        "DELETE FROM migration",
        "DROP TABLE relay CASCADE",
    ],
)
async def test_a_database_that_was_changed_more_than_that_is_not(templates: Templates, change: str) -> None:
    name = await templates.clone("training")
    connection = await asyncpg.connect(templates.url(name))
    await connection.execute(change)
    await templates.give_back(name)
    other = await templates.clone("training")
    assert other != name
    await templates.give_back(other)


async def test_a_mail_is_in_the_ledger_once_it_was_accepted(mail_sink: MailSink) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "salor@example.test", "warga@example.test", "Pengaduan diterima ✓"
    mail["Message-ID"] = "<1@example.test>"
    mail.set_content("Terima kasih.\n")
    await aiosmtplib.send(mail, hostname=mail_sink.host, port=mail_sink.port)
    (kept,) = mail_sink.mails()
    assert (kept.subject, kept.message_id, kept.recipients) == (mail["Subject"], "<1@example.test>", [mail["To"]])
    assert kept.text.strip() == "Terima kasih."


async def test_tokens_verify_against_the_published_keys(issuer: Stack) -> None:
    sub = str(uuid.uuid4())
    token = await issuer.token(["employee", "superior"], sub)
    async with httpx.AsyncClient() as client:
        configuration = (await client.get(f"{issuer.issuer}/.well-known/openid-configuration")).json()
        keys = KeySet.import_key_set((await client.get(configuration["jwks_uri"])).json())
    claims = jwt.decode(token, keys, algorithms=["ES256"]).claims
    JWTClaimsRegistry(iss={"essential": True, "value": issuer.issuer}, aud={"value": "salor"}).validate(claims)
    assert (claims["sub"], claims["roles"]) == (sub, ["employee", "superior"])


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_id": "evaluation", "client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody", "client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "developer", "client_secret": None}, 400, "unauthorized_client"),
    ],
)
async def test_the_issuer_refuses(issuer: Stack, form: dict[str, str | None], status: int, error: str) -> None:
    filled = {name: issuer.client_secret("developer") if value is None else value for name, value in form.items()}
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{issuer.issuer}/token", data={"grant_type": "client_credentials", **filled})
    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_a_service_has_a_token_of_its_own(issuer: Stack) -> None:
    credentials = ("evaluation", issuer.client_secret("evaluation"))
    async with httpx.AsyncClient() as client:
        form = {"grant_type": "client_credentials"}
        answer = await client.post(f"{issuer.issuer}/token", data=form, auth=credentials)
        keys = KeySet.import_key_set((await client.get(f"{issuer.issuer}/jwks")).json())
    claims = jwt.decode(answer.json()["access_token"], keys, algorithms=["ES256"]).claims
    assert (claims["sub"], claims["roles"]) == ("evaluation", ["service"])
