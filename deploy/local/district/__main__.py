"""`python -m deploy.local.district --kafka HOST:PORT [--prefix P] [--patience S] [FILE ...]`: the sample district."""

import argparse
import asyncio
import sys
from pathlib import Path

from deploy.local import district, wire
from deploy.local.trouble import Trouble


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kafka", required=True, help="host:port of the broker")
    parser.add_argument("--prefix", default="", help="of the topics")
    parser.add_argument("--patience", type=float, default=wire.PATIENCE, help="seconds that the broker may take")
    parser.add_argument("files", nargs="*", type=Path, help="seed files (default: the whole sample district)")
    options = parser.parse_args()
    try:
        records = district.read(options.files or district.DISTRICT)
        sent = asyncio.run(district.load(options.kafka, records, options.prefix, options.patience))
    except Trouble as trouble:
        print(f"district: {trouble}", file=sys.stderr)
        return 1
    print(f"district: {sent} of {len(records)} records were new")
    return 0


if __name__ == "__main__":
    sys.exit(main())
