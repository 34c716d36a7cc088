"""The services over HTTP, as an operator; or as somebody else, from another root than `/operator`."""

import os
import time
import uuid
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import httpx

from shared.certificates import trusted
from shared.errors import Problem, SetupError

Json = dict[str, Any]

SERVICES, TOKEN = "SALOR_SERVICES", "SALOR_TOKEN"
OPERATOR = "/operator"
ANSWER_SECONDS = 30.0
LOOK_SECONDS = 10.0
"""For what is only read: a service gives it up after 5 s itself."""
TRIES = 5
LARGEST_PAGE = 200


class Services:
    """The services by name. Raises SetupError where one can't be reached, and Problem where it refuses."""

    def __init__(self, addresses: Mapping[str, str], token: str, root: str = OPERATOR) -> None:
        self._root = root
        headers = {"Authorization": f"Bearer {token}"}
        self._clients = {
            name: httpx.Client(base_url=url, headers=headers, timeout=ANSWER_SECONDS, verify=trusted(), trust_env=False)
            for name, url in addresses.items()
        }

    @property
    def names(self) -> list[str]:
        """All of them."""
        return list(self._clients)

    def chosen(self, name: str | None) -> list[str]:
        """One by its name, or all."""
        if name is not None:
            self._client(name)
        return [name] if name else self.names

    def get(self, service: str, path: str, /, **query: Any) -> Json:
        """What a service shows."""
        given = {key: value for key, value in query.items() if value is not None}
        return self._ask(service, "GET", path, params=given, timeout=LOOK_SECONDS)

    def post(self, service: str, path: str, body: Mapping[str, Any]) -> Json:
        """What a service answers; repeated under the same key while it is busy, so it takes effect once."""
        return self._change(service, "POST", path, body)

    def put(self, service: str, path: str, body: Mapping[str, Any]) -> Json:
        """The same, of what takes the place of something."""
        return self._change(service, "PUT", path, body)

    def pages(self, service: str, path: str, /, **query: Any) -> Iterator[list[Json]]:
        """A list, page by page."""
        after = None
        while True:
            page = self.get(service, path, limit=LARGEST_PAGE, after=after, **query)
            yield page["items"]
            after = page["next"]
            if after is None:
                return

    def items(self, service: str, path: str, **query: Any) -> Iterator[Json]:
        """A list, item by item, each with its service."""
        for page in self.pages(service, path, **query):
            yield from ({"service": service, **item} for item in page)

    def listed(self, service: str | None, path: str, most: int | None = None, **query: Any) -> Iterator[Json]:
        """The lists of one service or of all, `most` items of each. Raises SetupError last, for those that are away."""
        away = []
        for name in self.chosen(service):
            try:
                yield from islice(self.items(name, path, **query), most)
            except SetupError as error:
                away.append(str(error))
        if away:
            raise SetupError("; ".join(away))

    def _client(self, service: str) -> httpx.Client:
        try:
            return self._clients[service]
        except KeyError:
            raise SetupError(f"no service {service!r} in {SERVICES}: there are {', '.join(self.names)}") from None

    def _change(self, service: str, method: str, path: str, body: Mapping[str, Any]) -> Json:
        given = {key: value for key, value in body.items() if value is not None}
        return self._ask(service, method, path, json=given, headers={"Idempotency-Key": str(uuid.uuid4())})

    def _ask(self, service: str, method: str, path: str, **request: Any) -> Json:
        client = self._client(service)
        for left in reversed(range(TRIES)):
            try:
                answer = client.request(method, f"{self._root}{path}", **request)
            except httpx.TransportError as error:
                failed = SetupError(f"{service} can't be reached at {client.base_url}: {error or type(error).__name__}")
                hangs = method == "GET" and isinstance(error, httpx.TimeoutException)
                if left == 0 or hangs or isinstance(error, httpx.ConnectError):
                    raise failed from error
                continue
            if answer.status_code == 503 and left:
                time.sleep(float(answer.headers.get("retry-after", 1)))
                continue
            return self._read(service, answer)
        raise AssertionError("the last try returns or raises")

    def _read(self, service: str, answer: httpx.Response) -> Json:
        try:
            said: Json = answer.json()
        except ValueError:
            raise SetupError(f"{service} does not answer as a service of this system ({answer.status_code})") from None
        if answer.is_success:
            return said
        wrong = "; ".join(f"{each['field']} {each['problem']}" for each in said.get("errors", ()))
        detail = " ".join(part for part in (said.get("detail", ""), wrong) if part)
        title = f"{service}: {said.get('title', answer.status_code)}"
        if answer.status_code == 401 or str(said.get("type")).endswith(":forbidden"):
            raise SetupError(f"{title}. {TOKEN} must be a current token, with a role that may do this.")
        raise Problem(answer.status_code, "refused", title, detail)


def services(root: str = OPERATOR) -> Services:
    """The services that the environment names. Raises SetupError."""
    named, token = os.environ.get(SERVICES, ""), os.environ.get(TOKEN, "")
    missing = [name for name, value in ((SERVICES, named), (TOKEN, token)) if not value]
    if missing:
        raise SetupError(f"{' and '.join(missing)} must be set, as in {SERVICES}=NAME=http://host:port,...")
    addresses = dict(part.strip().partition("=")[::2] for part in named.split(",") if part.strip())
    wrong = [name for name, url in addresses.items() if not url.startswith(("http://", "https://"))]
    if wrong:
        raise SetupError(f"{SERVICES}: {', '.join(wrong)} needs an address like {wrong[0]}=http://host:port")
    return Services(addresses, token, root)
