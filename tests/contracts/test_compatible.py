"""A change that breaks whoever wrote or reads by the published contracts is refused, by name of event and field."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.contracts import asyncapi
from deploy.contracts.__main__ import main
from deploy.contracts.compatible import HINT, breaks
from deploy.contracts.documents import ASYNCAPI, broken

PRESENT = asyncapi.document()
FILED, SUBMITTED = "complaints.ComplaintFiled.v1", "frontoffice.ComplaintSubmitted.v1"
STRING, NULL = {"type": "string"}, {"type": "null"}
Change = Callable[[dict[str, Any]], object]


def body(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def changed(change: Change) -> list[str]:
    """What the check says of the present contracts after a change to them."""
    after = copy.deepcopy(PRESENT)
    change(after)
    return breaks(PRESENT, after)


def of(name: str, field: str, **with_: Any) -> Change:
    """A change that gives a field another schema."""
    return lambda document: body(document, name)["properties"].update({field: with_})


def removed(name: str, field: str) -> Change:
    def change(document: dict[str, Any]) -> None:
        del body(document, name)["properties"][field]
        body(document, name)["required"] = [each for each in body(document, name)["required"] if each != field]

    return change


def required(name: str, field: str, schema: dict[str, Any]) -> Change:
    def change(document: dict[str, Any]) -> None:
        body(document, name)["properties"][field] = schema
        body(document, name).setdefault("required", []).append(field)

    return change


def optional(name: str, field: str) -> Change:
    return lambda document: body(document, name)["required"].remove(field)


def new_part(document: dict[str, Any]) -> None:
    part = {"type": "object", "properties": {"level": STRING}, "required": ["level"]}
    document["components"]["schemas"]["Urgency"] = part
    of("ComplaintFiled", "urgency", anyOf=[{"$ref": "#/components/schemas/Urgency"}, NULL], default=None)(document)


def values(name: str, *found: str) -> Change:
    return lambda document: body(document, name).update(enum=list(found))


REFUSED: dict[str, tuple[Change, str]] = {
    "an event that is gone": (
        lambda document: document["components"]["messages"].pop(FILED),
        f"{FILED}: the event is gone",
    ),
    "another key": (
        lambda document: document["components"]["messages"][FILED].update({"x-key": "{service}"}),
        f"{FILED}: its key was {{complaint_id}} and is {{service}}: the order per key would be lost",
    ),
    "a body of old that is gone": (
        lambda document: document["components"]["messages"][FILED]["examples"].pop(0),
        f"{FILED}: the body that was kept as 'the officer is known at filing' is gone from golden/",
    ),
    "a field that is gone": (removed("ComplaintFiled", "part"), f"{FILED}: field part is gone"),
    "a field of a part that is gone": (
        removed("Need", "test"),
        "evaluation.EvaluationCompleted.v1: field needs[].test is gone",
    ),
    "a whole part that is gone, said once": (
        removed("EvaluationCompleted", "needs"),
        "evaluation.EvaluationCompleted.v1: field needs is gone",
    ),
    "another type": (
        of("ComplaintFiled", "category", type="integer"),
        f"{FILED}: field category was of type string and is of type integer",
    ),
    "another format": (
        of("ComplaintFiled", "day", type="string", format="date-time"),
        f"{FILED}: field day was of type date and is of type date-time",
    ),
    "none where there was a value": (
        of("ComplaintFiled", "category", anyOf=[STRING, NULL]),
        f"{FILED}: field category was of type string and is of type string or null",
    ),
    "less from a front office": (
        of("ComplaintSubmitted", "employee_id", type="string", format="uuid", default=None),
        f"{SUBMITTED}: field employee_id was of type uuid or null and is of type uuid",
    ),
    "a new field without a default": (
        required("ComplaintFiled", "urgency", STRING),
        f"{FILED}: field urgency is new and has no default",
    ),
    "a new field of a part without a default": (
        required("Contact", "whatsapp", STRING),
        f"{SUBMITTED}: field contact.whatsapp is new and has no default",
    ),
    "a field that is required now": (
        required("ComplaintFiled", "unit", {"anyOf": [STRING, NULL]}),
        f"{FILED}: field unit could be left out and is required now",
    ),
    "a field of ours that may be left out now": (
        optional("ComplaintFiled", "day"),
        f"{FILED}: field day was always there and may be left out now",
    ),
    "another default": (
        of("ComplaintSubmitted", "anonymous", type="boolean", default=True),
        f"{SUBMITTED}: field anonymous left out meant False and means True now",
    ),
    "a value that is gone": (
        values("StandardUnit", "minutes"),
        "complaints.ServiceDelivered.v1: field standard_unit no longer takes working_days",
    ),
    "a list of values where there was none": (
        of("ComplaintSubmitted", "category", type="string", enum=["a", "b"]),
        f"{SUBMITTED}: field category took anything and takes only a, b",
    ),
    "a tighter limit": (
        of("ComplaintSubmitted", "text", type="string", minLength=1, maxLength=500),
        f"{SUBMITTED}: field text takes less than before: maxLength 5000 became 500",
    ),
    "a new limit": (
        of("ComplaintFiled", "category", type="string", minLength=2),
        f"{FILED}: field category takes less than before: minLength 2",
    ),
    "another pattern": (
        of("Contact", "language", type="string", pattern="^id$", default="id"),
        f"{SUBMITTED}: field contact.language takes less than before: pattern ^(id|en)$ became ^id$",
    ),
}
TAKEN: dict[str, Change] = {
    "nothing": lambda document: None,
    "a new event": lambda document: document["components"]["messages"].update(
        {"complaints.ComplaintPainted.v1": document["components"]["messages"][FILED]}
    ),
    "a further body of old": lambda document: document["components"]["messages"][FILED]["examples"].append(
        {"name": "with more", "headers": {}, "payload": {}}
    ),
    "a new field with a default": of("ComplaintFiled", "urgency", type="string", default="normal"),
    "a new part, with a field that it asks for": new_part,
    "a further value": values("Visibility", "open", "anonim", "rahasia", "sealed"),
    "a looser limit": of("ComplaintSubmitted", "text", type="string", minLength=1, maxLength=9000),
    "a limit that is gone": of("ComplaintSubmitted", "text", type="string"),
    "more from a front office": of("ComplaintSubmitted", "category", anyOf=[STRING, NULL]),
    "less asked of a front office": optional("ComplaintSubmitted", "category"),
    "other words": of("ComplaintFiled", "category", type="string", description="In other words."),
}


@pytest.mark.parametrize(("change", "says"), REFUSED.values(), ids=REFUSED)
def test_what_breaks_is_refused_with_its_name(change: Change, says: str) -> None:
    assert says in changed(change)


def test_a_whole_part_that_is_gone_is_said_once() -> None:
    assert len(changed(removed("EvaluationCompleted", "needs"))) == 1


@pytest.mark.parametrize("change", TAKEN.values(), ids=TAKEN)
def test_what_breaks_nobody_is_taken(change: Change) -> None:
    assert changed(change) == []


def test_the_present_breaks_nothing_that_was_published() -> None:
    assert broken() == []


@pytest.mark.parametrize("arguments", [["check"], []])
def test_neither_the_check_nor_the_writing_lets_a_break_pass(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published = copy.deepcopy(PRESENT)
    body(published, "ComplaintFiled")["properties"]["urgency"] = STRING
    (tmp_path / ASYNCAPI).parent.mkdir(parents=True)
    (tmp_path / ASYNCAPI).write_text(before := yaml.safe_dump(published))
    assert main(arguments, tmp_path) == 1
    assert capsys.readouterr().out == f"{FILED}: field urgency is gone\n{HINT}\n"
    assert (tmp_path / ASYNCAPI).read_text() == before


@pytest.mark.parametrize("arguments", [["check"], []])
@pytest.mark.parametrize(
    ("published", "says"),
    [
        (None, "is not there"),
        ("", "is empty or no AsyncAPI document"),
        ("[]", "is empty or no AsyncAPI document"),
        ("components: {}", "is empty or no AsyncAPI document"),
        ("a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> main\n", "is no YAML (line 3)"),
        ("a: 1\n\0", "is no YAML"),
    ],
)
def test_where_nothing_published_can_be_read_all_is_refused(
    published: str | None, says: str, arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Weaker: whoever deletes the document has broken nothing, or sees a traceback after a merge."""
    (tmp_path / ASYNCAPI).parent.mkdir(parents=True)
    if published is not None:
        (tmp_path / ASYNCAPI).write_text(published)
    assert main(arguments, tmp_path) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{ASYNCAPI} {says}")
    assert line.endswith(f"restore it from git: git checkout -- {ASYNCAPI}")
    assert (tmp_path / ASYNCAPI).exists() is (published is not None)
