"""Makes a checkout ready to run, with any Python >= 3.11: `python3 -m deploy.local.bootstrap`.

Written so that a Python too old for the rest still understands it.
"""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")


def main() -> int:
    if sys.version_info >= OLDEST:
        from deploy.local import install

        return install.main()
    for path in filter(None, map(shutil.which, NEWER)):
        if subprocess.call([path, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(path, [path, "-m", "deploy.local.bootstrap"])
    found = "{}.{}".format(*sys.version_info)
    sys.stderr.write(f"Python {found} is too old, Salor needs 3.11: install it, then name it: make PYTHON=python3.12\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
