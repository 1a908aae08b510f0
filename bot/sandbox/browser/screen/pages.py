"""The page and its regions as HTML, drawn from templates. Blocks that did not change are cached."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, Template
from markupsafe import Markup

from bot.sandbox.browser.actions import world_controls
from bot.sandbox.browser.draw import dates
from bot.sandbox.browser.draw.canvas import Canvas
from bot.sandbox.browser.draw.pictures import icon
from bot.sandbox.browser.extension_points import Setup
from bot.sandbox.browser.membership_history import MembershipHistory
from bot.sandbox.browser.screen import drawer
from bot.sandbox.browser.screen.screen import Screen

REGIONS = ("people", "talks", "top", "guide", "main", "side", "drawer", "modal", "question", "notices")
TABS = {"members": "Groups and channels", "traffic": "Traffic", "kit": "Block Kit"}
CACHE_SIZE = 2000  # surfaces, those drawn last


def environment() -> Environment:
    """The templates; everything is escaped that is not Markup."""
    templates = Environment(
        loader=PackageLoader("bot.sandbox.browser", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    templates.globals["icon"] = icon
    return templates


class Pages:
    """Draws the pages and regions of all windows."""

    def __init__(self, setup: Setup, memberships: MembershipHistory) -> None:
        self._setup, self._memberships = setup, memberships
        self._templates = environment()
        self._blocks = BlockCache(self._templates.get_template("blocks.html"))

    async def whole(self, screen: Screen) -> str:
        """The whole page, as a browser loads it first; without the script it can be read."""
        regions = {name: Markup(html) for name, html in (await self.regions(screen)).items()}  # noqa: S704  our own templates'
        return self._templates.get_template("page.html").render(
            screen=screen, regions=regions, setup=self._setup
        )

    async def regions(self, screen: Screen) -> dict[str, str]:
        """The HTML of each region by its name."""
        variables = await self._variables(screen)
        return {
            name: self._templates.get_template(f"regions/{name}.html").render(variables) for name in REGIONS
        }

    async def _variables(self, screen: Screen) -> dict[str, Any]:
        time, guide = self._setup.time, self._setup.guide
        due = await time.next_due() if time else None
        return {
            "screen": screen,
            "place": screen.place,
            "setup": self._setup,
            "blocks": self._blocks,
            "due": due and f"{due.text} {dates.until(due.at, screen.reader.now)}",
            "progress": await guide.progress() if guide else None,
            "dates": dates,
            "tabs": TABS | {panel.key: panel.name for panel in self._setup.panels},
            "drawer": await self._drawer(screen),
            "faults": world_controls.FAULTS,
        }

    async def _drawer(self, screen: Screen) -> Any:
        tab = screen.place.drawer
        contents: dict[str, Callable[[], Any]] = {
            "traffic": lambda: (drawer.traffic(screen), drawer.entry(screen)),
            "kit": lambda: drawer.block_kit(screen),
            "members": lambda: (drawer.members(screen), drawer.changes(screen, self._memberships)),
            "break": lambda: screen.slack.faults.active,
        }
        return contents[tab]() if tab in contents else await drawer.panel(list(self._setup.panels), tab)


class BlockCache:
    """Draws the blocks of a surface, or returns the HTML of the last time if nothing changed.

    A window is redrawn at every change anywhere, and most surfaces stay as they are.
    """

    def __init__(self, template: Template) -> None:
        self._template = template
        self._cache: OrderedDict[tuple[str, str], tuple[Any, Markup]] = OrderedDict()

    def __call__(self, canvas: Canvas) -> Markup:
        """The blocks as HTML."""
        key, state = (canvas.reader.user_id, canvas.ref), _state(canvas)
        entry = self._cache.pop(key, None)
        if entry is None or entry[0] != state:
            entry = state, Markup(self._template.render(canvas=canvas))  # noqa: S704  our own template's
        self._cache[key] = entry
        if len(self._cache) > CACHE_SIZE:
            self._cache.popitem(last=False)
        return entry[1]


def _state(canvas: Canvas) -> tuple[Any, ...]:
    """Everything that the HTML depends on; the time to the minute."""
    status = canvas.status
    busy = sorted(key for key in status.busy if key.startswith(canvas.ref))
    troubles = {key: text for key, text in status.troubles.items() if key.startswith(canvas.ref)}
    minute = canvas.reader.now.replace(second=0, microsecond=0)
    values = canvas.form.as_json()
    return (
        canvas.blocks,
        values,
        busy,
        troubles,
        dict(canvas.errors),
        minute,
        dict(canvas.people),
        canvas.files,
    )
