"""What an event is: a frozen fact of one topic, told under the key of the aggregate it is about."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

NAMESPACE = "id.go.salor"
DAY_MS = 24 * 60 * 60 * 1000
LARGEST_RECORD = 2**20
"""Bytes that a topic takes in one record, as it comes over the wire; and that a listener reads, once it is unpacked."""


class Kind(StrEnum):
    """How a topic's records are placed: by their sequence, by (source, id), or by their latest version."""

    CHAIN = "chain"
    STRANGER = "stranger"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and its settings. `sender` is the one service (or outside party) that writes it."""

    name: str
    sender: str
    kind: Kind = Kind.CHAIN
    partitions: int = 12
    retention_ms: int = -1

    @property
    def settings(self) -> dict[str, str]:
        """The topic's own settings on the broker."""
        size = {"max.message.bytes": str(LARGEST_RECORD)}
        if self.kind is Kind.STATE:
            return {**size, "cleanup.policy": "compact"}
        return {**size, "cleanup.policy": "delete", "retention.ms": str(self.retention_ms)}


class Part(BaseModel):
    """A value inside an event: frozen, and blind to fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Event(Part):
    """A fact in the past tense. A subclass names its topic and the template of its key.

    `class ComplaintFiled(Event, topic=COMPLAINTS, key="{complaint_id}")` is told on `complaints.v1` as
    `id.go.salor.complaints.ComplaintFiled.v1` under the complaint's id.
    """

    topic: ClassVar[Topic]
    type: ClassVar[str]
    key_template: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, *, topic: Topic, key: str, **kwargs: Any) -> None:  # type: ignore[override]
        super().__pydantic_init_subclass__(**kwargs)
        cls.topic = topic
        cls.key_template = key
        cls.type = f"{NAMESPACE}.{topic.sender}.{cls.__name__}.{topic.name.rpartition('.')[2]}"

    def __init_subclass__(cls, *, topic: Topic, key: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)

    @property
    def key(self) -> str:
        """The aggregate that the fact is about: all facts of one key stay in order."""
        return self.key_template.format_map(self.__dict__)
