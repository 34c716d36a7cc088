"""`./salor`: the operator's command line on the running stack of `make up`, with a token of its issuer."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys

from deploy.local.detached import Detached
from deploy.local.stack import SERVICES
from deploy.local.trouble import Trouble
from shared.operator.cli import main
from shared.operator.cli.client import SERVICES as ADDRESSES
from shared.operator.cli.client import TOKEN


async def find(detached: Detached) -> dict[str, str]:
    """What the command line asks of its environment."""
    if detached.supervisor is None:
        raise Trouble(f"nothing runs here: make up first, or set {ADDRESSES} and {TOKEN}")
    stack = detached.stack()
    addresses = ",".join(f"{name}={stack.http(name)}" for name in SERVICES)
    return {ADDRESSES: addresses, TOKEN: await stack.token(["operator"], getpass.getuser())}


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
