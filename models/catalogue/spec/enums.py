"""Words of the catalogue with a fixed set of values. The values are what files and the database hold."""

from enum import StrEnum


class Risk(StrEnum):
    """How much harm an access can do. Ordered: `Risk.LOW < Risk.CRITICAL`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Risk).index(self)

    def __lt__(self, other: str) -> bool:
        return self.rank < Risk(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Risk(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Risk(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Risk(other).rank


class AccessKind(StrEnum):
    """What an access is in the target system."""

    ROLE = "role"
    GROUP = "group"
    PERMISSION = "permission"
    RESOURCE = "resource"


class OverMax(StrEnum):
    """What becomes of a request for longer than the maximum."""

    FLAG = "flag"
    REFUSE = "refuse"


class OnReject(StrEnum):
    """What one rejection does in a stage that wants a number of approvals."""

    COUNT = "count"  # it counts: the stage is rejected once its number is out of reach
    VETO = "veto"  # it rejects the request at once


class Need(StrEnum):
    """Whether the form asks for something."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    HIDDEN = "hidden"


class DecisionComment(StrEnum):
    """When whoever decides has to say something with it."""

    OPTIONAL = "optional"
    ON_REJECT = "on_reject"
    ALWAYS = "always"

    def needed(self, *, approves: bool) -> bool:
        """Whether an approval, or else a rejection, needs a comment."""
        return self is DecisionComment.ALWAYS or (self is DecisionComment.ON_REJECT and not approves)


class Asker(StrEnum):
    """Who asks in an example, for the one whom it is about."""

    THEMSELF = "themself"
    MANAGER = "manager"
    COLLEAGUE = "colleague"


class OnBehalf(StrEnum):
    """Who may ask for somebody else."""

    NOBODY = "nobody"
    ADMINS = "admins"  # the app's owners and the workspace admins
    MANAGERS = "managers"  # these, and the manager of the one who would have it
    ANYONE = "anyone"


class Reassign(StrEnum):
    """To whom a decision that is asked for may be passed on."""

    ELIGIBLE = "eligible"  # whom the request's stages name, the owners and the workspace admins
    ANYONE = "anyone"  # any active person who is no guest
    NOBODY = "nobody"


class EmailUse(StrEnum):
    """What goes out by e-mail, where it is configured."""

    FALLBACK = "fallback"  # what Slack does not bring to somebody
    COPY = "copy"  # a copy of every message that matters


class Expect(StrEnum):
    """What an example expects to become of a request: the outcomes of the policy."""

    ASK = "ask"
    AUTO = "auto"
    DENY = "deny"
    NOBODY = "nobody"


class RequestKind(StrEnum):
    """Why somebody asks: anew, again, or for longer."""

    NEW = "request"
    RERAISE = "re-raise"
    EXTEND = "extend"


class Weekday(StrEnum):
    """A day of the week, in the order of `datetime.weekday()`."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"
