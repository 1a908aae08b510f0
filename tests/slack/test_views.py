"""views.*: triggers, the stack, hashes, and what a person typed."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import App, LocalSlack, Person
from tests.slack.conftest import field, modal, option, refused, section

TEXT = {"type": "plain_text_input"}


def trigger(slack: LocalSlack, app: App, person: Person) -> str:
    """As it comes with an interaction."""
    return slack.triggers.issue(app.id, person.id)


async def test_a_trigger_opens_one_modal_for_its_person(
    client: AsyncWebClient, slack: LocalSlack, app: App, ada: Person, ben: Person
) -> None:
    trigger_id = trigger(slack, app, ada)
    opened = await client.views_open(trigger_id=trigger_id, view=modal(section("hello")))
    assert ada.view is not None
    assert (ada.view.id, ada.view.title, ben.view) == (opened["view"]["id"], "Form", None)
    assert (
        await refused(client.views_open(trigger_id=trigger_id, view=modal(section("x"))))
        == "exchanged_trigger_id"
    )
    assert (
        await refused(client.views_open(trigger_id="1.x", view=modal(section("x")))) == "invalid_trigger_id"
    )


async def test_a_trigger_is_good_for_three_seconds(
    client: AsyncWebClient, slack: LocalSlack, app: App, ada: Person
) -> None:
    assert slack.triggers.lifetime == 3
    slack.triggers.lifetime = 0
    late = trigger(slack, app, ada)
    assert await refused(client.views_open(trigger_id=late, view=modal(section("x")))) == "expired_trigger_id"


async def test_the_trigger_of_another_app_is_worth_nothing(
    client: AsyncWebClient, slack: LocalSlack, ada: Person
) -> None:
    other = slack.workspace.install_app(name="Other", scopes=["commands"])
    stolen = trigger(slack, other, ada)
    assert (
        await refused(client.views_open(trigger_id=stolen, view=modal(section("x")))) == "invalid_trigger_id"
    )


async def test_three_modals_lie_on_each_other_and_no_fourth(
    client: AsyncWebClient, slack: LocalSlack, app: App, ada: Person
) -> None:
    push = client.views_push
    assert await refused(push(trigger_id=trigger(slack, app, ada), view=modal(section("0")))) == "not_found"
    root = await client.views_open(trigger_id=trigger(slack, app, ada), view=modal(section("1")))
    second = await push(trigger_id=trigger(slack, app, ada), view=modal(section("2")))
    await push(trigger_id=trigger(slack, app, ada), view=modal(section("3")))
    assert (
        await refused(push(trigger_id=trigger(slack, app, ada), view=modal(section("4"))))
        == "push_limit_reached"
    )
    assert ada.view is not None
    shown = ada.view.as_json()
    assert (shown["root_view_id"], shown["previous_view_id"]) == (root["view"]["id"], second["view"]["id"])
    await ada.close()
    assert ada.view.texts == ["2"]


async def test_an_update_keeps_what_was_typed_where_the_place_stays(
    client: AsyncWebClient, slack: LocalSlack, app: App, ada: Person
) -> None:
    view = modal(field("Name", "name", TEXT), field("Reason", "reason", TEXT))
    opened = await client.views_open(trigger_id=trigger(slack, app, ada), view=view)
    await ada.fill("Name", "Ada")
    await ada.fill("Reason", "because")
    changed = modal(field("Your name", "name", TEXT), field("Reason", "reason-2", TEXT))
    await client.views_update(view_id=opened["view"]["id"], view=changed)
    assert ada.view is not None
    assert (ada.view.value("Your name"), ada.view.value("Reason")) == ("Ada", None)


async def test_a_new_initial_value_does_not_replace_what_is_there(
    client: AsyncWebClient, slack: LocalSlack, app: App, ada: Person
) -> None:
    first = modal(field("Name", "name", {**TEXT, "initial_value": "one"}))
    opened = await client.views_open(trigger_id=trigger(slack, app, ada), view=first)
    second = modal(field("Name", "name", {**TEXT, "initial_value": "two"}))
    await client.views_update(view_id=opened["view"]["id"], view=second)
    assert ada.view is not None
    assert ada.view.value("Name") == "one"


async def test_a_choice_goes_when_it_is_no_longer_offered(
    client: AsyncWebClient, slack: LocalSlack, app: App, ada: Person
) -> None:
    def view(*names: str) -> dict[str, Any]:
        return modal(
            field("App", "app", {"type": "static_select", "options": [option(name) for name in names]})
        )

    opened = await client.views_open(trigger_id=trigger(slack, app, ada), view=view("Git", "Jira"))
    await ada.choose("App", "Jira")
    await client.views_update(view_id=opened["view"]["id"], view=view("Jira", "Wiki"))
    assert ada.view is not None
    assert ada.view.value("App") == "Jira"
    await client.views_update(view_id=opened["view"]["id"], view=view("Wiki"))
    assert ada.view.value("App") is None


async def test_a_stale_hash_is_a_conflict(
    client: AsyncWebClient, slack: LocalSlack, app: App, ada: Person
) -> None:
    opened = (await client.views_open(trigger_id=trigger(slack, app, ada), view=modal(section("1"))))["view"]
    update = client.views_update
    await update(view_id=opened["id"], hash=opened["hash"], view=modal(section("2")))
    assert (
        await refused(update(view_id=opened["id"], hash=opened["hash"], view=modal(section("3"))))
        == "hash_conflict"
    )
    assert await refused(update(view_id=opened["id"], hash="", view=modal(section("3")))) == "hash_conflict"
    await update(view_id=opened["id"], view=modal(section("4")))
    assert ada.view is not None
    assert ada.view.texts == ["4"]


async def test_a_view_has_one_external_id(
    client: AsyncWebClient, slack: LocalSlack, app: App, ada: Person, ben: Person
) -> None:
    view = modal(section("1"), external_id="x-1")
    await client.views_open(trigger_id=trigger(slack, app, ada), view=view)
    duplicate = client.views_open(trigger_id=trigger(slack, app, ben), view=view)
    assert await refused(duplicate) == "duplicate_external_id"
    await client.views_update(external_id="x-1", view=modal(section("2"), external_id="x-1"))
    assert ada.view is not None
    assert ada.view.texts == ["2"]
    both = client.api_call(
        "views.update", json={"external_id": "x-1", "view_id": ada.view.id, "view": modal(section("3"))}
    )
    assert await refused(both) == "invalid_arguments"


async def test_a_closed_view_cannot_be_updated(
    client: AsyncWebClient, slack: LocalSlack, app: App, ada: Person
) -> None:
    opened = await client.views_open(trigger_id=trigger(slack, app, ada), view=modal(section("1")))
    await ada.close()
    gone = client.views_update(view_id=opened["view"]["id"], view=modal(section("2")))
    assert await refused(gone) == "not_found"


async def test_a_view_that_is_wrong_is_pointed_at(
    client: AsyncWebClient, slack: LocalSlack, app: App, ada: Person
) -> None:
    view = modal(field("Name", "name", TEXT))
    view.pop("submit")
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=trigger(slack, app, ada), view=view)
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] failed to match all allowed schemas [json-pointer:/view]",
        "[ERROR] must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]",
    ]
    assert ada.view is None


async def test_a_view_can_be_too_large(
    client: AsyncWebClient, slack: LocalSlack, app: App, ada: Person
) -> None:
    large = modal(*(section("x" * 2999) for _ in range(90)))
    assert (
        await refused(client.views_open(trigger_id=trigger(slack, app, ada), view=large)) == "view_too_large"
    )


async def test_everybody_has_their_own_home(client: AsyncWebClient, ada: Person, ben: Person) -> None:
    first = await client.views_publish(
        user_id=ada.id, view={"type": "home", "blocks": [section("Hello Ada")]}
    )
    assert ada.home is not None
    assert (ada.home.texts, ben.home) == (["Hello Ada"], None)
    again = {"type": "home", "blocks": [section("Hello again")]}
    await client.views_publish(user_id=ada.id, hash=first["view"]["hash"], view=again)
    assert ada.home.texts == ["Hello again"]
    stale = client.views_publish(user_id=ada.id, hash=first["view"]["hash"], view=again)
    assert await refused(stale) == "hash_conflict"


async def test_no_home_where_the_app_has_none(client: AsyncWebClient, app: App, ada: Person) -> None:
    app.home_tab = False
    view = {"type": "home", "blocks": [section("x")]}
    assert await refused(client.views_publish(user_id=ada.id, view=view)) == "not_enabled"
    app.home_tab = True
    assert await refused(client.views_publish(user_id="U404", view=view)) == "invalid_arguments"
    assert (
        await refused(client.views_publish(user_id=ada.id, view=modal(section("x")))) == "invalid_arguments"
    )
