"""`python -m shared.operator`: the command line `salor`."""

import sys

from shared.operator.cli import main

if __name__ == "__main__":
    sys.exit(main())
