"""What the form's menus offer while somebody types."""

from blocks.request_form import RequestAction, access_options, app_key_of, app_option, parse
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Suggestion
from handlers.routes import Routes
from models.lifecycle.request.plan import can_request_for_others
from models.queries.already_held import AccessMark, marks
from models.registry.directory import Directory, only_members
from models.store.case import Case


async def applications(incoming: Suggestion) -> None:
    """The applications that may be asked for and fit, the best first."""
    await incoming.read(only_members, incoming.person)
    found = await incoming.desk.catalogue.search(incoming.typed)
    await incoming.answer(options=[app_option(app) for app in found])


async def accesses(incoming: Suggestion) -> None:
    """What of the chosen application fits; what the one who would have it has or has asked for says so."""
    app = await incoming.desk.catalogue.find(app_key_of(incoming.block))
    if app is None:
        await incoming.answer(options=[])
        return

    def look(case: Case) -> tuple[dict[str, AccessMark], str, bool]:
        only_members(case, incoming.person)
        person, whom = Directory(case).person(incoming.person), parse(incoming.values).for_whom
        # What others have is nobody's business who cannot ask for them.
        whose = whom if whom and can_request_for_others(case, app, incoming.person) else incoming.person
        own = whose == incoming.person
        return marks(case, whose, app.key), person.tz if person else "UTC", own

    marked, zone, own = await incoming.read(look)
    await incoming.answer(options=access_options(app, incoming.typed, marked, zone, own=own))


def register(routes: Routes, desk: Desk) -> None:
    """Answer the form's menus."""
    routes.options(RequestAction.APP)(listener(desk, Suggestion, applications))
    routes.options(RequestAction.ACCESS)(listener(desk, Suggestion, accesses))
