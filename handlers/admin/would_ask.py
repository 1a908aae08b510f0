"""Answer "who would be asked": an admin describes a request, and sees what the policy makes of it."""

from blocks.admin.forms import would_ask
from blocks.admin.ids import AdminAction, AdminScreen
from handlers.admin import modals
from handlers.admin.admin_only import admins_only
from handlers.deliveries import Click, Submission
from handlers.people import refresh
from handlers.routes import on_click, on_submit
from models.queries.scenario import Scenario
from models.queries.scenario import plan_scenario as policy_says


@on_click(AdminAction.WOULD_ASK)
@admins_only
async def open_form(click: Click) -> None:
    """Open the form that describes a request."""
    entry = await modals.load_entry(click, modals.place_of(click))
    await click.open(would_ask.build(entry.app, modals.place_of(click)))


@on_submit(AdminScreen.WOULD_ASK)
@admins_only
async def answer(submission: Submission) -> None:
    """Show below the form what would happen to the request, by today's rules and people."""
    place = modals.place_of(submission)
    form, app = would_ask.parse(submission.values), (await modals.load_entry(submission, place)).app
    people = {form.person, form.asker or form.person}
    await refresh.before_request(submission.context.people, app, people)
    scenario = Scenario(
        form.person,
        form.access,
        form.length,
        form.at(submission.context.clock.now()),
        requester=form.asker,
        kind=form.kind,
        emergency=form.emergency,
    )
    result = await submission.read(policy_says, app, scenario)
    view = would_ask.build(app, place, form, would_ask.answer_blocks(result))
    await submission.answer(response_action="update", view=dict(view))
