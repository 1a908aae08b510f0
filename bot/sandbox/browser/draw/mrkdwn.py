"""Slack's mrkdwn as HTML. Text that people wrote reaches the page only through `escape`.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re

from markupsafe import Markup, escape

from bot.sandbox.browser.draw import emoji, references
from bot.sandbox.browser.draw.reader import Reader

_CODE = re.compile(r"```(.+?)```|`([^`\n]+)`", re.DOTALL)
_REFERENCE = re.compile("<([^<>\n\ue000]+)>")
_ATOM = re.compile("\ue000(\\d+)\ue001")
_STYLE = re.compile(r"(?<![A-Za-z0-9])([*_~])(?!\s|\1)((?:(?!\1)[^\n])+(?<!\s))\1(?![A-Za-z0-9])")
_QUOTE = re.compile(r"(?:&gt;|>) ?")
_TAGS = {"*": "strong", "_": "em", "~": "s"}


def mrkdwn(text: str, reader: Reader) -> Markup:
    """The mrkdwn of a text object: styles, quotes, code, links, mentions, dates, emoji."""
    return _Text(reader).lines(text)


def plain(text: str, *, with_emoji: bool = True) -> Markup:
    """Plain text with line breaks, and emoji by name."""
    return _with_breaks(emoji.replace_names(text) if with_emoji else text)


class _Text:
    """A parser of one text. HTML is replaced by a placeholder, an atom: it is not parsed again."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._atoms: list[Markup] = []

    def lines(self, text: str) -> Markup:
        text = text.replace("\ue000", "\ufffd").replace("\ue001", "\ufffd")
        text = _CODE.sub(self._code, text)
        return Markup().join(self._paragraphs(_REFERENCE.sub(self._reference, text).split("\n")))

    def _atom(self, html: Markup) -> str:
        self._atoms.append(html)
        return f"\ue000{len(self._atoms) - 1}\ue001"

    def _code(self, match: re.Match[str]) -> str:
        if match[1] is not None:
            return self._atom(Markup("<pre>{}</pre>").format(references.unescape(match[1].strip("\n"))))
        return self._atom(Markup("<code>{}</code>").format(references.unescape(match[2])))

    def _reference(self, match: re.Match[str]) -> str:
        return self._atom(references.draw(match[1], self._reader))

    def _paragraphs(self, lines: list[str]) -> list[Markup]:
        html: list[Markup] = []
        while lines:
            quote = self._quote(lines)
            if quote:
                html.append(Markup("<blockquote>{}</blockquote>").format(self._inline("\n".join(quote))))
                del lines[: len(quote)]
                continue
            plain_lines = _until_quote(lines)
            html.append(self._inline("\n".join(plain_lines)))
            del lines[: len(plain_lines)]
        return html

    def _quote(self, lines: list[str]) -> list[str]:
        """The quoted lines at the start, without `>`; `>>>` quotes everything that follows."""
        if lines[0].startswith(("&gt;&gt;&gt;", ">>>")):
            return [lines[0].replace("&gt;", ">")[3:].lstrip(), *lines[1:]]
        quote: list[str] = []
        for line in lines:
            mark = _QUOTE.match(line)
            if mark is None:
                break
            quote.append(line[mark.end() :])
        return quote

    def _inline(self, text: str, within: str = "") -> Markup:
        """Styles, each at most once around a piece: no text nests deeper than there are styles."""
        html, at = Markup(), 0
        for match in _STYLE.finditer(text):
            if match[1] in within:
                continue
            tag, inner = _TAGS[match[1]], self._inline(match[2], within + match[1])
            html += self._text(text[at : match.start()]) + Markup("<{0}>{1}</{0}>").format(tag, inner)
            at = match.end()
        return html + self._text(text[at:])

    def _text(self, text: str) -> Markup:
        html, at = Markup(), 0
        for match in _ATOM.finditer(text):
            html += _plain(text[at : match.start()]) + self._atoms[int(match[1])]
            at = match.end()
        return html + _plain(text[at:])


def _until_quote(lines: list[str]) -> list[str]:
    end = next((index for index, line in enumerate(lines) if _QUOTE.match(line)), len(lines))
    return lines[:end]


def _plain(text: str) -> Markup:
    return _with_breaks(emoji.replace_names(references.unescape(text)))


def _with_breaks(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))
