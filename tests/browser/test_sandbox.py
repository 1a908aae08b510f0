from tests.browser.chromium import Window
from tests.browser.conftest import Open


def pass_time(window: Window, button: str) -> None:
    """Move the company's clock, and wait until what became due is done: until then a click is ignored."""
    before = window.text("#top .now")
    window.click(button, "#top")
    window.wait(
        lambda: (
            window.text("#top .now") != before
            and not window.find("#top [data-step=hour]").get_attribute("aria-busy")
        ),
        "time stands still",
    )


def test_the_whole_loop_by_clicking_as_three_people(sandbox: str, open_window: Open) -> None:
    ada, mia, olga = open_window(sandbox), open_window(sandbox), open_window(sandbox)
    ada.go("as/U0ADA")
    mia.go("as/U0MIA")
    olga.go("as/U0OLGA?drawer=members")

    ada.write("/request-access")
    ada.sees("Request access", "#modal")
    ada.choose("Application", "git", "GitHub")
    ada.choose("Access", "eng", "Engineering team")
    ada.choose("How long", "", "8 hours")
    ada.fill("Reason", "INC-42: checkout is down")
    ada.sees("Mia Okafor", "#modal")
    ada.click("Send request", "#modal")
    ada.sees("You asked for GitHub, Engineering team", "#main")

    mia.sees("INC-42: checkout is down", "#main")
    olga.sees("INC-42: checkout is down", "#main")
    mia.click("Approve", "#main")
    mia.sees("Approve request?", "#modal")
    mia.click("Approve", "#modal")

    olga.sees("Mia Okafor approved", "#main")
    assert "Reject" not in olga.text("#main article:last-of-type")
    olga.sees("@engineering + Ada Lindqvist", "#drawer")
    ada.sees("You have access to GitHub, Engineering team", "#main")

    for _ in range(7):
        pass_time(ada, "+1 hour")
    ada.find("#main button", "I'm done")
    pass_time(ada, "+1 day")
    olga.sees("@engineering − Ada Lindqvist", "#drawer")
    ada.sees("Ended", "#main")


def test_the_admin_changes_what_can_be_asked_for(sandbox: str, open_window: Open) -> None:
    robin, ada = open_window(sandbox), open_window(sandbox)
    robin.go("as/U0ROBIN")
    robin.write("/access-admin figma")
    robin.sees("Drawings of everything we build", "#modal")
    robin.click("Edit basics", "#modal")
    robin.sees("2 of 3", "#modal")
    robin.fill("Description", ", for everybody")
    robin.click("Save", "#modal")
    robin.sees("Drawings of everything we build, for everybody", "#modal")
    robin.click("Switch off", "#modal")
    robin.sees("Switch off Figma?", "#question")
    robin.click("Switch off", "#question")
    robin.sees("Switch on", "#modal")

    ada.go("as/U0ADA?drawer=audit-trail")
    ada.sees("The chain is whole", "#drawer")
    ada.sees("app:figma", "#drawer")
    ada.write("/request-access figma")
    ada.sees_no_more("Editor", "#modal")


def test_time_moves_to_the_next_thing_due(sandbox: str, open_window: Open) -> None:
    ada = open_window(sandbox)
    ada.go("as/U0GUS?drawer=members")
    pass_time(ada, "To the next thing due")
    ada.sees("ends", "#main")
    pass_time(ada, "To the next thing due")
    ada.sees("@dashboards − Gus Moreno", "#drawer")


def test_a_target_system_that_is_away_is_coped_with(sandbox: str, open_window: Open) -> None:
    ada = open_window(sandbox)
    ada.go("as/U0ADA?drawer=break")
    ada.click("Break", "#drawer")
    ada.sees("Something is broken", "#top")
    ada.write("/request-access dashboards viewer 8h because INC-42")
    ada.click("Send request", "#modal")
    ada.sees("Granting", "#main")
    ada.click("Mend everything", "#drawer")
    ada.sees_no_more("Something is broken", "#top")
    pass_time(ada, "+1 hour")
    ada.sees("You have access to Dashboards, Viewer", "#main")
