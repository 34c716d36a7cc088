"""`salor forecast`: when the disk will be full of topics that are kept for good."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from aiokafka.errors import KafkaError

from shared.errors import SetupError
from shared.events import TOPICS
from shared.messaging.brokers import Brokers, refusal
from shared.messaging.forecast import kept, measure, parse_size, table
from shared.settings import KafkaSettings, read


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(forecast)


def forecast(
    kafka: Annotated[str, typer.Option(envvar="SALOR_KAFKA", help="host:port, several with commas")],
    free: Annotated[str, typer.Option(help="free disk of all brokers together, e.g. 500G")],
    prefix: Annotated[str, typer.Option(envvar="SALOR_TOPIC_PREFIX", help="what goes before every topic")] = "",
) -> None:
    """Sizes and growth of the topics that are never trimmed, and for how long the free disk lasts."""
    try:
        space = parse_size(free)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    brokers = Brokers.of(read(KafkaSettings, kafka=kafka))
    topics = [prefix + name for name in kept(TOPICS.values())]
    try:
        growths = asyncio.run(measure(brokers, topics, datetime.now(UTC)))
    except (KafkaError, OSError) as error:
        raise SetupError(refusal(error) or f"{kafka} does not answer ({type(error).__name__})") from None
    for line in table(growths, space):
        typer.echo(line)
