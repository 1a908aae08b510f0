"""What has happened in the company before one looks: a few requests, really made and really decided."""

from bot.sandbox.town import Town


async def live_a_little(town: Town) -> None:
    """Gus may look at the dashboards, Omar has been given GitHub, and Mia has something to decide."""
    await ask(town, "gus", "dashboards viewer 8h because I prepare the hand-over")
    await ask(town, "omar", "github engineering 7d because the schema migration starts on Monday")
    await approve(town, "olga", "Engineering team")
    await ask(town, "ada", "salesforce sales-user 30d because support needs the customer export")
    for person in ("gus", "omar", "olga"):
        town.person(person).read()


async def ask(town: Town, name: str, words: str) -> None:
    """Types /request-access with these words, looks at the form and sends it."""
    person = town.person(name)
    outcome = await person.command("/request-access", words)
    assert outcome.ok and person.view is not None, f"{name} sees no form: {outcome}"  # noqa: S101, PT018
    sent = await person.submit()
    assert sent.ok, f"{name} cannot send the form: {sent}"  # noqa: S101
    await town.settle()


async def approve(town: Town, name: str, words: str) -> None:
    """Presses Approve on the card with these words, and confirms."""
    person = town.person(name)
    await person.click(town.card(name, words), "Approve")
    sent = await person.submit()
    assert sent.ok, f"{name} cannot approve: {sent}"  # noqa: S101
    await town.settle()
