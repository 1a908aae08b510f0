"""The admins' forms for tests: filled in as a client does it, and every one of an app with its parser."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from blocks.admin.fields.base import InvalidForm, SlackNames
from blocks.admin.fields.connector import ConnectorKind, ConnectorParam, ParamInput
from blocks.admin.forms import access, basics, durations, emergency, example, rule, stage
from blocks.admin.ids import AdminPlace
from blocks.kit import View
from blocks.kit.inputs import Values
from bot.sandbox.slack.blocks.form import Form
from models.catalogue import app_edits
from models.catalogue.spec import AppSpec

KINDS = (
    ConnectorKind("manual", "By hand"),
    ConnectorKind(
        "slack_usergroup",
        "Slack user group",
        (ConnectorParam("usergroup", "User group", input_kind=ParamInput.USER_GROUP),),
    ),
)
KNOWN = SlackNames(
    frozenset({"U0OLA", "UABCD"}), frozenset({"C0123"}), {"S0123": "@oncall", "@oncall": "@oncall"}
)
Build = Callable[[], View]
Parse = Callable[[Values], AppSpec]


def state(view: View) -> Values:
    """The form's state as Slack sends it, with nothing changed by anybody."""
    values: Values = Form(view["blocks"]).as_json()["values"]
    return values


def filled(view: View, **changes: Any) -> Values:
    """The same with other values, by the names of the blocks."""
    form = Form(view["blocks"])
    for block, actions in state(view).items():
        name = block.partition(":")[0]
        if name in changes:
            (action,) = actions
            form.set((block, action), changes.pop(name))
    assert not changes, f"the form has no {list(changes)}"
    values: Values = form.as_json()["values"]
    return values


def chosen(word: str) -> dict[str, Any]:
    """An option as a form's state holds it."""
    return {"text": {"type": "plain_text", "text": word}, "value": word}


def refused(parse: Callable[[], object]) -> dict[str, str]:
    """What is said of a form, by block."""
    with pytest.raises(InvalidForm) as problems:
        parse()
    return problems.value.errors


def forms_of(app: AppSpec) -> list[tuple[Build, Parse]]:
    """Every form that changes this app, each with its parser."""
    found: list[tuple[Build, Parse]] = [
        (partial(one.build, app, AdminPlace(app.key), KNOWN), partial(one.parse, app))
        for one in (basics, durations, emergency)
    ]
    for at in range(len(app.example)):
        here = AdminPlace(app.key, part=str(at))
        found.append((partial(example.build, app, here, KNOWN), partial(example.parse, app, here)))
    for one in app.access:
        build = partial(access.build, app, AdminPlace(app.key, part=one.key), KNOWN, KINDS)
        found.append((build, partial(access.parse, app, one.key, kinds=KINDS)))
    for place in (AdminPlace(app.key, access=key) for key in ("", *(one.key for one in app.access))):
        for at in range(len(app_edits.list_items(app, "stage", place.access))):
            here = replace(place, part=str(at))
            found.append((partial(stage.build, app, here, KNOWN), partial(stage.parse, app, here)))
        for name in app_edits.RULES:
            for at in range(len(app_edits.list_items(app, name, place.access))):
                here = replace(place, part=f"{name}:{at}", more="c" if at % 2 else "")
                found.append((partial(rule.build, app, here, KNOWN), partial(rule.parse, app, here)))
    return found
