"""`deploy/kubernetes/kafka`: the topics, and who may do what with them, as resources of Strimzi's operators.

Read and Write imply Describe; Write is also the right to be an idempotent producer. Nobody may make or change topics:
a service compares them with the code (DescribeConfigs), and its relay reads what it sent to go on behind it (Read).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deploy.contracts.declared import SERVICES
from deploy.local.district.loader import FENCE
from shared.events import TOPICS
from shared.events.complaints import RECEIPTS
from shared.events.directory import DIRECTORY
from shared.events.frontoffice import FRONTOFFICE
from shared.messaging.forecast import kept
from shared.service import Service

API = "kafka.strimzi.io/v1"
OWN, HEARD = ("Read", "Write", "DescribeConfigs"), ("Read", "DescribeConfigs")
OFFICE, OFFICE_GROUP = "front-office", "urn:example:front-office"
"""The sample office; an office of its own is another user, with its own group."""
CLUSTER = {"type": "cluster"}

Resource = dict[str, Any]


def topics() -> Iterator[Resource]:
    """Every topic; of how many copies, the brokers' `default.replication.factor` says."""
    for name, topic in sorted(TOPICS.items()):
        yield _resource("KafkaTopic", name, {"partitions": topic.partitions, "config": topic.settings})


def users() -> Iterator[Resource]:
    """A user for each service, for who tells from outside, and for who asks when the disk will be full."""
    for name, service in SERVICES.items():
        yield _user(name, [*_topics(service), _acl("group", name, "Read")])
    yield _user("directory", [_acl("topic", DIRECTORY.name, *OWN), _acl("transactionalId", FENCE, "Write")])
    disks = [_to(CLUSTER, "Describe"), *(_acl("topic", name, "Describe") for name in kept(TOPICS.values()))]
    yield _user("operator", disks)
    office = [_acl("topic", FRONTOFFICE.name, "Write"), _acl("topic", RECEIPTS.name, "Read")]
    yield _user(OFFICE, [*office, _acl("group", OFFICE_GROUP, "Read")])


def _topics(service: Service) -> Iterator[Resource]:
    told = {event.topic for event in service.tells}
    for topic in sorted({*told, *service.listens.topics}, key=lambda topic: topic.name):
        yield _acl("topic", topic.name, *(OWN if topic in told else HEARD))


def _acl(kind: str, name: str, *operations: str) -> Resource:
    return _to({"type": kind, "name": name, "patternType": "literal"}, *operations)


def _to(resource: Resource, *operations: str) -> Resource:
    return {"resource": resource, "operations": list(operations)}


def _user(name: str, acls: list[Resource]) -> Resource:
    authorization = {"type": "simple", "acls": acls}
    return _resource("KafkaUser", name, {"authentication": {"type": "scram-sha-512"}, "authorization": authorization})


def _resource(kind: str, name: str, spec: Resource) -> Resource:
    return {"apiVersion": API, "kind": kind, "metadata": {"name": name}, "spec": spec}
