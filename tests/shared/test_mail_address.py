"""One mail address is one: what libraries make more, or another, of is none."""

from __future__ import annotations

import pytest

from shared.mail_address import is_mail_address

GOOD = [
    "putri@example.org",
    "a.b+c@sub.example.org",
    "o'brien@example.ie",
    '"two words"@example.org',
    "pütri@exämple.org",
]
BAD = [
    "", "putri", "putri@", "@example.org", "postmaster,putri@example.org", "putri@example.org,postmaster",
    "a;b@example.org",
    "<putri@example.org>", "Putri <putri@example.org>", '"@example.org', "a(comment)@example.org", "a b@example.org",
    "a@b@example.org", "a..b@example.org", "a@example..org", "a@example.org\nBcc: b@example.org", "a@example.org\u200b",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_an_address_is_one(text: str) -> None:
    assert is_mail_address(text)


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_none(text: str) -> None:
    """Weaker: a library reads a list, and a receipt code goes to the first of it."""
    assert not is_mail_address(text)
