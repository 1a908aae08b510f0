from datetime import timedelta

from tests.world import World

HOUR = timedelta(hours=1)


async def waiting(world: World, **stage: object) -> None:
    """Ada's request waits for Grace; Otto is her alternate."""
    owner = {"name": "Owner", "approvers": [world.ids["Grace"]], "alternates": [world.ids["Otto"]]}
    await world.offer(stage=[owner | stage], remind_after="30h", reassign="anyone")
    await world.ask("Ada", "github engineering 8h because of a release")


async def test_the_alternate_gets_the_card_when_nobody_decides_in_time_and_can_approve(world: World) -> None:
    await waiting(world, escalate_after="4h")
    await world.pass_time(3 * HOUR)
    assert world.person("Otto").messages() == []
    await world.pass_time(HOUR)
    assert "you're an alternate" in world.card("Otto", "Engineering team").text
    card = world.card("Ada", "Engineering team").text
    assert "No decision in time; alternates were asked." in card
    assert f"Waiting for <@{world.ids['Grace']}> or <@{world.ids['Otto']}>" in card
    await world.approve("Otto", "Engineering team")
    assert world.ids["Ada"] in world.group.members
    assert "Approve" not in world.card("Grace", "Engineering team").buttons


async def test_where_no_alternate_can_be_asked_an_admin_is_told_and_passes_it_on(world: World) -> None:
    await waiting(world, alternates=[world.ids["Ada"]], escalate_after="4h")
    await world.pass_time(4 * HOUR)
    root, card = world.person("Root"), world.card("Root", "Nobody has decided")
    assert f"Waiting for <@{world.ids['Grace']}>" in card.text
    assert "none of its alternates can be asked (Ada is the requester)" in card.text
    await root.click(card, "Reassign")
    await root.choose("New approver", "Mia")
    assert (await root.submit()).ok
    await world.settle()
    await world.approve("Mia", "Engineering team")
    assert world.ids["Ada"] in world.group.members
    assert "*Approved* by" in world.card("Root", "Engineering team").text
    assert "Reassign" not in world.card("Root", "Engineering team").buttons
    await root.click(world.card("Root", "Engineering team"), "Details")
    assert root.view is not None
    assert "notified: no decision in time, and nobody else can be asked" in " ".join(root.view.texts)


async def test_the_requester_reminds_and_reads_when_it_was_done_and_when_it_can_be_done_again(
    world: World,
) -> None:
    await waiting(world)
    ada = world.person("Ada")
    await ada.click(world.card("Ada", "Engineering team"), "Remind")
    await world.settle()
    assert "The approvers were asked a short while ago. You can remind them in 4 hours." in " ".join(
        ada.ephemeral
    )
    await world.pass_time(4 * HOUR)
    await ada.click(world.card("Ada", "Engineering team"), "Remind")
    await world.settle()
    nudge = world.card("Grace", f"<@{world.ids['Ada']}> reminds you")
    assert "Approve" in nudge.buttons
    assert "reminded" in world.card("Ada", "You requested").text
    await world.approve("Grace", "reminds you")
    assert world.ids["Ada"] in world.group.members
    assert "Approve" not in world.card("Grace", "Engineering team").buttons


async def test_before_it_expires_the_approver_and_the_requester_are_told_once(world: World) -> None:
    await waiting(world)
    await world.pass_time(44 * HOUR)
    assert "Approve" in world.card("Grace", "expires soon").buttons
    assert "unless it is decided by then" in world.card("Ada", "expires").text
    before = len(world.person("Grace").messages())
    await world.pass_time(HOUR)
    assert len(world.person("Grace").messages()) == before
    await world.pass_time(3 * HOUR)
    assert not any("Approve" in message.buttons for message in world.person("Grace").messages())
    assert "Expired" in world.person("Ada").messages()[-1].text


async def test_the_card_says_that_one_rejection_ends_it_and_it_does(world: World) -> None:
    people = [world.ids["Grace"], world.ids["Alan"], world.ids["Mia"]]
    await waiting(world, approvers=people, rule=2, on_reject="veto")
    await world.approve("Grace", "Engineering team")
    card = world.card("Alan", "Engineering team")
    assert "2 of 3 approvers, 1 approved so far, one rejection rejects it" in card.text
    alan = world.person("Alan")
    await alan.click(card, "Reject")
    assert (await alan.submit()).ok
    await world.settle()
    assert "Rejected" in world.card("Ada", "Engineering team").text
