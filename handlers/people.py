"""What happens to people, to user groups and to the app itself, as Slack tells it.

An event is a hint: it may come late, or twice. What counts (who is active, a guest, in a group) is looked
up by a job before anything is done about it; the rest (names, addresses) is taken as it comes.
"""

from collections.abc import Mapping
from typing import Any

import structlog

from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Event
from handlers.routes import Routes
from handlers.slack_objects import person_of
from models.lifecycle.people import update_people
from models.store.outcome import SYSTEM

log = structlog.get_logger("keyturn.people")


def register(routes: Routes, desk: Desk) -> None:
    """Listen to what Slack tells about people, groups and us."""
    for kind in ("user_change", "team_join"):
        routes.event(kind)(listener(desk, Event, person_changed))
    for kind in ("subteam_members_changed", "subteam_updated"):
        routes.event(kind)(listener(desk, Event, group_changed))
    for kind in ("app_uninstalled", "tokens_revoked"):
        routes.event(kind)(listener(desk, Event, cut_off))


async def person_changed(event: Event) -> None:
    """Somebody joined, or is not what they were. Most changes (a status, a picture) are none for us."""
    user = event.event.get("user")
    if not isinstance(user, Mapping) or not user.get("id"):
        return
    event.desk.whois.forget_profile(str(user["id"]))
    told = person_of(user)
    if await event.read(update_people.is_new, told):
        await event.run(update_people.keep_person, told)


async def group_changed(event: Event) -> None:
    """A user group has other members, another name, or was switched off or on."""
    group_id = _group_of(event.event)
    if await event.read(update_people.is_known_group, group_id):
        await event.run(update_people.refresh_groups)


async def cut_off(event: Event) -> None:
    """The app was uninstalled, or tokens of it were revoked: nothing can be shown or given any more."""
    kind = str(event.event.get("type"))
    log.error("Slack has cut us off. Install the app again, or give it a new token", kind=kind)
    await event.run(lambda out: out.record(SYSTEM, f"slack.{kind}", "slack"))


def _group_of(event: Mapping[str, Any]) -> str:
    subteam = event.get("subteam")
    return str(subteam.get("id", "")) if isinstance(subteam, Mapping) else str(event.get("subteam_id", ""))
