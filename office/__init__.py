"""The command line `salor`: an office's daily work on cases, results, trainings and messages, and what operators do.

Talks HTTP to the services: SALOR_SERVICES="NAME=http://...,NAME=http://...", SALOR_TOKEN the token of whoever works.
What one may do is the services' to say. Exit codes: 0 well, 1 refused or a difference found, 2 wrong usage or set-up.
"""

from collections.abc import Sequence

from office import (
    cases,
    courses,
    deliveries,
    enrolments,
    filing,
    handling,
    inbox,
    looks,
    predicates,
    records,
    results,
    scores,
    stand_ins,
)
from shared.operator import cli

app = cli.empty(__doc__)
cli.add_to(app)
OFFICERS = (filing, cases, handling, looks, results, scores, predicates, records, courses, enrolments, inbox)
OPERATORS = (deliveries, stand_ins)
for each in (*OFFICERS, *OPERATORS):
    each.add_to(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit code. What goes wrong is one line on standard error."""
    return cli.main(arguments, app)
