"""`keyturn check` looks at the machine too: who can open the files, and whether a port is free."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.check.files import files
from bot.check.result import bad, note, ok
from bot.check.run_checks import Check, run_checks
from bot.config import load
from tests.bot.command_line import CommandLine, keyturn
from tests.bot.configured_workspace import ConfiguredWorkspace, engine, workspace

__all__ = ["engine", "keyturn", "workspace"]


@pytest.fixture
def free() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


async def test_files_that_others_can_open_are_told_with_what_mends_them(keyturn: CommandLine) -> None:
    with (keyturn.folder / "config.toml").open("a") as file:
        file.write('\n[audit]\nkey = "audit.key"\ncheckpoints = "points.jsonl"\n')
    paths = [f"keyturn.db{end}" for end in ("", "-wal", ".lock")] + ["audit.key", "points.jsonl"]

    async def look() -> list[str]:
        return [
            str(result) async for result in run_checks(load(Path("config.toml")), [Check("Files", files)])
        ]

    for name in paths:
        (keyturn.folder / name).touch(mode=0o640)
    found = [f"✗  Files: others on this machine can open {path}. Run `chmod 600 {path}`" for path in paths]
    assert await look() == found
    for name in paths:
        (keyturn.folder / name).chmod(0o600)
    assert await look() == ["ok Files: 5 files, open to nobody else on this machine"]


def test_a_configuration_that_others_can_read_is_noted(keyturn: CommandLine) -> None:
    assert "·  Configuration: others on this machine can read config.toml. Run" in keyturn("check").out
    (keyturn.folder / "config.toml").chmod(0o600)
    assert keyturn("check").out.count("Configuration") == 1


async def test_in_mode_http_the_port_for_metrics_is_looked_at(
    workspace: ConfiguredWorkspace, free: socket.socket
) -> None:
    host, port = free.getsockname()
    workspace.configure(mode="http", signing_secret="0" * 32)
    with (workspace.keyturn.folder / "config.toml").open("a") as file:
        file.write(f"\n[health]\nport = {port}\n")
    (taken,) = (await workspace.check()).about("Health")
    assert taken.startswith(f"·  Health: {host}:{port} can't be used (Address already in use)")
    assert taken.endswith("Change [health] port")
    free.close()
    assert (await workspace.check()).about("Health") == [
        f"ok Health: {host}:{port} is free for metrics and reasons"
    ]


def test_on_a_terminal_findings_stand_in_columns_and_are_folded() -> None:
    finding = note(
        "People", "one two three four five six seven eight https://example.com/a-very-long-address-indeed"
    )
    assert finding.folded(48).splitlines() == [
        "·  People:         one two three four five six",
        "                   seven eight",
        "                   https://example.com/a-very-long-address-indeed",
    ]
    assert bad("Signing secret", "wrong").folded(45) == "✗  Signing secret: wrong"
    assert ok("E-mail", "x").folded(10) == ok("E-mail", "x").folded(80)
