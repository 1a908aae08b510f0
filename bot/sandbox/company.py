"""The small company of the sandbox: eight people, their user groups and channels, and a catalogue."""

from dataclasses import dataclass
from importlib.resources import files

from bot.sandbox.slack.state.workspace import Workspace

BERLIN = "Europe/Berlin"


@dataclass(frozen=True)
class Colleague:
    """A person of the company. `key` is the first name in lower case, `manager` another one's key.

    `role` is the person's part in the sandbox, in a word.
    """

    name: str
    role: str
    title: str
    department: str
    manager: str | None = "mia"
    guest: bool = False
    admin: bool = False
    tz: str = BERLIN

    @property
    def key(self) -> str:
        return self.name.split()[0].lower()

    @property
    def id(self) -> str:
        return id_of(self.key)


def id_of(key: str) -> str:
    """The Slack id of a colleague, by first name."""
    return f"U0{key.upper()}"


PEOPLE = (
    Colleague("Ada Lindqvist", "employee", "Engineer", "Engineering"),
    Colleague("Mia Okafor", "manager", "Engineering manager", "Engineering", manager="olga"),
    Colleague("Olga Brandt", "owner", "Platform lead, owns most apps", "Platform", manager=None),
    Colleague("Omar Haddad", "owner", "Database engineer, owner", "Platform", manager="olga"),
    Colleague("Ivo Petrov", "IT", "IT administrator", "IT", manager="olga"),
    Colleague("Sena Yilmaz", "security", "Security engineer", "Security", manager="olga"),
    Colleague("Robin Ashby", "admin", "Keyturn admin", "IT", manager="olga", admin=True),
    Colleague("Gus Moreno", "guest", "Contractor", "Engineering", guest=True, tz="America/New_York"),
)
ADMINS = tuple(colleague.id for colleague in PEOPLE if colleague.admin)

# Handle, name, members. No group is empty: Slack does not let the last member go.
GROUPS = (
    ("engineering", "Engineering", ("mia", "olga")),
    ("platform", "Platform", ("olga", "omar")),
    ("prod-db-read", "Production database, read", ("omar",)),
    ("prod-db-write", "Production database, write", ("omar",)),
    ("aws-developers", "AWS developers", ("olga",)),
    ("dashboards", "Dashboards", ("olga",)),
    ("security", "Security", ("sena", "robin")),
    ("it", "IT", ("ivo", "robin")),
)
CHANNELS = (
    ("general", "ada mia olga omar ivo sena robin gus"),
    ("engineering", "ada mia olga omar gus"),
    ("it-desk", "mia ivo robin"),
)
IT_DESK = "C0ITDESK"
"""The channel with Keyturn in it: a stage of the catalogue is asked there."""


def populate(workspace: Workspace) -> None:
    """Add the company's people, user groups and channels to an empty workspace."""
    workspace.name = "Fennel Works"
    for colleague in PEOPLE:
        workspace.add_person(
            colleague.name,
            id=colleague.id,
            handle=colleague.key,
            email=f"{colleague.key}@example.com",
            title=colleague.title,
            department=colleague.department,
            manager=colleague.manager and id_of(colleague.manager),
            guest=colleague.guest,
            admin=colleague.admin,
            tz=colleague.tz,
        )
    for handle, name, members in GROUPS:
        group_id = "S0" + handle.upper().replace("-", "")
        workspace.add_usergroup(name, handle=handle, id=group_id, members=[id_of(key) for key in members])
    for name, keys in CHANNELS:
        people = [id_of(key) for key in keys.split()]
        workspace.add_channel(name, id=f"C0{name.upper().replace('-', '')}", members=people)


def catalogue() -> str:
    """The company's catalogue, in the format of `keyturn catalogue import`."""
    return (files(__package__) / "catalogue.toml").read_text("utf-8")
