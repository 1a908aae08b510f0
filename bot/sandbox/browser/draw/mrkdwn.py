"""Slack's mrkdwn as HTML. Nothing that people wrote gets into the page except through `escape`.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re

from markupsafe import Markup, escape

from bot.sandbox.browser.draw import emoji, references
from bot.sandbox.browser.draw.reader import Reader

_CODE = re.compile(r"```(.+?)```|`([^`\n]+)`", re.DOTALL)
_REFERENCE = re.compile("<([^<>\n\ue000]+)>")
_ATOM = re.compile("\ue000(\\d+)\ue001")
_STYLED = re.compile(r"(?<![A-Za-z0-9])([*_~])(?!\s|\1)((?:(?!\1)[^\n])+(?<!\s))\1(?![A-Za-z0-9])")
_QUOTED = re.compile(r"(?:&gt;|>) ?")
_TAGS = {"*": "strong", "_": "em", "~": "s"}


def mrkdwn(text: str, reader: Reader) -> Markup:
    """A text object's mrkdwn: styles, quotes, code, links, mentions, dates, emoji."""
    return _Text(reader).lines(text)


def plain(text: str, *, with_emoji: bool = True) -> Markup:
    """Plain text: as it is, with line breaks."""
    return _broken(emoji.replaced(text) if with_emoji else text)


class _Text:
    """One text being read. What is finished is put aside as an atom, so that nothing reads it again."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._atoms: list[Markup] = []

    def lines(self, text: str) -> Markup:
        text = text.replace("\ue000", "\ufffd").replace("\ue001", "\ufffd")
        text = _CODE.sub(self._code, text)
        return Markup().join(self._paragraphs(_REFERENCE.sub(self._reference, text).split("\n")))

    def _atom(self, finished: Markup) -> str:
        self._atoms.append(finished)
        return f"\ue000{len(self._atoms) - 1}\ue001"

    def _code(self, found: re.Match[str]) -> str:
        if found[1] is not None:
            return self._atom(Markup("<pre>{}</pre>").format(references.unescape(found[1].strip("\n"))))
        return self._atom(Markup("<code>{}</code>").format(references.unescape(found[2])))

    def _reference(self, found: re.Match[str]) -> str:
        return self._atom(references.draw(found[1], self._reader))

    def _paragraphs(self, lines: list[str]) -> list[Markup]:
        drawn: list[Markup] = []
        while lines:
            quoted = self._quoted(lines)
            if quoted:
                drawn.append(Markup("<blockquote>{}</blockquote>").format(self._inline("\n".join(quoted))))
                del lines[: len(quoted)]
                continue
            plain_lines = _until_quote(lines)
            drawn.append(self._inline("\n".join(plain_lines)))
            del lines[: len(plain_lines)]
        return drawn

    def _quoted(self, lines: list[str]) -> list[str]:
        """The quoted lines at the beginning, without their marks; `>>>` quotes all that follows."""
        if lines[0].startswith(("&gt;&gt;&gt;", ">>>")):
            return [lines[0].replace("&gt;", ">")[3:].lstrip(), *lines[1:]]
        quoted: list[str] = []
        for line in lines:
            mark = _QUOTED.match(line)
            if mark is None:
                break
            quoted.append(line[mark.end() :])
        return quoted

    def _inline(self, text: str, within: str = "") -> Markup:
        """Styles, each at most once around a piece, so that no text nests deeper than there are styles."""
        drawn, at = Markup(), 0
        for found in _STYLED.finditer(text):
            if found[1] in within:
                continue
            tag, inner = _TAGS[found[1]], self._inline(found[2], within + found[1])
            drawn += self._text(text[at : found.start()]) + Markup("<{0}>{1}</{0}>").format(tag, inner)
            at = found.end()
        return drawn + self._text(text[at:])

    def _text(self, text: str) -> Markup:
        drawn, at = Markup(), 0
        for found in _ATOM.finditer(text):
            drawn += _plain(text[at : found.start()]) + self._atoms[int(found[1])]
            at = found.end()
        return drawn + _plain(text[at:])


def _until_quote(lines: list[str]) -> list[str]:
    end = next((index for index, line in enumerate(lines) if _QUOTED.match(line)), len(lines))
    return lines[:end]


def _plain(text: str) -> Markup:
    return _broken(emoji.replaced(references.unescape(text)))


def _broken(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))
