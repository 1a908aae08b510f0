"""Handle Slack's events about people, user groups and the installation.

An event is only a hint: it may come late, or twice. What access depends on (who is active, a guest, in a
group) is looked up by a job before anything is done about it; names and addresses are taken from the event.
"""

from collections.abc import Mapping
from typing import Any

import structlog

from handlers.deliveries import Event
from handlers.routes import on_event
from models.lifecycle.people import update_people
from models.registry.slack_mapping import person_of
from models.store.outcome import SYSTEM

log = structlog.get_logger("keyturn.people")


@on_event("user_change", "team_join")
async def person_changed(event: Event) -> None:
    """Store a change of a person, or that they joined. Most changes (a status, a picture) are not stored."""
    user = event.event.get("user")
    if not isinstance(user, Mapping) or not user.get("id"):
        return
    event.context.people.forget_profile(str(user["id"]))
    person = person_of(user)
    if await event.read(update_people.is_new, person):
        await event.run(update_people.keep_person, person)


@on_event("subteam_members_changed", "subteam_updated")
async def group_changed(event: Event) -> None:
    """Have user groups synchronised: one has other members or another name, or was disabled or enabled."""
    group_id = _group_of(event.event)
    if await event.read(update_people.is_known_group, group_id):
        await event.run(update_people.refresh_groups)


@on_event("app_uninstalled", "tokens_revoked")
async def record_disconnection(event: Event) -> None:
    """Record that the app was uninstalled or its token revoked, so that nothing works any more."""
    kind = str(event.event.get("type"))
    log.error("Slack has revoked Keyturn's access. Install the app again, or set a new token", kind=kind)
    await event.run(lambda out: out.record(SYSTEM, f"slack.{kind}", "slack"))


def _group_of(event: Mapping[str, Any]) -> str:
    subteam = event.get("subteam")
    return str(subteam.get("id", "")) if isinstance(subteam, Mapping) else str(event.get("subteam_id", ""))
