"""Pages: together they are the list, and no list takes another's cursor."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Problem
from shared.http.paging import Asked, Listing, Page

Item = tuple[datetime, UUID]
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
LIST = Listing[Item]("items", lambda item: item, datetime, UUID)
OTHER = Listing[Item]("others", lambda item: item, datetime, UUID)
WORDS = Listing[str]("words", lambda word: (word,), str)
moments = st.datetimes(timezones=st.just(UTC))


def behind(items: list[Item], asked: Asked) -> list[Item]:
    """What a database would read: the items behind the place, in their order, at most `rows`."""
    place = LIST.place(asked)
    return [item for item in items if place[0] is None or item > place][: asked.rows]


@given(st.sets(st.tuples(moments, st.uuids()), max_size=20), st.integers(1, 25))
def test_the_pages_are_the_list_in_order_each_item_once(made: set[Item], limit: int) -> None:
    items, seen, after = sorted(made), [], None
    while True:
        asked = Asked(after, limit)
        page = LIST.page(behind(items, asked), asked)
        assert len(page.items) <= limit
        seen += page.items
        if (after := page.next) is None:
            break
        assert page.items, "an empty page is the last one"
    assert seen == items


@given(st.sets(st.text(max_size=5).filter(lambda word: "\0" not in word), max_size=12), st.integers(1, 15))
def test_a_short_list_is_cut_into_the_same_pages(made: set[str], limit: int) -> None:
    words, seen = sorted(made), []
    page = WORDS.cut(words, Asked(None, limit))
    while page.next is not None:
        seen += page.items
        page = WORDS.cut(words, Asked(page.next, limit))
    assert seen + page.items == words


def cursor(listing: Listing[Item]) -> str:
    item = (MOMENT, UUID(int=1))
    page: Page[Item] = listing.page([item, item], Asked(None, 1))
    assert page.next is not None
    return page.next


@pytest.mark.parametrize(
    "after",
    [
        "nonsense",
        "\u00e9",
        "",
        cursor(OTHER),
        cursor(LIST)[:-8],
        urlsafe_b64encode(b'["items"]').decode(),
        urlsafe_b64encode(b'["items", "2026-01-02T03:04:05Z", "1; DROP TABLE"]').decode(),
        urlsafe_b64encode(b"[" * 9000).decode(),
    ],
)
def test_a_cursor_that_the_list_did_not_give_is_refused(after: str) -> None:
    with pytest.raises(Problem) as refused:
        LIST.place(Asked(after, 10))
    assert (refused.value.status, refused.value.code) == (422, "invalid-cursor")


def test_a_place_that_is_gone_or_holds_no_text_is_refused() -> None:
    """Weaker: the list begins anew, and is read in a circle."""
    following = WORDS.cut(["a", "b", "c"], Asked(None, 1)).next
    null = urlsafe_b64encode(b'["words", "\\u0000"]').decode()
    for after, words in ((following, ["b", "c"]), (null, ["\0"])):
        with pytest.raises(Problem):
            WORDS.cut(words, Asked(after, 1))


def test_a_cursor_keeps_the_microseconds_of_its_place() -> None:
    """Weaker: items of the same second are shown twice or not at all."""
    assert LIST.place(Asked(cursor(LIST), 1)) == (MOMENT, UUID(int=1))
