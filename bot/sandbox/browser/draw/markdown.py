"""The markdown block: headings, lists, quotes, code, rules, links and inline styles."""

import re

from markupsafe import Markup, escape

from bot.sandbox.browser.draw import emoji, references

_FENCE = re.compile(r"^```[^\n]*\n(.*?)\n?```\s*?$", re.DOTALL | re.MULTILINE)
_LINE = re.compile(r"^(?:(#{1,6}) +(.+)|(-{3,}|\*{3,})|> ?(.*)|[-*+] +(.+)|\d+[.)] +(.+))$")
_INLINE = re.compile(
    r"`([^`\n]+)`|!?\[([^\]\n]*)\]\(([^)\s]+)\)|\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~|\*([^*\n]+)\*|\b_([^_\n]+)_\b"
)
_DEEPEST = 4  # nested styles; deeper ones are shown as text


def markdown(text: str) -> Markup:
    """The text of a markdown block as HTML."""
    pieces, at = Markup(), 0
    for match in _FENCE.finditer(text):
        pieces += _blocks(text[at : match.start()]) + Markup("<pre>{}</pre>").format(match[1])
        at = match.end()
    return pieces + _blocks(text[at:])


def _blocks(text: str) -> Markup:
    html, kind = Markup(), ""
    run: list[Markup] = []
    for line in [*text.strip("\n").split("\n"), ""]:
        now, content = _parse_line(line)
        if now != kind or now == "heading":
            html += _close(kind, run)
            run, kind = [], now
        if now:
            run.append(content)
    return html + _close(kind, run)


def _parse_line(line: str) -> tuple[str, Markup]:
    """The kind of element that a line belongs to, and its content."""
    match = _LINE.match(line.strip())
    if not line.strip():
        return "", Markup()
    if match is None:
        return "p", inline(line.strip())
    if match[1]:
        return "heading", Markup("<h{0}>{1}</h{0}>").format(min(len(match[1]) + 2, 6), inline(match[2]))
    if match[3]:
        return "heading", Markup("<hr>")
    kinds = (("blockquote", match[4]), ("ul", match[5]), ("ol", match[6]))
    return next((kind, inline(content)) for kind, content in kinds if content is not None)


def _close(kind: str, run: list[Markup]) -> Markup:
    if kind == "heading":
        return Markup().join(run)
    if kind in ("ul", "ol"):
        items = Markup().join(Markup("<li>{}</li>").format(line) for line in run)
        return Markup("<{0}>{1}</{0}>").format(kind, items)
    return Markup("<{0}>{1}</{0}>").format(kind, Markup("<br>").join(run)) if kind else Markup()


def inline(text: str, depth: int = 0) -> Markup:
    """The inline styles of one line as HTML."""
    if depth >= _DEEPEST:
        return escape(text)
    html, at = Markup(), 0
    for match in _INLINE.finditer(text):
        html += escape(emoji.replace_names(text[at : match.start()])) + _style(match, depth)
        at = match.end()
    return html + escape(emoji.replace_names(text[at:]))


def _style(match: re.Match[str], depth: int) -> Markup:
    code, label, address, bold, bold2, struck, italic, italic2 = match.groups()
    if code is not None:
        return Markup("<code>{}</code>").format(code)
    if address is not None:
        return references.link(address, label)
    if bold or bold2:
        return Markup("<strong>{}</strong>").format(inline(bold or bold2, depth + 1))
    if struck:
        return Markup("<s>{}</s>").format(inline(struck, depth + 1))
    return Markup("<em>{}</em>").format(inline(italic or italic2, depth + 1))
