"""References in mrkdwn, written between `<` and `>`: links, mentions, channels, dates."""

from markupsafe import Markup, escape

from bot.sandbox.browser.draw.reader import Reader

_SAFE = ("http://", "https://", "mailto:", "tel:")
_BROADCASTS = ("here", "channel", "everyone")


def unescape(text: str) -> str:
    """The text without the three entities that Slack has."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def draw(inside: str, reader: Reader) -> Markup:
    """A reference as HTML; as text if it is none."""
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return mention(target[1:], reader)
    if target.startswith("#"):
        return Markup('<span class="mention">#{}</span>').format(reader.names.channel(target[1:]))
    if target.startswith("!"):
        return _special(target[1:], unescape(label), reader)
    return link(unescape(target), unescape(label))


def mention(user_id: str, reader: Reader) -> Markup:
    """A mention of a person, highlighted for the reader themselves."""
    kind = "mention mine" if user_id == reader.user_id else "mention"
    return Markup('<span class="{}">@{}</span>').format(kind, reader.names.person(user_id))


def link(address: str, label: str = "") -> Markup:
    """A link that opens a new window; an address of another scheme (`javascript:`) stays text."""
    if not address.lower().startswith(_SAFE):
        return escape(f"<{address}|{label}>" if label else f"<{address}>")
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(
        address, label or address.removeprefix("mailto:")
    )


def usergroup(group_id: str, reader: Reader) -> Markup:
    """A mention of a user group, by its handle."""
    return Markup('<span class="mention">@{}</span>').format(reader.names.usergroup(group_id))


def _special(inside: str, label: str, reader: Reader) -> Markup:
    kind, _, rest = inside.partition("^")
    if kind == "date":
        return _date(rest.split("^"), label, reader)
    if kind == "subteam":
        return usergroup(rest, reader)
    if kind in _BROADCASTS:
        return Markup('<span class="mention">@{}</span>').format(kind)
    return escape(label or f"<!{inside}>")


def _date(parts: list[str], fallback: str, reader: Reader) -> Markup:
    """The date of `seconds^format^link`; its fallback if it cannot be read, as in Slack."""
    seconds, pattern, address = [*parts, "", "", ""][:3]
    text = reader.date(seconds, pattern)
    if text is None:
        return escape(fallback)
    html = Markup('<time title="{}">{}</time>').format(f"{reader.moment(int(seconds)):%Y-%m-%d %H:%M}", text)
    return link(address, text) if address else html
