"""The reporter can't be found: not by an officer who reads everything that the role, the mails and the inbox give.

The statistic: over a quarter with open, anonim and rahasia cases, how many hidden complaints the officer ties to the
right request. Its limit: what guessing among the late requests of the month would bring (of the day, for who complains
on the day of the visit: the collection is daily), and three standard deviations.
"""

from dataclasses import replace
from random import Random
from uuid import uuid4

from deploy.local.stack import Stack
from shared.events.complaints import Visibility
from tests.servers import Database, MailSink
from tests.services.reporters.attacker import Attacker, by_chance, most
from tests.services.reporters.quarter import cases, requests
from tests.services.reporters.world import world


async def test_no_reading_ties_a_hidden_complaint_to_a_request(
    database: Database, mail_sink: MailSink, issuer: Stack
) -> None:
    random, officer = Random(12), uuid4()
    handled = requests(officer, random)
    filed = cases(handled, random, each=4)
    async with world(database, mail_sink, issuer, [officer]) as at:
        await at.goes(handled, filed)
        read = await at.read_by(officer, filed)
    assert read.keys() == {case.complaint_id for case in filed}, "every case was read about"
    assert all("Message-ID" in text and "delivery_id" in text for text in map(str, read.values())), "in mail and inbox"

    attacker, found, named, moments = Attacker(handled, random), 0, 0, 0
    hidden = [case for case in filed if case.visibility is not Visibility.OPEN]
    chances = [by_chance(case, handled) for case in hidden]
    for case in hidden:
        reading = read[case.complaint_id]
        told = replace(reading, texts=(*reading.texts, f"about request {case.request.number}"))
        timed = replace(reading, texts=(*reading.texts, case.filed_at.isoformat()))
        found += attacker.guess(reading) == case.request
        named += attacker.guess(told) == case.request
        moments += case.at_once and attacker.guess(timed) == case.request

    assert named == len(hidden), "with the request number the same attacker finds everybody"
    assert moments > most(chances), "and with the moment more than chance brings: so the limit can be passed"
    assert found <= most(chances), f"{found} of {len(hidden)} hidden complaints were tied to their request"
