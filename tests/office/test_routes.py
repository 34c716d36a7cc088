"""What people of the office may do by HTTP they can type: each of their routes has a command."""

from __future__ import annotations

from fastapi.routing import APIRoute

from office import app
from shared.http.authority import authorities
from tests.house.services import NAMES, SERVICES

PEOPLE = {"employee", "officer", "superior"}
DONE_BY = {
    "complaints": {
        "POST /complaints/on-behalf": "file",
        "GET /cases": "list",
        "GET /cases/{complaint_id}": "show",
        "GET /cases/{complaint_id}/candidates": "candidates",
        "GET /cases/{complaint_id}/links": "links",
        "POST /reporters/search": "search",
    },
    "evaluation": {
        "GET /evaluations/{evaluation_id}": "result",
        "GET /evaluations/{evaluation_id}/explanation": "explain",
        "GET /employees/{employee_id}/evaluations": "evaluations",
        "POST /employees/{employee_id}/evaluations/{evaluation_id}/replies": "reply",
        "POST /employees/{employee_id}/evaluations/{evaluation_id}/decision": "confirm",
        "POST /employees/{employee_id}/evaluations/{evaluation_id}/objection": "object",
        "POST /employees/{employee_id}/evaluations/{evaluation_id}/objection/statement": "state",
        "POST /employees/{employee_id}/evaluations/{evaluation_id}/objection/decision": "decide",
        "GET /worklist": "worklist",
        "GET /employees/{employee_id}/scores": "scores",
        "GET /periods": "periods",
        "GET /employees/{employee_id}/assessments": "assessments",
        "GET /assessments/{assessment_id}": "assessment",
        "GET /assessments/{assessment_id}/explanation": "assessment",
        "POST /employees/{employee_id}/assessments/{assessment_id}/decision": "set-predicate",
        "POST /employees/{employee_id}/assessments/{assessment_id}/objection": "object-to-predicate",
        "POST /employees/{employee_id}/assessments/{assessment_id}/objection/statement": "state-on-predicate",
        "POST /employees/{employee_id}/assessments/{assessment_id}/objection/decision": "decide-on-predicate",
        "POST /attendance": "record-attendance",
        "POST /coach-scores": "record-coach-score",
        "POST /innovations": "record-innovation",
        "GET /employees/{employee_id}/attendance": "attendance",
        "GET /employees/{employee_id}/coach-scores": "coach-scores",
        "GET /employees/{employee_id}/innovations": "innovations",
    },
    "notifications": {
        "GET /inbox": "inbox",
        "POST /inbox/{delivery_id}/read": "read",
        "GET /preferences": "preferences",
        "PUT /preferences": "preferences",
    },
    "training": {
        "GET /sessions/{session_id}/participants": "participants",
        "POST /sessions/{session_id}/results": "record-results",
        "POST /sessions/{session_id}/enrolments": "enrol",
        "GET /employees/{employee_id}/enrolments": "enrolments",
        "GET /enrolments/{enrolment_id}": "enrolment",
        "POST /enrolments/{enrolment_id}/cancel": "leave",
        "GET /employees/{employee_id}/learning": "learning",
    },
}
"""Beside the verbs on a case, whose commands have the names of their addresses."""


def of_people(service: str) -> set[str]:
    """The routes of a service that officers, employees or superiors may call."""
    found = [route for route in SERVICES[service].routes.routes if isinstance(route, APIRoute)]
    theirs = [
        route for route in found if PEOPLE & {name for one in authorities(route.dependencies) for name in one.names}
    ]
    verbs = ("POST", "/cases/{")
    return {
        f"{method} {route.path}"
        for route in theirs
        for method in route.methods or ()
        if (method, route.path[:8]) != verbs
    }


def test_each_route_of_people_has_a_command() -> None:
    """Weaker: a new route can be called by curl only. It needs a command in `office/`, and its line above."""
    assert {name: of_people(name) for name in NAMES} == {name: set(DONE_BY[name]) for name in NAMES}


def test_each_of_these_commands_exists() -> None:
    commands = {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}
    assert {command for routes in DONE_BY.values() for command in routes.values()} - commands == set()
