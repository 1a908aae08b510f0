"""States of requests, grants and stages, and every legal move, as tables; the diagrams are made of them."""

from enum import StrEnum


class RequestState(StrEnum):
    """Where a request stands. The values are stored; `label` is what people read."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class RequestEvent(StrEnum):
    """What can happen to a request. Comment, remind and reassign change no state and are not here."""

    APPROVE = "approve"
    REJECT = "reject"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"


class GrantState(StrEnum):
    """Where a grant stands."""

    SCHEDULED = "scheduled"
    GRANTING = "granting"
    ACTIVE = "active"
    REVOKING = "revoking"
    ENDED = "ended"
    REVOKED = "revoked"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class Usage(StrEnum):
    """The holder's answer at the end of a grant: whether they used it. `label` is what people read."""

    YES = "yes"
    LESS = "less"
    NO = "no"

    @property
    def label(self) -> str:
        return {Usage.YES: "used it", Usage.LESS: "less would do", Usage.NO: "didn't need it"}[self]


class GrantEvent(StrEnum):
    """What can happen to a grant."""

    START = "start"
    GIVEN = "given"
    GIVE_FAILED = "give_failed"
    RETRY_GIVE = "retry_give"
    TIME_UP = "time_up"
    REVOKE = "revoke"
    TAKEN_AT_END = "taken_at_end"
    TAKEN_EARLY = "taken_early"
    TAKE_FAILED = "take_failed"
    RETRY_TAKE = "retry_take"


class StageState(StrEnum):
    """Where one stage of a request stands."""

    WAITING = "waiting"
    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    CLOSED = "closed"  # the request ended otherwise before this stage was decided


_R, _E = RequestState, RequestEvent
REQUEST_MOVES: dict[tuple[RequestState, RequestEvent], RequestState] = {
    (_R.PENDING, _E.APPROVE): _R.APPROVED,
    (_R.PENDING, _E.REJECT): _R.REJECTED,
    (_R.PENDING, _E.EXPIRE): _R.EXPIRED,
    (_R.PENDING, _E.WITHDRAW): _R.WITHDRAWN,
    (_R.PENDING, _E.CANCEL): _R.CANCELLED,
}

_G, _H = GrantState, GrantEvent
GRANT_MOVES: dict[tuple[GrantState, GrantEvent], GrantState] = {
    (_G.SCHEDULED, _H.START): _G.GRANTING,
    (_G.SCHEDULED, _H.REVOKE): _G.REVOKED,
    (_G.SCHEDULED, _H.TIME_UP): _G.ENDED,
    (_G.GRANTING, _H.GIVEN): _G.ACTIVE,
    (_G.GRANTING, _H.GIVE_FAILED): _G.FAILED,
    # Revoked while it was being provisioned: it may be there already, so it is revoked as if it were.
    (_G.GRANTING, _H.REVOKE): _G.REVOKING,
    (_G.GRANTING, _H.TIME_UP): _G.REVOKING,
    (_G.ACTIVE, _H.TIME_UP): _G.REVOKING,
    (_G.ACTIVE, _H.REVOKE): _G.REVOKING,
    (_G.REVOKING, _H.TAKEN_AT_END): _G.ENDED,
    (_G.REVOKING, _H.TAKEN_EARLY): _G.REVOKED,
    (_G.REVOKING, _H.TAKE_FAILED): _G.FAILED,
    # A failed grant remembers which way it failed (`Grant.failing`); only that way's retry is open.
    (_G.FAILED, _H.RETRY_GIVE): _G.GRANTING,
    (_G.FAILED, _H.RETRY_TAKE): _G.REVOKING,
    (_G.FAILED, _H.REVOKE): _G.REVOKING,
    (_G.FAILED, _H.TIME_UP): _G.REVOKING,
}

LIVE_GRANTS = (_G.SCHEDULED, _G.GRANTING, _G.ACTIVE, _G.REVOKING, _G.FAILED)
OVER_GRANTS = (_G.ENDED, _G.REVOKED)


def as_mermaid() -> str:
    """Both lifecycles as Mermaid state diagrams, for the documentation."""
    return "\n\n".join(
        [_diagram("Request", _R.PENDING, REQUEST_MOVES), _diagram("Grant", _G.SCHEDULED, GRANT_MOVES)]
    )


def _diagram(
    title: str,
    start: StrEnum,
    moves: dict[tuple[RequestState, RequestEvent], RequestState]
    | dict[tuple[GrantState, GrantEvent], GrantState],
) -> str:
    lines = ["```mermaid", "---", f"title: {title}", "---", "stateDiagram-v2", f"    [*] --> {start}"]
    lines += [f"    {before} --> {after}: {event}" for (before, event), after in moves.items()]
    ends = set(moves.values()) - {before for before, _ in moves}
    lines += [f"    {end} --> [*]" for end in sorted(ends)]
    return "\n".join([*lines, "```"])
