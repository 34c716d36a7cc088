"""I1-I4 and I8: each accepted complaint has its effects once, and no effect is without a cause."""

from __future__ import annotations

from collections import Counter

from tests.faults.audit.evidence import Contradiction, Evidence, Sort

JUDGED = """SELECT c.complaint_id, n.reason, count(e.evaluation_id) AS standing FROM complaint c
LEFT JOIN no_evaluation n USING (complaint_id)
LEFT JOIN evaluation e ON e.incident_id = c.incident_id AND e.status <> 'withdrawn'
GROUP BY c.complaint_id, n.reason"""

OPENED = """SELECT DISTINCT payload::jsonb ->> 'complaint_id' AS complaint_id FROM outbox
WHERE topic = 'evaluations.v1' AND type LIKE '%.EvaluationOpened.%'"""
UNEXAMINED = "SELECT complaint_id, state FROM complaint WHERE state IN ('received', 'verified', 'assigned')"
NEWS = """SELECT event_id::text, key FROM outbox WHERE topic = 'evaluations.v1' AND type LIKE '%.EvaluationCompleted.%'
AND (payload::jsonb ->> 'news')::boolean IS NOT FALSE"""
STAFF = "SELECT event_id, count(*) AS times FROM delivery WHERE audience IN ('employee', 'superior') GROUP BY event_id"
STAFF_TIMES = 4
"""The officer and the superior, each by mail and in the inbox."""
UNKNOWN = "SELECT count(*) FROM delivery WHERE state = 'unknown'"


def answers(evidence: Evidence) -> list[Contradiction]:
    """Every client has an answer, and the one that it deserves."""
    wrong = []
    for s in evidence.submissions:
        if not (s.refused or s.complaint_id):
            wrong.append(Contradiction("I1", Sort.LOST, f"{s.door} submission {s.id} has no answer", s.id))
        elif s.refused and not s.wrong:
            wrong.append(Contradiction("I8", Sort.WRONG, f"{s.door} submission {s.id} was refused: {s.refused}", s.id))
        elif s.wrong and s.complaint_id:
            says = f"{s.door} submission {s.id} is wrong and was accepted"
            wrong.append(Contradiction("I8", Sort.WRONG, says, s.complaint_id))
    return wrong


def accepted(evidence: Evidence) -> set[str]:
    """The complaints that clients were told of."""
    return {s.complaint_id for s in evidence.submissions if s.complaint_id}


async def complaints(evidence: Evidence) -> list[Contradiction]:
    """I1, I2, I8: one row each and no other; each in one incident with one evaluation, or a reason for none.

    And its reporter sees that it is examined where an evaluation was opened by it.
    """
    at, told = evidence.at, accepted(evidence)
    rows = {str(r["complaint_id"]) for r in await at["complaints"].fetch("SELECT complaint_id FROM complaint")}
    judged = {str(r["complaint_id"]): r for r in await at["evaluation"].fetch(JUDGED)}
    wrong = [_i1(f"complaint {one} was accepted and is lost", one) for one in told - rows]
    wrong += [_i1(f"complaint {one} never reached evaluation", one) for one in rows - judged.keys()]
    unexamined = {str(r["complaint_id"]): r["state"] for r in await at["complaints"].fetch(UNEXAMINED)}
    opened = {r["complaint_id"] for r in await at["evaluation"].fetch(OPENED)}
    for one in sorted(opened & unexamined.keys()):
        wrong.append(_i1(f"complaint {one} opened an evaluation, and is still {unexamined[one]}", one))
    wrong += [_i8(f"complaint {one} has no client that was told so", one) for one in rows - told]
    wrong += [_i8(f"complaint {one} is evaluated and unknown", one) for one in judged.keys() - rows]
    for one, row in judged.items():
        says = f"complaint {one} has {row['standing']} standing evaluations and reason {row['reason']}"
        if not (fates := row["standing"] + (row["reason"] is not None)):
            wrong.append(_i1(says, one))
        elif fates > 1:
            wrong.append(Contradiction("I2", Sort.DOUBLED, says, one))
    return wrong


def _i1(says: str, about: str) -> Contradiction:
    return Contradiction("I1", Sort.LOST, says, about)


def _i8(says: str, about: str) -> Contradiction:
    return Contradiction("I8", Sort.WRONG, says, about)


async def needs(evidence: Evidence) -> list[Contradiction]:
    """I3: one enrolment per need, and none without."""
    at = evidence.at
    opened = Counter(str(r["need_id"]) for r in await at["evaluation"].fetch("SELECT need_id FROM need"))
    enrolled = Counter(str(r["need_id"]) for r in await at["training"].fetch("SELECT need_id FROM enrolment"))
    return [
        Contradiction(
            "I3",
            Sort.LOST if enrolled[one] < opened[one] else Sort.DOUBLED,
            f"need {one}: opened {opened[one]}, enrolled {enrolled[one]}",
            one,
        )
        for one in opened | enrolled
        if (opened[one], enrolled[one]) != (1, 1)
    ]


async def mails(evidence: Evidence) -> list[Contradiction]:
    """I4: the provider saw each accepted delivery once, and nothing else; each citizen was told once."""
    rows = await evidence.at["notifications"].fetch("SELECT delivery_id, state, recipient, what, channel FROM delivery")
    sent = Counter(mail.message_id.strip("<>").partition("@")[0] for mail in evidence.mails)
    states = {str(r["delivery_id"]): r["state"] for r in rows if r["channel"] == "email"}
    wrong = [_i4(Sort.DOUBLED, f"mail {one} was sent {times} times", one) for one, times in sent.items() if times > 1]
    wrong += [_i4(Sort.WRONG, f"mail {one} has no delivery", one) for one in sent if one not in states]
    for one, state in states.items():
        if state == "accepted" and one not in sent:
            wrong.append(_i4(Sort.LOST, f"delivery {one} is accepted and no mail went", one))
        elif one in sent and state not in ("accepted", "unknown"):
            wrong.append(_i4(Sort.WRONG, f"delivery {one} went, and is {state}", one))
    told = Counter(str(r["recipient"]) for r in rows if r["what"] == "received" and r["channel"] == "email")
    return wrong + [
        _i4(
            Sort.DOUBLED if told[one] else Sort.LOST,
            f"complaint {one}: its reporter has {told[one]} first messages",
            one,
        )
        for one in accepted(evidence)
        if told[one] != 1
    ]


async def notices(evidence: Evidence) -> list[Contradiction]:
    """I4: officer and superior are told of each result that is news, once by each channel."""
    told = Counter({r["event_id"]: r["times"] for r in await evidence.at["notifications"].fetch(STAFF)})
    return [
        _i4(
            Sort.LOST if told[row["event_id"]] < STAFF_TIMES else Sort.DOUBLED,
            f"evaluation {row['key']}: {told[row['event_id']]} deliveries to officer and superior, not {STAFF_TIMES}",
            row["key"],
        )
        for row in await evidence.at["evaluation"].fetch(NEWS)
        if told[row["event_id"]] != STAFF_TIMES
    ]


def _i4(sort: Sort, says: str, about: str) -> Contradiction:
    return Contradiction("I4", sort, says, about)


async def unknown(evidence: Evidence) -> int:
    """Deliveries of which nobody can know whether they went; said and counted, they are no contradiction (I4)."""
    return int(await evidence.at["notifications"].fetchval(UNKNOWN))
