"""Catalogue entries for tests: a plain one to start from, and hypothesis strategies for any."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st

from models.catalogue.file.read import CatalogueError, load
from models.catalogue.lint.satisfiability import can_hold
from models.catalogue.spec import AppSpec, When
from models.catalogue.spec.entry_kinds import SettingsSpec
from models.catalogue.spec.fields import Spec
from models.catalogue.spec.people import PersonSpec
from models.catalogue.spec.references import person_key
from models.durations import LONGEST, format_duration

PRODUCT_EXAMPLE = """\
[[app]]
key = "github"
name = "GitHub"
description = "Source code and reviews"
category = "Engineering"
risk = "low"
owners = ["owner@example.com"]
durations = ["1h", "8h", "7d"]
max_duration = "30d"
indefinite = false
over_max = "flag"
reason = "required"
request_expiry = "48h"
expiry_notices = ["1d", "1h"]
instructions = "Sign in with SSO at …"

  [[app.access]]
  key = "engineering"
  name = "Engineering team"
  kind = "group"
  privileged = false
  connector = { type = "slack_usergroup", usergroup = "S0123" }

  [[app.stage]]
  name = "Owner"
  approvers = ["owners", "manager", "U0123", "@oncall"]
  rule = "any"
  when = { risk = ["high", "critical"] }
