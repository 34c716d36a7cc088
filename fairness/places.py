"""Pages in which tables have a place: what is between its two marks is written by a run, all else by hand."""

import re
from collections.abc import Callable, Mapping


def filled(page: str, made: Mapping[str, str]) -> str:
    """A page with its places filled anew. Raises LookupError where a table has no place in it."""
    for name, table in made.items():
        place = re.compile(rf"(<!-- made: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        page, places = place.subn(_between(table), page)
        if places != 1:
            raise LookupError(f"the page has {places} places '<!-- made: {name} -->' ... '<!-- end -->'; give it one")
    return page


def _between(table: str) -> Callable[[re.Match[str]], str]:
    return lambda place: f"{place[1]}{table}\n{place[2]}"
