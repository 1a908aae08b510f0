"""Coverage-guided fuzzing of everything that reads what others wrote, with atheris: see README.md here."""

import argparse
import io
import json
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bot", "blocks", "handlers", "models"]):
    from blocks import request_form
    from blocks.admin.ids import AdminPlace
    from blocks.forms import catalogue_change as change_form
    from blocks.forms import decision as decision_form
    from blocks.forms import delegation as delegation_form
    from blocks.forms import reassign as reassign_form
    from blocks.kit import carried
    from bot.audit import checkpoints
    from bot.audit.files import read_jsonl
    from bot.config import load as load_config
    from bot.errors import Failure
    from handlers.catalogue_cache import CatalogueSnapshot
    from handlers.request.command import decode_text, prefill
    from handlers.request.command_parser import parse_command
    from models import durations
    from models.catalogue.file.read import CatalogueError
    from models.catalogue.file.read import load as load_catalogue
    from models.catalogue.spec import AppSpec

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CATALOGUE = CatalogueSnapshot(
    [
        AppSpec.model_validate(
            {"key": key, "name": key.title(), "owners": ["U0123"], "access": [{"key": "a", "name": "Admin"}]}
        )
        for key in ("github", "aws-prod", "wiki")
    ]
)


def catalogue(text: str) -> None:
    """A catalogue file."""
    try:
        load_catalogue(text, "fuzz.toml")
    except CatalogueError as error:
        str(error)


def configuration(text: str) -> None:
    """config.toml."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
        file.flush()
        try:
            load_config(Path(file.name))
        except Failure as error:
            str(error)


def duration(text: str) -> None:
    """How long, as the catalogue and as people write it."""
    for parse in (durations.parse_duration, durations.parse_typed_duration):
        try:
            durations.duration_words(parse(text))
        except ValueError as error:
            str(error)


def command(text: str) -> None:
    """What is typed behind /request-access."""
    typed = decode_text(text)
    prefill(parse_command(typed, CATALOGUE), typed)


def trail(text: str) -> None:
    """An export of the audit trail, and a line of checkpoints."""
    try:
        list(read_jsonl(io.StringIO(text)))
    except Failure as error:
        str(error)
    checkpoints._parse_line(text, 1)


def form(text: str) -> None:
    """What a modal carries, and the state of its fields."""
    try:
        state = json.loads(text)
    except (ValueError, RecursionError):
        state = {}
    carries = carried(text)
    AdminPlace.read(carries)
    if isinstance(state, dict):
        request_form.parse(state)
        reassign_form.parse(state, carries)
        for parse in (decision_form.parse_comment, change_form.parse, delegation_form.parse):
            parse(state)


ENTRIES: dict[str, Callable[[str], None]] = {
    one.__name__: one for one in (catalogue, configuration, duration, command, trail, form)
}


def main() -> None:
    """Fuzz one entry for so many seconds; whatever is raised ends it, with the input that did."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz")
    options.add_argument("entry", choices=ENTRIES)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--corpus", help="a folder of inputs to begin with, and to keep new ones in")
    asked = options.parse_args()
    target = ENTRIES[asked.entry]

    def one(data: bytes) -> None:
        target(data.decode("utf-8", "ignore"))

    corpus = [asked.corpus] if asked.corpus else []
    atheris.Setup([sys.argv[0], f"-max_total_time={asked.seconds}", "-max_len=4096", *corpus], one)
    atheris.Fuzz()


main()