"""


def file_problems(text: str) -> list[str]:
    """The lines about a catalogue file that is refused."""
    with pytest.raises(CatalogueError) as caught:
        load(text, "catalogue.toml")
    return caught.value.lines


def app(**changed: Any) -> AppSpec:
    """GitHub with one access, Engineering team, with these fields on top."""
    plain: dict[str, Any] = {
        "key": "github",
        "name": "GitHub",
        "owners": ["U0OLA"],
        "access": [{"key": "engineering", "name": "Engineering team", "kind": "group"}],
    }
    return AppSpec.model_validate(plain | changed)


def _maybe(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


def _several(one: st.SearchStrategy[Any], least: int = 0, most: int = 3) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, min_size=least, max_size=most, unique_by=repr)


keys = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True)
_letters = st.characters(exclude_categories=("C", "Z"), include_characters=" \"'\\#[]{}=")
lines = st.text(_letters, max_size=20).map(lambda text: " ".join(text.split()))
names = lines.filter(bool)
prose = st.lists(lines, max_size=3).map("\n".join)
lengths = st.integers(1, LONGEST // timedelta(seconds=1)).map(
    lambda seconds: format_duration(timedelta(seconds=seconds))
)
people = st.from_regex(r"U[A-Z0-9]{4,8}|[a-z]{1,8}@example\.(com|org)", fullmatch=True)
groups = st.from_regex(r"S[A-Z0-9]{4,8}|@[a-z]{1,8}", fullmatch=True)
approvers = st.one_of(people, groups, st.sampled_from(["manager", "owners", "admins"]))
risks = st.sampled_from(["low", "medium", "high", "critical"])
kinds = st.sampled_from(["role", "group", "permission", "resource"])
_json = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**63) + 1, 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        lines,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(lines, inner, max_size=2)),
    max_leaves=4,
)
_facts: dict[str, Any] = {
    "risk": _several(risks, 1),
    "kind": _several(kinds, 1),
    "privileged": st.booleans(),
    "duration_over": lengths,
    "requester_group": _several(groups, 1),
    "department": _several(names, 1),
    "title": _several(names, 1),
    "guest": st.booleans(),
    "contractor": st.booleans(),
    "request": _several(st.sampled_from(["request", "re-raise", "extend"]), 1),
    "emergency": st.booleans(),
    "on_behalf": st.booleans(),
    "weekday": _several(st.sampled_from(["mon", "wed", "sun"]), 1),
    "hours": st.sampled_from(["09:00-18:00", "22:00-06:00", "00:00-24:00"]),
}
_zones = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"])
_flat_whens = _maybe({}, _facts | {"time_zone": _zones}).filter(lambda when: set(when) - {"time_zone"})
_any_whens = st.one_of(
    _flat_whens,
    st.fixed_dictionaries({"not": _flat_whens}),
    st.fixed_dictionaries({"any": st.lists(_flat_whens, min_size=1, max_size=2)}),
    st.fixed_dictionaries({"all": st.lists(_flat_whens, min_size=1, max_size=2)}),
)
# Deferred, so that a test that fails does not spell all of it out.
whens = st.deferred(lambda: _any_whens.filter(lambda when: can_hold(When.model_validate(when))))
conditions = whens.map(When.model_validate)
_stage = {"name": names, "approvers": _several(approvers, 1)}
_of_stages = {
    "quiet": _several(approvers),
    "rule": st.sampled_from(["any", "all", 1]),
    "on_reject": st.sampled_from(["count", "veto"]),
    "when": whens,
    "channel": st.sampled_from(["", "C0123", "GABC9"]),
    "channel_over": st.integers(0, 10_000),
}
_others = _several(st.from_regex(r"[a-z]{1,8}@other\.example\.com", fullmatch=True), 1)
stages = st.one_of(
    _maybe(_stage, _of_stages),
    _maybe(_stage | {"alternates": _others}, _of_stages | {"escalate_after": st.just("1s")}),
)
rules = _maybe({"name": names}, {"why": prose, "when": whens})
requirements = _maybe({"name": names, "when": whens}, {"why": prose})
_described = {"title": lines, "department": lines, "guest": st.booleans(), "manager": st.booleans()}
someone = st.one_of(
    people,
    _maybe(
        {}, _described | {"groups": _several(groups, 1), "holds": _several(st.sampled_from(["a/x", "b/y"]))}
    ),
)
_asking = {"who": someone, "access": keys, "duration": st.one_of(lengths, st.just("forever"))}
_circumstances = {
    "asked_by": st.sampled_from(["themself", "manager", "colleague"]),
    "request": st.sampled_from(["request", "re-raise", "extend"]),
    "emergency": st.booleans(),
    "at": st.sampled_from(["sat 22:30", "mon 09:00 Europe/Berlin"]),
    "because": prose,
}
examples = st.one_of(
    _maybe(_asking | {"expect": st.just("ask")}, _circumstances | {"stages": st.lists(names, max_size=2)}),
    _maybe(_asking | {"expect": st.sampled_from(["auto", "deny", "nobody"])}, _circumstances),
)
connectors = st.builds(
    lambda params, kind: {**params, "type": kind},
    st.dictionaries(keys, _json, max_size=2),
    st.sampled_from(["manual", "slack_usergroup", "webhook"]),
)
emergencies = _maybe({"max": lengths}, {"review_within": lengths, "reviewers": _several(approvers, 1)})
accesses = _maybe(
    {"key": keys, "name": names},
    {
        "description": prose,
        "kind": kinds,
        "risk": risks,
        "privileged": st.booleans(),
        "enabled": st.booleans(),
        "connector": connectors,
        "instructions": prose,
        "indefinite": st.booleans(),
        "emergency": st.booleans(),
        "max_duration": lengths,
        "stage": st.lists(stages, max_size=2),
        "deny": st.lists(rules, max_size=1),
        "require": st.lists(requirements, max_size=1),
        "auto_approve": st.lists(rules, max_size=1),
    },
)
app_data = _maybe(
    {"key": keys, "name": names},
    {
        "description": prose,
        "category": lines,
        "icon": st.sampled_from(["", ":key:", "https://example.com/icon.png"]),
        "link": st.sampled_from(["", "https://example.com/?a=b#c"]),
        "risk": risks,
        "owners": _several(people),
        "enabled": st.booleans(),
        "guests": st.booleans(),
        "durations": _several(lengths),
        "indefinite": st.booleans(),
        "over_max": st.sampled_from(["flag", "refuse"]),
        "reason": st.sampled_from(["required", "optional", "hidden"]),
        "on_behalf": st.sampled_from(["nobody", "admins", "managers", "anyone"]),
        "request_expiry": lengths.filter(lambda length: length != "1s"),
        "remind_after": lengths,
        "remind_wait": lengths,
        "expiry_warning": lengths,
        "expiry_notices": _several(lengths),
        "grace": lengths,
        "email": st.sampled_from(["fallback", "copy"]),
        "decision_comment": st.sampled_from(["optional", "on_reject", "always"]),
        "reassign": st.sampled_from(["eligible", "anyone", "nobody"]),
        "self_approve": st.booleans(),
        "emergency": emergencies,
        "instructions": prose,
        "access": st.lists(accesses, max_size=2, unique_by=lambda access: access["key"]),
        "stage": st.lists(stages, max_size=2),
        "deny": st.lists(rules, max_size=1),
        "require": st.lists(requirements, max_size=1),
        "auto_approve": st.lists(rules, max_size=1),
        "example": st.lists(examples, max_size=2),
    },
)
apps = app_data.map(AppSpec.model_validate)
catalogues = st.lists(apps, max_size=2, unique_by=lambda spec: spec.key)

directory_entries = _maybe(
    {"person": people},
    # Managers from elsewhere, so that they make no circle.
    {
        "manager": people.map(lambda one: f"W{one}" if "@" not in one else f"boss.{one}"),
        "department": lines,
        "title": lines,
        "contractor": st.booleans(),
    },
).map(PersonSpec.model_validate)


def _parts(settings: SettingsSpec | None, entries: list[PersonSpec]) -> dict[str, tuple[Spec, ...]]:
    found: dict[str, tuple[Spec, ...]] = {
        "settings": (settings,) if settings else (),
        "person": tuple(entries),
    }
    return {name: specs for name, specs in found.items() if specs}


parts_of_any_kind = st.builds(
    _parts,
    st.none() | st.builds(SettingsSpec, two_people=st.booleans()),
    st.lists(directory_entries, max_size=3, unique_by=lambda one: person_key(one.person)),
)
