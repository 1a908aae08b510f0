"""The admins' form for an access, with the fields of its connector."""

from blocks.admin.fields.connector import ConnectorKind, ConnectorParam
from blocks.admin.forms import access
from blocks.admin.ids import AdminPlace
from tests.blocks.admin_forms import KINDS, KNOWN, chosen, filled, refused, state
from tests.blocks.slack_validation import check_view, words_of
from tests.models import specs


def test_the_connector_s_fields_are_those_of_the_kind_that_is_chosen() -> None:
    app = specs.app()
    place = AdminPlace("github", part="engineering")
    assert "User group" not in words_of(access.build(app, place, KNOWN, KINDS)["blocks"])
    view = access.build(app, place, KNOWN, KINDS, connector="slack_usergroup")
    check_view(view)
    block = "connector_slack_usergroup_usergroup"
    assert refused(lambda: access.parse(app, "engineering", state(view), KINDS)) == {
        block: "This is required."
    }
    values = filled(view, **{block: chosen("S0123")})
    saved = access.parse(app, "engineering", values, KINDS).access[0]
    assert saved.connector.stored() == {"type": "slack_usergroup", "usergroup": "S0123"}


def test_what_a_connector_finds_wrong_is_said_at_the_parameter_or_at_the_menu() -> None:
    app = specs.app(access=[{"key": "a", "name": "A", "connector": {"type": "webhook", "address": "old"}}])
    for said, errors in (
        (
            "address should begin with https://",
            {"connector_webhook_address": "This should begin with https://"},
        ),
        ("cannot be used here", {"connector": "This cannot be used here"}),
        (None, {}),
    ):
        params = (ConnectorParam("address", "Address"), ConnectorParam("method", "Method", optional=True))
        kinds = (ConnectorKind("webhook", "Webhook", params, lambda _, said=said: said),)  # type: ignore[misc]
        values = filled(
            access.build(app, AdminPlace(part="a"), KNOWN, kinds), connector_webhook_address="new"
        )
        if errors:
            assert refused(lambda values=values, kinds=kinds: access.parse(app, "a", values, kinds)) == errors  # type: ignore[misc]
        else:
            saved = access.parse(app, "a", values, kinds).access[0].connector
            assert saved.stored() == {"type": "webhook", "address": "new"}


def test_a_connector_of_an_unknown_kind_and_parameters_that_are_no_text_stay() -> None:
    unknown = {"type": "webhook", "address": "https://example.com", "retries": 3}
    partly = {"type": "slack_usergroup", "usergroup": "S0123", "keep": ["U0123"]}
    for connector in (unknown, partly):
        app = specs.app(access=[{"key": "a", "name": "A", "connector": connector}])
        values = filled(access.build(app, AdminPlace(part="a"), KNOWN, KINDS), name="B")
        saved = access.parse(app, "a", values, KINDS).access[0]
        assert (saved.name, saved.connector.stored()) == ("B", connector)


def test_two_accesses_cannot_have_one_key() -> None:
    app = specs.app()
    view = access.build(app, AdminPlace(), KNOWN, KINDS)
    check_view(view)
    said = refused(lambda: access.parse(app, "", filled(view, name="Engineering"), KINDS))
    assert said == {"key": "Another access already has the key “engineering”. Choose a different one."}
    saved = access.parse(app, "", filled(view, name="Design"), KINDS)
    assert [one.key for one in saved.access] == ["engineering", "design"]
    assert saved.access[1].stored() == {"key": "design", "name": "Design"}
