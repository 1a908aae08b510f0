"""Mutants of what the operator relies on: the public port, files, and imports."""

from tests.mutants.mutant import mutant

LISTENER = "bot/slack/http_listener.py"
OF_WEB, OF_LISTENER, OF_IMPORT = (f"bot/test_{name}.py" for name in ("web", "http_listener", "import_plan"))

OPERATOR = (
    mutant(
        "unsigned-waited-for",
        "idle connections",
        "bot/slack/http_receiver.py",
        "if not is_signature(stamp, signature):",
        "if not stamp:",
        f"{OF_WEB}::test_what_is_refused_anyway_is_refused_before_its_body_is_there",
    ),
    mutant(
        "stale-waited-for",
        "idle connections",
        "bot/slack/http_receiver.py",
        "if not request.content.is_eof():",
        "if False:",
        f"{OF_WEB}::test_what_is_refused_anyway_is_refused_before_its_body_is_there",
    ),
    mutant(
        "slow-body",
        "idle connections",
        "bot/slack/http_receiver.py",
        "async with asyncio.timeout(BODY_TIMEOUT):",
        "async with asyncio.timeout(3600):",
        f"{OF_WEB}::test_a_body_that_does_not_come_is_not_waited_for",
    ),
    mutant(
        "idle-stays",
        "idle connections",
        LISTENER,
        "            self._abort(oldest)\n",
        "",
        f"{OF_LISTENER}::test_the_longest_idle_connection_makes_room_and_a_busy_one_does_not",
    ),
    mutant(
        "busy-goes",
        "idle connections",
        LISTENER,
        "        self.closed(transport)\n        self._busy.add(transport)\n",
        "",
        f"{OF_LISTENER}::test_the_longest_idle_connection_makes_room_and_a_busy_one_does_not",
        f"{OF_LISTENER}::test_one_connection_serves_many_requests_and_longer_than_its_headers_may_take",
    ),
    mutant(
        "slow-headers",
        "idle connections",
        LISTENER,
        "loop.call_later(HEADERS_TIMEOUT, self._abort, transport)",
        "None",
        f"{OF_LISTENER}::test_headers_that_do_not_come_are_not_waited_for",
    ),
    mutant(
        "no-reserve",
        "idle connections",
        LISTENER,
        "max(files - RESERVE, FEWEST)",
        "files",
        f"{OF_LISTENER}::test_descriptors_are_kept_in_reserve",
    ),
    mutant(
        "reasons-in-public",
        "health on the public port",
        "bot/slack/http_server.py",
        'add_get("/readyz", self._bare_readyz)',
        'add_get("/readyz", self._readyz)',
        f"{OF_WEB}::test_it_is_ready_as_long_as_all_its_parts_are",
    ),
    mutant(
        "files-for-all",
        "files that others can read",
        "bot/cli.py",
        "OWNER_ONLY = 0o077",
        "OWNER_ONLY = 0o022",
        "bot/test_cli.py::test_what_it_writes_is_for_its_own_user",
    ),
    mutant(
        "files-not-looked-at",
        "files that others can read",
        "bot/check/files.py",
        "OTHERS = 0o077",
        "OTHERS = 0o007",
        "bot/test_check_machine.py::test_files_that_others_can_open_are_told_with_what_mends_them",
    ),
    mutant(
        "removed-without-a-word",
        "a file that empties the catalogue",
        "bot/catalogue/import_export.py",
        "elif difference.removed:",
        "elif difference.cancelled:",
        f"{OF_IMPORT}::test_removals_of_any_kind_need_a_word",
    ),
    mutant(
        "any-plan-is-applied",
        "a file that empties the catalogue",
        "bot/catalogue/import_export.py",
        "if consent.digest.lower() != difference.digest:",
        "if not consent.digest:",
        f"{OF_IMPORT}::test_a_plan_is_applied_by_its_digest_and_nothing_else_is",
    ),
    mutant(
        "lost-database",
        "a file on a temporary disk",
        "bot/config_sources.py",
        "if shown_by is None or",
        "if shown_by is not None or",
        "bot/test_config_environment.py::test_a_database_is_not_put_where_it_would_be_lost",
    ),
)
