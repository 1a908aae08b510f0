"""The page and its regions, drawn from templates."""

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
from bot.sandbox.browser.membership_history import Memberships
from bot.sandbox.browser.screen import drawer
from bot.sandbox.browser.screen.screen import Screen

REGIONS = ("people", "talks", "top", "main", "side", "drawer", "modal", "question", "notices")
TABS = {"traffic": "Traffic", "kit": "Block Kit", "members": "Groups and channels", "break": "Break things"}


def environment() -> Environment:
    """The templates, with everything escaped that is not Markup."""
    made = Environment(
        loader=PackageLoader("bot.sandbox.browser", "templates"),
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
            "faults": world_controls.HOW,
        }

    def _when(self, screen: Screen, at: Any, what: str) -> str:
        words = dates.formatted(
            at.astimezone(screen.reader.zone), "{date_short_pretty} {time}", screen.reader.now
        )
        return f"{what}, {words}"

    async def _drawer(self, screen: Screen) -> Any:
        tab = screen.place.drawer
        own: dict[str, Callable[[], Any]] = {
            "traffic": lambda: (drawer.traffic(screen), drawer.entry(screen)),
            "kit": lambda: drawer.kit(screen),
            "members": lambda: (drawer.members(screen), drawer.steps(screen, self._memberships)),
            "break": lambda: screen.slack.faults.active,
        }
        return own[tab]() if tab in own else await drawer.panel(list(self._setup.panels), tab)


KEPT = 2000  # surfaces, the ones looked at last


class Drawn:
    """Draws the blocks of a surface, or remembers them."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._kept: OrderedDict[tuple[str, str], tuple[Any, Markup]] = OrderedDict()

    def __call__(self, canvas: Canvas) -> Markup:
        """The blocks as HTML."""
        key, look = (canvas.reader.user_id, canvas.ref), _look(canvas)
        kept = self._kept.pop(key, None)
        if kept is None or kept[0] != look:
            kept = look, Markup(self._template.render(canvas=canvas))  # noqa: S704  our own template's
        self._kept[key] = kept
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept[1]


def _look(canvas: Canvas) -> tuple[Any, ...]:
    """Everything that the HTML depends on; times are told in minutes."""
    marks = canvas.marks
    busy = sorted(key for key in marks.busy if key.startswith(canvas.ref))
    troubles = {key: text for key, text in marks.troubles.items() if key.startswith(canvas.ref)}
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
