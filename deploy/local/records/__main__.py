"""`python -m deploy.local.records --kafka HOST:PORT [--prefix P] [--plan FILE]`: send the year of records."""

import argparse
import asyncio
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from deploy.local import records, wire
from deploy.local.trouble import Trouble
from shared.clock import WorkingDays


async def run(options: argparse.Namespace) -> int:
    zone = ZoneInfo(options.zone)
    plan = records.read(options.plan)
    made = records.sample(plan, datetime.now(zone).date(), WorkingDays(zone))
    async with wire.producer(options.kafka) as producer:
        return await wire.send(producer, records.letters(made, plan.source), options.prefix)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kafka", required=True, help="host:port of the broker")
    parser.add_argument("--prefix", default="", help="of the topics")
    parser.add_argument("--plan", type=Path, default=records.PLAN)
    parser.add_argument("--zone", default="Asia/Jakarta", help="the district's time zone")
    options = parser.parse_args()
    try:
        sent = asyncio.run(run(options))
    except Trouble as trouble:
        print(f"records: {trouble}", file=sys.stderr)
        return 1
    print(f"records: {sent} sent")
    return 0


if __name__ == "__main__":
    sys.exit(main())
