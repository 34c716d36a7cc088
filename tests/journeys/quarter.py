"""A quarter of complaints: stories that reach every state and every ending, and who is in them, by a seed.

Days are hari kerja after the filing; `limit-2` is the second last one before the 60-day limit ends. What the clocks do
follows by hand from the terms of clocks-2026.1.yaml: verification 3, first answer 5, follow-up 5 or 14, closing 10.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from deploy.local.demo.world import ZONE
from shared.clock import WorkingDays

DAYS = WorkingDays(ZONE)
LIMIT = timedelta(days=60)
FIRST_DAYS = 2
"""Complaints are filed on the first working days of the quarter, so that many clocks run out on the same days."""
OFFICERS = ("bagus", "maya", "tuti", "wawan", "nia")
"""Who is complained about: the first works late, the last is new and has handled three requests."""
SERVICES = ("ktp", "sktm", "skck", "tanah", "nikah")
VISIBILITIES = ("open", "open", "anonymous", "confidential")
DELAY, PROCEDURE = ("undue_delay", "no_service"), ("procedure", "incompetence")
CONDUCT = ("improper_conduct", "partiality", "discrimination")
NEVER = "category never triggers"
BERKADAR = ("reward_demanded", "abuse_of_authority", "conflict_of_interest")


@dataclass(frozen=True, slots=True)
class Story:
    """What is done with a complaint, and by hand from the law, what its clocks do, how it ends, what it judges."""

    name: str
    categories: tuple[str, ...]
    acts: str
    """`DAY VERB`, in order."""
    clocks: str = ""
    """`DAY CLOCK WHAT`: the working days that a warning leaves, who it is escalated to, why it moved, or `silence`."""
    ends: str = ""
    """Its endings and reopenings, in order."""
    unjudged: str = ""
    """Why it is no evaluation at the end; nothing where it is one."""
    about: str = "officer"
    """`officer`, `service` (a person has to find out whose it was) or `nothing`."""
    times: int = 1


STORIES = (
    Story(
        "nobody says anything more",
        DELAY,
        "1 verify, 2 say, 2 note, 4 uphold",
        "3 first_answer 2, 12 closing 2, 15 closing silence",
        "closed by silence",
        times=3,
    ),
    Story("satisfied", DELAY + PROCEDURE, "0 verify, 2 dismiss, 3 rate, 3 accept", ends="closed by reporter", times=2),
    Story(
        "conduct is judged once it is verified",
        CONDUCT,
        "2 verify, 4 uphold, 7 close",
        "2 verification 1, 3 first_answer 2",
        "closed by handler",
        times=3,
    ),
    Story("unfounded after all", CONDUCT, "1 verify, 2 uphold, 3 close, 5 revise", ends="closed by handler"),
    Story(
        "not satisfied with the first answer",
        PROCEDURE,
        "1 verify, 2 uphold, 3 reopen, 4 uphold",
        "12 closing 2, 15 closing silence",
        "reopened, closed by silence",
    ),
    Story(
        "reopened after it was closed",
        DELAY,
        "1 verify, 2 uphold, 3 accept, 4 reopen, 5 uphold, 6 close",
        ends="closed by reporter, reopened, closed by handler",
    ),
    Story(
        "no public service",
        DELAY,
        "2 reject",
        "2 verification 1",
        "rejected",
        "complaint invalid",
        about="service",
    ),
    Story(
        "another authority is competent",
        DELAY + PROCEDURE,
        "1 verify, 3 pass",
        "3 first_answer 2",
        "passed on",
        "complaint passed on",
    ),
    Story("bribery", BERKADAR, "", ends="referred", unjudged=NEVER),
    Story("abuse, as a verifier finds", CONDUCT, "1 abuse", ends="referred", unjudged=NEVER),
    Story("the inspectorate's after all", PROCEDURE, "1 verify, 2 refer", ends="referred", unjudged=NEVER),
    Story("taken back", DELAY + PROCEDURE, "1 withdraw", ends="withdrawn", unjudged="complaint withdrawn"),
    Story(
        "taken back after the answer",
        CONDUCT,
        "1 verify, 2 uphold, 4 withdraw",
        ends="withdrawn",
        unjudged="complaint withdrawn",
    ),
    Story(
        "data are asked for, and come",
        DELAY,
        "0 handle, 0 verify, 1 ask, 3 provide, 6 uphold, 7 close",
        "3 first_answer pause, 3 follow_up pause, 3 limit pause, 5 first_answer 2",
        "closed by handler",
        times=2,
    ),
    Story(
        "data are asked for, and do not come",
        PROCEDURE,
        "1 verify, 2 ask, 9 reject",
        ends="rejected",
        unjudged="complaint invalid",
    ),
    Story(
        "nobody sees to it",
        DELAY,
        "9 verify, 9 assign, 9 uphold, 12 close",
        "2 verification 1, 3 verification 0, 4 verification head, 7 verification camat, 3 first_answer 2,"
        " 5 first_answer 0, 6 first_answer head, 9 first_answer camat, 9 follow_up 5",
        "closed by handler",
        about="service",
        times=2,
    ),
    Story(
        "its handler does nothing",
        DELAY,
        "0 handle, 1 verify, 16 uphold, 16 close",
        "3 first_answer 2, 5 first_answer 0, 7 first_answer camat, 9 follow_up 5, 12 follow_up 2, 14 follow_up 0,"
        " 16 follow_up camat",
        "closed by handler",
    ),
    Story(
        "sixty days",
        PROCEDURE,
        "0 handle, 1 verify, limit+2 reject",
        "3 first_answer 2, 5 first_answer 0, 7 first_answer camat, 9 follow_up 5, 12 follow_up 2, 14 follow_up 0,"
        " 16 follow_up camat, limit-10 limit 10, limit-5 limit 5, limit-2 limit 2, limit-0 limit 0,"
        " limit+2 limit camat",
        "rejected",
        "complaint invalid",
        about="nothing",
    ),
    Story(
        "a wish",
        ("aspiration",),
        "1 verify, 4 answer",
        "3 first_answer 2, 12 closing 2, 15 closing silence",
        "closed by silence",
        NEVER,
    ),
    Story(
        "a question",
        ("information_request",),
        "1 verify, 5 answer, 6 accept",
        "3 first_answer 2, 3 follow_up 2, 5 first_answer 0, 5 follow_up 0",
        "closed by reporter",
        NEVER,
        about="nothing",
    ),
    Story(
        "praise",
        ("praise",),
        "3 verify, 4 answer",
        "2 verification 1, 3 verification 0, 12 closing 2, 15 closing silence",
        "closed by silence",
        NEVER,
        times=2,
    ),
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A complaint that is to be: its story, and who, when, how openly."""

    number: int
    story: Story
    category: str
    officer: str
    service: str
    visibility: str
    filed_on: date
    occurred_on: date

    def on(self, day: str) -> date:
        """A day of the story."""
        if not day.startswith("limit"):
            return DAYS.plus(self.filed_on, int(day))
        limit, away = self.filed_on + LIMIT, int(day.removeprefix("limit"))
        return DAYS.plus(limit, away) if "+" in day else DAYS.before(limit, -away)

    def acts(self) -> Iterator[tuple[date, str]]:
        """What is done, in order: the day and the verb."""
        for act in _listed(self.story.acts):
            day, verb = act.split()
            yield self.on(day), verb

    def clocks(self) -> Iterator[tuple[date, str, str]]:
        """What the clocks do: the day, the clock, and what."""
        for one in _listed(self.story.clocks):
            day, clock, what = one.split()
            yield self.on(day), clock, what

    def days(self) -> set[date]:
        """All days on which something is done or due."""
        return {self.filed_on, *(day for day, _ in self.acts()), *(day for day, *_ in self.clocks())}

    @property
    def judged(self) -> bool:
        """Whether it is an evaluation at the end."""
        return not self.story.unjudged


def plan(seed: int, since: date) -> list[Planned]:
    """The complaints of a quarter that begins on a day: each is an incident of its own. The seed gives the rest."""
    random = Random(seed)
    first = [DAYS.plus(since - timedelta(days=1), n) for n in range(1, FIRST_DAYS + 1)]
    before = {officer: random.sample(range(1, 22), 21) for officer in OFFICERS}
    told = [story for story in STORIES for _ in range(story.times)]
    random.shuffle(told)
    found = []
    for number, story in enumerate(told):
        officer = random.choice(OFFICERS)
        one = Planned(
            number=number,
            story=story,
            category=random.choice(story.categories),
            officer=f"{officer}@salor.example",
            service=random.choice(SERVICES),
            visibility=random.choice(VISIBILITIES),
            filed_on=random.choice(first),
            occurred_on=first[0] - timedelta(days=before[officer].pop()),
        )
        found.append(one)
    return found


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]
