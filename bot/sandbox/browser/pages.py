"""The page and its regions, drawn from templates."""

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from bot.sandbox.browser import inspecting, ruling
from bot.sandbox.browser.draw import dates
from bot.sandbox.browser.draw.icons import icon
from bot.sandbox.browser.drawn import Drawn
from bot.sandbox.browser.hooks import Setup
from bot.sandbox.browser.memberships import Memberships
from bot.sandbox.browser.screen import Screen

REGIONS = ("people", "talks", "top", "main", "side", "drawer", "modal", "question", "notices")
TABS = {"traffic": "Traffic", "kit": "Block Kit", "members": "Groups and channels", "break": "Break things"}


def environment() -> Environment:
    """The templates, with everything escaped that is not Markup."""
    made = Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.globals["icon"] = icon
    return made


class Pages:
    """Draws for every window."""

    def __init__(self, setup: Setup, memberships: Memberships) -> None:
        self._setup, self._memberships = setup, memberships
        self._templates = environment()
        self._blocks = Drawn(self._templates.get_template("blocks.html"))

    async def whole(self, screen: Screen) -> str:
        """The page as it is first loaded; it works as far as it can without the script."""
        regions = {name: Markup(html) for name, html in (await self.regions(screen)).items()}  # noqa: S704  our own templates'
        return self._templates.get_template("page.html").render(
            screen=screen, regions=regions, setup=self._setup
        )

    async def regions(self, screen: Screen) -> dict[str, str]:
        """The HTML of each region by its name."""
        given = await self._given(screen)
        return {name: self._templates.get_template(f"regions/{name}.html").render(given) for name in REGIONS}

    async def _given(self, screen: Screen) -> dict[str, Any]:
        time = self._setup.time
        due = await time.next_due() if time else None
        return {
            "screen": screen,
            "place": screen.place,
            "setup": self._setup,
            "blocks": self._blocks,
            "due": due and self._when(screen, due.at, due.what),
            "dates": dates,
            "tabs": TABS | {each.key: each.name for each in self._setup.panels},
            "drawer": await self._drawer(screen),
            "faults": ruling.HOW,
        }

    def _when(self, screen: Screen, at: Any, what: str) -> str:
        words = dates.formatted(
            at.astimezone(screen.reader.zone), "{date_short_pretty} {time}", screen.reader.now
        )
        return f"{what}, {words}"

    async def _drawer(self, screen: Screen) -> Any:
        tab = screen.place.drawer
        own: dict[str, Callable[[], Any]] = {
            "traffic": lambda: (inspecting.traffic(screen), inspecting.entry(screen)),
            "kit": lambda: inspecting.kit(screen),
            "members": lambda: (inspecting.members(screen), inspecting.steps(screen, self._memberships)),
            "break": lambda: screen.slack.faults.active,
        }
        return own[tab]() if tab in own else await inspecting.panel(list(self._setup.panels), tab)
