"""A small front office: takes reports in, sends each as a CloudEvent, and prints the answer that it gets.

A report stays in a journal until it is answered: start again whatever died, and what is sent twice takes effect once.
"""

import argparse
import json
import signal
import sqlite3
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from cloudevents.http import CloudEvent
from cloudevents.kafka import to_binary
from confluent_kafka import Consumer, Producer

TYPE = "id.go.salor.frontoffice.ComplaintSubmitted.v1"
SOURCE = "urn:example:front-office"  # yours, and never another: (source, id) names a submission for ever
NOTE = "UPDATE report SET answer = ? WHERE id = ? AND answer IS NULL"
AGAIN_SECONDS = 10.0  # without an answer for so long, a submission is sent again


class FrontOffice:
    """One source has one journal and one process. `prefix` goes before the topics' names, if there is one."""

    def __init__(self, kafka: str, journal: str, source: str = SOURCE, prefix: str = "") -> None:
        self.source, self.prefix = source, prefix
        self.client = {"bootstrap.servers": kafka, "log_level": 0}
        self.producer = Producer({**self.client, "enable.idempotence": True})
        self.journal = sqlite3.connect(journal, isolation_level=None)
        self.journal.execute("CREATE TABLE IF NOT EXISTS report (id TEXT PRIMARY KEY, at TEXT, body TEXT, answer TEXT)")

    def take_in(self, report: Any) -> str:
        """Write a report down before anything is sent; gives its id."""
        made, now = str(uuid.uuid4()), datetime.now(UTC).isoformat()
        self.journal.execute("INSERT INTO report VALUES (?, ?, ?, NULL)", (made, now, json.dumps(report)))
        return made

    def unanswered(self) -> list[CloudEvent]:
        """What has no answer yet, as events: the same ones each time."""
        rows = self.journal.execute("SELECT id, at, body FROM report WHERE answer IS NULL ORDER BY at")
        named = {"type": TYPE, "source": self.source, "datacontenttype": "application/json"}
        return [CloudEvent({**named, "id": made, "time": at}, json.loads(body)) for made, at, body in rows]

    def send(self) -> None:
        """Send all that has no answer; what comes twice takes effect once."""
        for event in self.unanswered():
            message = to_binary(event)
            self.producer.produce(f"{self.prefix}frontoffice.v1", message.value, headers=[*message.headers.items()])
        if self.producer.flush(AGAIN_SECONDS):
            print(f"Kafka does not answer at {self.client['bootstrap.servers']}, trying on", file=sys.stderr)

    def answers(self, patience: float = 60.0) -> Iterator[dict[str, Any]]:
        """Send, and follow the answers, until all have come or the patience is over."""
        group = {"group.id": self.source, "auto.offset.reset": "earliest", "session.timeout.ms": 6000}
        consumer = Consumer({**self.client, **group, "enable.auto.commit": False})
        consumer.subscribe([f"{self.prefix}receipts.v1"])
        over, again = time.monotonic() + patience, 0.0
        while self.unanswered() and time.monotonic() < over:
            if time.monotonic() > again:
                self.send()
                again = time.monotonic() + AGAIN_SECONDS
            message = consumer.poll(0.5)
            if message is not None and message.error():
                print(message.error(), file=sys.stderr)
            elif message is not None:
                answer = json.loads(message.value() or b"")
                ours = answer.get("source") == self.source
                if ours and self.journal.execute(NOTE, (json.dumps(answer), answer["submission"])).rowcount:
                    yield answer
                consumer.commit(message=message)
        consumer.close()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ctrl-C may end it anywhere: the journal knows what is open
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kafka", help="host:port")
    parser.add_argument("reports", nargs="*", help="JSON; none: only what has no answer yet")
    parser.add_argument("--prefix", default="", help="of the topics' names, if the installation has one")
    options = parser.parse_args()
    if not options.kafka.rpartition(":")[2].isdigit():
        parser.error(f"{options.kafka} is no address of Kafka's: give its host:port, as `make up` prints it")
    try:
        reports = [json.loads(text) for text in options.reports]
    except ValueError as error:
        parser.error(f"a report is no JSON, nothing was sent: {error}")
    office = FrontOffice(options.kafka, "journal.db", prefix=options.prefix)
    for report in reports:
        print("taken in:", office.take_in(report))
    for answer in office.answers():
        print("accepted:" if "complaint_id" in answer else "refused:", answer["submission"])
        print(*(f"  {wrong['field']}: {wrong['problem']}\n" for wrong in answer.get("problems", [])), sep="", end="")
    print("without an answer:", len(office.unanswered()))
    sys.exit(1 if office.unanswered() else 0)
