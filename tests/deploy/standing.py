"""`make up`'s supervisor without the services: `python -m tests.deploy.standing FOLDER`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from deploy.local.detached import Detached

if __name__ == "__main__":
    sys.exit(asyncio.run(Detached(Path(sys.argv[1]), programs=[]).run()))
