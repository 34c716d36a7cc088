"""`python -m office`: the command line `salor`."""

import sys

from office import main

if __name__ == "__main__":
    sys.exit(main())
