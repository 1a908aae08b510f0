"""Uploaded files: bytes in memory, reachable under the server's own address."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.core.ids import Ids, secret


@dataclass
class Upload:
    """A file under way; `content` is None until its bytes have come."""

    id: str
    name: str
    length: int
    key: str
    base: str
    title: str = ""
    content: bytes | None = None

    def as_json(self) -> Json:
        url = f"{self.base}files/{self.key}/{self.name}"
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title,
            "size": self.length,
            "url_private": url,
        }


class Files:
    """All uploads."""

    def __init__(self, ids: Ids, base: Callable[[], str]) -> None:
        self._ids, self._base = ids, base
        self._by_key: dict[str, Upload] = {}

    def expect(self, name: str, length: int) -> Upload:
        upload = Upload(self._ids.new("F"), name, length, secret(), self._base(), name)
        self._by_key[upload.key] = upload
        return upload

    def address(self, upload: Upload) -> str:
        """Where the bytes go by POST."""
        return f"{self._base()}upload/{upload.key}"

    def by_key(self, key: str) -> Upload | None:
        return self._by_key.get(key)

    def complete(self, file_id: str, title: str | None) -> Upload:
        for upload in self._by_key.values():
            if upload.id == file_id and upload.content is not None:
                upload.title = title or upload.name
                return upload
        raise SlackError("file_not_found")
