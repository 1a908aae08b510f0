"""The markdown block: headings, lists, quotes, code, rules, links and inline styles."""

import re

from markupsafe import Markup, escape

from bot.sandbox.browser.draw import emoji, references

_FENCE = re.compile(r"^```[^\n]*\n(.*?)\n?```\s*?$", re.DOTALL | re.MULTILINE)
_LINE = re.compile(r"^(?:(#{1,6}) +(.+)|(-{3,}|\*{3,})|> ?(.*)|[-*+] +(.+)|\d+[.)] +(.+))$")
_INLINE = re.compile(
    r"`([^`\n]+)`|!?\[([^\]\n]*)\]\(([^)\s]+)\)|\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~|\*([^*\n]+)\*|\b_([^_\n]+)_\b"
)
_DEEPEST = 4  # styles within styles; a text made to nest deeper is shown as it is


def markdown(text: str) -> Markup:
    """The text of a markdown block as HTML."""
    pieces, at = Markup(), 0
    for found in _FENCE.finditer(text):
        pieces += _blocks(text[at : found.start()]) + Markup("<pre>{}</pre>").format(found[1])
        at = found.end()
    return pieces + _blocks(text[at:])


def _blocks(text: str) -> Markup:
    drawn, kind = Markup(), ""
    run: list[Markup] = []
    for line in [*text.strip("\n").split("\n"), ""]:
        now, content = _read(line)
        if now != kind or now == "heading":
            drawn += _close(kind, run)
            run, kind = [], now
        if now:
            run.append(content)
    return drawn + _close(kind, run)


def _read(line: str) -> tuple[str, Markup]:
    """What a line belongs to, and what it adds."""
    found = _LINE.match(line.strip())
    if not line.strip():
        return "", Markup()
    if found is None:
        return "p", inline(line.strip())
    if found[1]:
        return "heading", Markup("<h{0}>{1}</h{0}>").format(min(len(found[1]) + 2, 6), inline(found[2]))
    if found[3]:
        return "heading", Markup("<hr>")
    kinds = (("blockquote", found[4]), ("ul", found[5]), ("ol", found[6]))
    return next((kind, inline(content)) for kind, content in kinds if content is not None)


def _close(kind: str, run: list[Markup]) -> Markup:
    if kind == "heading":
        return Markup().join(run)
    if kind in ("ul", "ol"):
        items = Markup().join(Markup("<li>{}</li>").format(each) for each in run)
        return Markup("<{0}>{1}</{0}>").format(kind, items)
    return Markup("<{0}>{1}</{0}>").format(kind, Markup("<br>").join(run)) if kind else Markup()


def inline(text: str, depth: int = 0) -> Markup:
    """Inline styles of one line."""
    if depth >= _DEEPEST:
        return escape(text)
    drawn, at = Markup(), 0
    for found in _INLINE.finditer(text):
        drawn += escape(emoji.replaced(text[at : found.start()])) + _styled(found, depth)
        at = found.end()
    return drawn + escape(emoji.replaced(text[at:]))


def _styled(found: re.Match[str], depth: int) -> Markup:
    code, label, address, bold, bold2, struck, italic, italic2 = found.groups()
    if code is not None:
        return Markup("<code>{}</code>").format(code)
    if address is not None:
        return references.link(address, label)
    if bold or bold2:
        return Markup("<strong>{}</strong>").format(inline(bold or bold2, depth + 1))
    if struck:
        return Markup("<s>{}</s>").format(inline(struck, depth + 1))
    return Markup("<em>{}</em>").format(inline(italic or italic2, depth + 1))
