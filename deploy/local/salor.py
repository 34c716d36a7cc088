"""`./salor`: the command line on the running stack of `make up`, with a token of its issuer.

An operator's; or SALOR_AS names an employee of the sample district, by address or id, who works as one.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import sys

from deploy.local.detached import Detached
from deploy.local.district import seed
from deploy.local.stack import SERVICES
from deploy.local.trouble import Trouble
from office import main
from shared.operator.cli.client import SERVICES as ADDRESSES
from shared.operator.cli.client import TOKEN

AS = "SALOR_AS"
EMPLOYEE = ("employee", "superior", "officer")
"""What an employee may be here. Of whom somebody is the superior, the directory says."""


async def find(detached: Detached) -> dict[str, str]:
    """What the command line asks of its environment."""
    if detached.supervisor is None:
        raise Trouble(f"nothing runs here: make up first, or set {ADDRESSES} and {TOKEN}")
    stack = detached.stack()
    addresses = ",".join(f"{name}={stack.http(name)}" for name in SERVICES)
    roles, subject = caller(os.environ.get(AS))
    return {ADDRESSES: addresses, TOKEN: await stack.token(roles, subject)}


def caller(name: str | None) -> tuple[tuple[str, ...], str]:
    """The roles and the subject of who works here. Raises Trouble for somebody who is not in the sample district."""
    if not name:
        return ("operator",), getpass.getuser()
    known = seed.employees()
    ids = {str(one.employee_id) for one in known.values()}
    if name not in known and name not in ids:
        raise Trouble(f"{AS}: nobody of the sample district is {name!r}; name an address like {next(iter(known))}")
    return EMPLOYEE, str(known[name].employee_id) if name in known else name


def run(arguments: list[str]) -> int:
    """The exit code: 2 where no stack runs."""
    if ADDRESSES not in os.environ and "--help" not in arguments and arguments:
        try:
            os.environ.update(asyncio.run(find(Detached())))
        except (Trouble, OSError) as trouble:
            sys.stderr.write(f"{trouble}\n")
            return 2
    return main(arguments)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
