"""Uploads: file contents in memory, served at the local Slack's own address."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.core.ids import Ids, secret


@dataclass
class Upload:
    """A file; `content` is None until its bytes have been sent. `base` is the server's address."""

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
    """All uploads, by an unguessable key that is part of their addresses."""

    def __init__(self, ids: Ids, base: Callable[[], str]) -> None:
        self._ids, self._base = ids, base
        self._by_key: dict[str, Upload] = {}

    def create(self, name: str, length: int) -> Upload:
        """Announce a file of `length` bytes whose content is still to come."""
        upload = Upload(self._ids.new("F"), name, length, secret(), self._base(), name)
        self._by_key[upload.key] = upload
        return upload

    def upload_url(self, upload: Upload) -> str:
        """The address to POST the content to."""
        return f"{self._base()}upload/{upload.key}"

    def by_key(self, key: str) -> Upload | None:
        return self._by_key.get(key)

    def complete(self, file_id: str, title: str | None) -> Upload:
        """Finish an upload.

        Raises:
            SlackError: `file_not_found`, also where no content was sent.
        """
        for upload in self._by_key.values():
            if upload.id == file_id and upload.content is not None:
                upload.title = title or upload.name
                return upload
        raise SlackError("file_not_found")
