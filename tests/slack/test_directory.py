"""People and user groups over the Web API."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import App, LocalSlack, Person
from tests.slack.conftest import refused


async def test_a_person_is_found_by_id_and_by_address(client: AsyncWebClient, ada: Person) -> None:
    by_id = (await client.users_info(user=ada.id))["user"]
    by_email = (await client.users_lookupByEmail(email="ADA@example.com"))["user"]
    assert by_id == by_email
    assert (by_id["real_name"], by_id["profile"]["title"]) == ("Ada Lovelace", "Engineer")
    assert not by_id["deleted"]


async def test_addresses_are_for_apps_with_their_scope(client: AsyncWebClient, app: App, ada: Person) -> None:
    assert (await client.users_info(user=ada.id))["user"]["profile"]["email"] == "ada@example.com"
    app.scopes -= {"users:read.email"}
    assert "email" not in (await client.users_info(user=ada.id))["user"]["profile"]
    assert await refused(client.users_lookupByEmail(email="ada@example.com")) == "missing_scope"


async def test_guests_strangers_and_the_deactivated_are_told_apart(
    client: AsyncWebClient, slack: LocalSlack, ada: Person
) -> None:
    guest = slack.workspace.add_person("Gus Guest", guest=True)
    stranger = slack.workspace.add_person("Sol Strange", stranger=True)
    slack.workspace.deactivate(ada.id)
    assert (await client.users_info(user=guest.id))["user"]["is_restricted"]
    assert (await client.users_info(user=stranger.id))["user"]["is_stranger"]
    assert (await client.users_info(user=ada.id))["user"]["deleted"]
    assert await refused(client.users_lookupByEmail(email="ada@example.com")) == "users_not_found"
    assert stranger.id not in [each["id"] for each in (await client.users_list())["members"]]


async def test_everybody_is_listed_page_by_page(client: AsyncWebClient, slack: LocalSlack, app: App) -> None:
    people = {slack.workspace.add_person(f"Person {number}").id for number in range(5)}
    seen: list[str] = []
    async for page in await client.users_list(limit=2):
        seen += [member["id"] for member in page["members"]]
    assert set(seen) == people | {app.bot_user_id}
    assert len(seen) == 6


async def test_the_manager_is_a_field_of_the_profile(
    client: AsyncWebClient, slack: LocalSlack, ada: Person
) -> None:
    cal = slack.workspace.add_person("Cal", manager=ada.id, department="Research")
    labels = {each["id"]: each["label"] for each in (await client.team_profile_get())["profile"]["fields"]}
    fields = (await client.users_profile_get(user=cal.id))["profile"]["fields"]
    named = {labels[key]: each["value"] for key, each in fields.items()}
    assert named == {"Manager": ada.id, "Department": "Research"}


async def test_members_of_a_group_are_replaced_as_a_whole(
    client: AsyncWebClient, slack: LocalSlack, ada: Person, ben: Person
) -> None:
    group = slack.workspace.add_usergroup("Engineers", handle="engineers", members=[ada.id])
    await client.usergroups_users_update(usergroup=group.id, users=[ben.id])
    assert (await client.usergroups_users_list(usergroup=group.id))["users"] == [ben.id]
    assert slack.workspace.usergroup(group.id).members == [ben.id]


async def test_members_that_a_group_cannot_have(
    client: AsyncWebClient, slack: LocalSlack, ada: Person, ben: Person
) -> None:
    group = slack.workspace.add_usergroup("Engineers", handle="engineers", members=[ada.id])
    stranger = slack.workspace.add_person("Sol Strange", stranger=True)
    slack.workspace.deactivate(ben.id)
    for users, error in (
        ("", "no_users_provided"),
        ("U404", "invalid_users"),
        (ben.id, "invalid_users"),
        (stranger.id, "failed_for_some_users"),
    ):
        assert await refused(client.usergroups_users_update(usergroup=group.id, users=users)) == error
    assert await refused(client.usergroups_users_update(usergroup="S404", users=ada.id)) == "no_such_subteam"
    assert group.members == [ada.id]


async def test_the_deactivated_leave_their_groups(slack: LocalSlack, ada: Person, ben: Person) -> None:
    group = slack.workspace.add_usergroup("Engineers", handle="engineers", members=[ada.id, ben.id])
    slack.workspace.deactivate(ada.id)
    assert group.members == [ben.id]


async def test_groups_are_made_renamed_and_switched_off(client: AsyncWebClient, slack: LocalSlack) -> None:
    made = (await client.usergroups_create(name="On call", handle="oncall"))["usergroup"]
    await client.usergroups_update(usergroup=made["id"], name="On-call crew")
    await client.usergroups_disable(usergroup=made["id"])
    assert (await client.usergroups_list())["usergroups"] == []
    (shown,) = (await client.usergroups_list(include_disabled=True, include_users=True))["usergroups"]
    assert (shown["name"], shown["handle"], shown["users"]) == ("On-call crew", "oncall", [])
    assert shown["date_delete"] > 0
    await client.usergroups_enable(usergroup=made["id"])
    assert slack.workspace.usergroup(made["id"]).disabled_at == 0
    assert await refused(client.usergroups_create(name="Other", handle="oncall")) == "handle_already_exists"


async def test_groups_need_a_paid_plan_and_leave(
    client: AsyncWebClient, slack: LocalSlack, ada: Person
) -> None:
    group = slack.workspace.add_usergroup("Engineers", handle="engineers")
    slack.workspace.usergroup_writes = False
    assert (
        await refused(client.usergroups_users_update(usergroup=group.id, users=ada.id)) == "permission_denied"
    )
    slack.workspace.paid = False
    assert await refused(client.usergroups_list()) == "plan_upgrade_required"
