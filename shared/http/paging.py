"""Lists in pages: `?after=&limit=` asks for one, `next` names the one that follows; the same on every list route."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from shared.errors import FieldError, Problem
from shared.http.at_once import at_once

T = TypeVar("T")

LARGEST_PAGE = 200
LONGEST_CURSOR = 16_000
"""A key and an id of 1,501 control characters, six bytes each in JSON, in base64: 12,100."""


def _example(schema: dict[str, Any], page: type[BaseModel]) -> None:
    """A page with the example of its items, where they have one."""
    (item,) = page.__pydantic_generic_metadata__["args"] or (None,)
    given = getattr(item, "model_config", {}).get("json_schema_extra")
    if isinstance(given, dict):
        schema["examples"] = [{"items": given["examples"], "next": None}]


class Page(BaseModel, Generic[T]):
    """A part of a list."""

    model_config = ConfigDict(json_schema_extra=_example)

    items: list[T]
    next: str | None = Field(description="the `after` of the page that follows; none on the last page")


class Asked:
    """Which page the caller wants."""

    def __init__(
        self,
        after: Annotated[
            str | None, Query(max_length=LONGEST_CURSOR, description="the `next` of the page before")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="items on the page")] = 50,
    ) -> None:
        self.after = after
        self.limit = limit

    @property
    def rows(self) -> int:
        """How many to read: the one too many tells that a page follows."""
        return self.limit + 1


Paging = Annotated[Asked, at_once(Asked)]


class Listing(Generic[T]):
    """A list and its order: `place` gives an item's columns in that order, `types` are theirs.

    A cursor is the place of a page's last item, under the list's name, so that no list takes another's.
    """

    def __init__(self, name: str, place: Callable[[T], tuple[Any, ...]], *types: Any) -> None:
        self.name = name
        self._place = place
        self._cursors: TypeAdapter[tuple[Any, ...]] = TypeAdapter(tuple[(Literal[name], *types)])  # type: ignore[valid-type]
        self._start = (None,) * len(types)

    def place(self, asked: Asked) -> tuple[Any, ...]:
        """The columns behind which the page begins, all None at the start. Raises Problem 422."""
        if asked.after is None:
            return self._start
        try:
            _, *place = self._cursors.validate_json(urlsafe_b64decode(asked.after))
        except ValueError:
            raise foreign() from None
        if any(isinstance(column, str) and "\0" in column for column in place):
            raise foreign()
        return tuple(place)

    def page(self, items: Sequence[T], asked: Asked) -> Page[T]:
        """The page, of the `asked.rows` items behind its place."""
        shown = list(items[: asked.limit])
        return Page(items=shown, next=self._cursor(shown[-1]) if len(items) > asked.limit else None)

    def cut(self, items: Sequence[T], asked: Asked) -> Page[T]:
        """The page, of a whole list that is short enough to be read at once. Raises Problem 422."""
        place, begin = self.place(asked), 0
        if asked.after is not None:
            places = [self._place(item) for item in items]
            if place not in places:
                raise foreign()
            begin = places.index(place) + 1
        return self.page(items[begin : begin + asked.rows], asked)

    def _cursor(self, item: T) -> str:
        return urlsafe_b64encode(self._cursors.dump_json((self.name, *self._place(item)))).decode()


def foreign() -> Problem:
    """A cursor that this list did not give, or not any more."""
    errors = [FieldError("query.after", "is not a cursor of this list: begin again without it")]
    return Problem(422, "invalid-cursor", "This cursor is not one of ours", errors=errors)
