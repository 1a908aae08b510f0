"""The slash commands, and their answers to `help`."""

from blocks.kit.text import esc
from models.durations import duration_words, format_duration
from models.queries.request_examples import RequestExamples
from models.text import join_words

REQUEST_COMMAND, ADMIN_COMMAND = "/request-access", "/access-admin"
_WORDS = ("help", "?", "-h", "--help")
_MAX_APPS = 3
"""Apps that a line names before it counts the rest."""


def is_help(text: str) -> bool:
    """Whether a command's text asks how the command is used."""
    return text.casefold() in _WORDS


def request_help(examples: RequestExamples) -> str:
    """How to request access by typing, with apps that the person can request, and where things are."""
    places = "Your access, your requests and what waits for you are on Keyturn's *Home* tab."
    lines = [
        "*Request access*",
        f"`{REQUEST_COMMAND}` opens the form.",
        *_typed(examples),
        *_emergency(examples),
        *_on_behalf(examples),
        f"{places} To comment on a request, reply in its card's thread.",
        *([f"You're a workspace admin: `{ADMIN_COMMAND} help`."] if examples.admin else []),
    ]
    return "\n".join(lines)


def _typed(examples: RequestExamples) -> list[str]:
    usual = examples.usual
    if usual is None:
        return ["There's nothing you can request right now. Ask a workspace admin."]
    length = format_duration(usual.length) if usual.length else "forever"
    example = f"`{REQUEST_COMMAND} {usual.app.key} {usual.access.key} {length} because INC-42`"
    return [
        f"{example} fills it in: app, access, duration and reason.",
        "Leave out anything; you can review before sending.",
        "Durations: 30m, 8h, 2 days, 1 week or forever, as the app allows.",
    ]


def _emergency(examples: RequestExamples) -> list[str]:
    usual = examples.emergency
    if usual is None or usual.length is None:
        return []
    example = f"`{REQUEST_COMMAND} {usual.app.key} {usual.access.key} emergency because checkout is down`"
    longest = duration_words(usual.length)
    return [f"{example}: immediate access for up to {longest}, reviewed afterwards."]


def _on_behalf(examples: RequestExamples) -> list[str]:
    if not examples.on_behalf:
        return []
    names = join_words([esc(name) for name in examples.on_behalf], limit=_MAX_APPS)
    return [f"For someone else: choose them in the form under *Request for* ({names})."]


def admin_help() -> str:
    """How to find an app's settings by typing, and what else is there."""
    lines = [
        "*Set up Keyturn*",
        f"`{ADMIN_COMMAND}` lists the apps: add one, or edit its accesses, approval, durations and rules.",
        f"`{ADMIN_COMMAND} github` opens an app, or those that match.",
        "What failed or needs a second admin waits under *To do* on Keyturn's *Home* tab.",
    ]
    return "\n".join(lines)
