"""Read /metrics as Prometheus does."""

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.app import Keyturn

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


class Scraped:
    """The samples of one scrape."""

    def __init__(self, text: str) -> None:
        self.samples: Samples = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def __call__(self, name: str, **labels: str) -> float | None:
        """The number of this name with exactly these labels."""
        return self.samples.get((f"keyturn_{name}", frozenset(labels.items())))

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.samples}


async def scrape(bot: Keyturn, http: aiohttp.ClientSession) -> Scraped:
    """Update the gauges from the database, and scrape."""
    await bot.scheduler.count()
    async with http.get(f"{bot.health_url}/metrics") as answer:
        assert answer.status == 200
        return Scraped(await answer.text())
