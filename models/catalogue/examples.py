"""Examples of a policy: who asks for what, and what has to come of it. `models.policy.examples` runs them."""

from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from models.catalogue.access_refs import SingleRefs
from models.catalogue.approvers import parse_person
from models.catalogue.fields import Description, Groups, Key, Label, Name, Spec, Switch
from models.catalogue.moments import Moment
from models.catalogue.words import Asker, Expect, RequestKind
from models.durations import check, format_duration, parse, spoken

FOREVER = "forever"


def _person(text: str) -> str:
    parse_person(text)
    return text


def _how_long(value: object) -> timedelta | None:
    if value is None or value == FOREVER:
        return None
    if isinstance(value, str):
        return parse(value)
    if isinstance(value, timedelta):
        return check(value)
    raise ValueError(f'is not a length of time. Write it as text, as in "8h" or "{FOREVER}"')


def _written(length: timedelta | None) -> str:
    return FOREVER if length is None else format_duration(length)


HowLong = Annotated[timedelta | None, BeforeValidator(_how_long), PlainSerializer(_written, return_type=str)]
"""None, written "forever", is without an end."""


class Someone(Spec):
    """Who asks in an example: somebody described, or (written as plain text) somebody by id or e-mail."""

    person: Annotated[str, AfterValidator(_person)] | None = None
    title: Label = ""
    department: Label = ""
    guest: Switch = False
    contractor: Switch = False
    groups: Groups | None = None
    manager: Switch = True
    """Whether they have one."""
    holds: SingleRefs = ()
    """What they have already, for conflicts: each as app/access."""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        return {"person": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.person and len(self.model_fields_set) > 1:
            raise ValueError("names a person and describes one too. Do one of the two")
        return self

    @model_serializer(mode="wrap")
    def _plain(self, handler: SerializerFunctionWrapHandler) -> Any:
        return self.person or handler(self)

    def __str__(self) -> str:
        """In words: "A guest with the title Intern, of Sales, in @oncall"."""
        if self.person:
            return self.person
        parts = [
            "A guest" if self.guest else "A contractor" if self.contractor else "Somebody",
            f" with the title {self.title}" if self.title else "",
            f" of {self.department}" if self.department else "",
            f" in {' and '.join(self.groups)}" if self.groups else "",
            "" if self.manager else " without a manager",
            f" who has {' and '.join(self.holds)}" if self.holds else "",
        ]
        return "".join(parts)


class ExampleSpec(Spec):
    """One example: what has to come of a request like this."""

    who: Someone
    """Who would have it, and asks for it unless `asked_by` says otherwise."""
    asked_by: Asker = Asker.THEMSELF
    access: Key
    duration: HowLong
    request: RequestKind = RequestKind.NEW
    emergency: Switch = False
    at: Moment | None = None
    """When it is asked. Left out: on a Monday at noon, UTC."""
    expect: Expect
    stages: Annotated[tuple[Name, ...], Field(max_length=10)] | None = None
    """The names of the stages that it goes through, in order. None: whichever."""
    because: Description = ""
    """Why it has to be so, for the one whose change is stopped by it."""

    @model_validator(mode="after")
    def _stages_are_asked(self) -> Self:
        if self.stages is not None and self.expect is not Expect.ASK:
            raise ValueError('names stages, but only an example that expects "ask" has some. Take them out')
        return self

    def __str__(self) -> str:
        """In words: "Somebody with the title Intern asks for admin for 8 hours: denied"."""
        length = "without an end" if self.duration is None else f"for {spoken(self.duration)}"
        said = f"{self.who} asks for {self.access} {length}{self._circumstances}"
        return f"{said}: {expected(self.expect, self.stages)}"

    @property
    def _circumstances(self) -> str:
        said = (
            _ASKERS.get(self.asked_by),
            _KINDS.get(self.request),
            "in an emergency" if self.emergency else None,
            str(self.at) if self.at else None,
        )
        return f" ({', '.join(filter(None, said))})" if any(said) else ""


def expected(outcome: Expect, stages: tuple[str, ...] | None = None) -> str:
    """An outcome in words, with its stages where they count: "asked for in Manager, then Owner"."""
    if outcome is Expect.ASK and stages:
        return f"asked for in {', then '.join(stages)}"
    return _OUTCOMES[outcome]


_ASKERS = {Asker.MANAGER: "by their manager", Asker.COLLEAGUE: "by a colleague"}
_KINDS = {RequestKind.RERAISE: "again", RequestKind.EXTEND: "as an extension"}
_OUTCOMES = {
    Expect.ASK: "asked for",
    Expect.AUTO: "approved without asking",
    Expect.DENY: "denied",
    Expect.NOBODY: "nobody can be asked",
}
