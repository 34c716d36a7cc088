"""Who took a report in for a citizen, and by which channel."""

from collections.abc import Sequence

from services.complaints.model.intake import Intake
from shared.messaging.tx import Tx

INSERT_INTAKES = """INSERT INTO intake (complaint_id, channel, clerk, consented_at)
SELECT i.complaint_id, i.channel, i.clerk, $4::timestamptz
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS i(complaint_id, channel, clerk)"""


async def insert_intakes(tx: Tx, intakes: Sequence[Intake]) -> None:
    """Keep who took complaints in. The citizens consented just now, or nothing would be kept."""
    ordered = sorted(intakes, key=lambda one: one.complaint_id)
    columns = ([getattr(one, name) for one in ordered] for name in ("complaint_id", "channel", "clerk"))
    await tx.execute(INSERT_INTAKES, *columns, tx.now)
