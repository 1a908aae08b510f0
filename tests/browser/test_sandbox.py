import pytest

from tests.browser.chromium import Window
from tests.browser.conftest import Open

OUTSIDE = """
return [...document.querySelectorAll("body *")]
  .filter((each) => each.offsetParent && each.getBoundingClientRect().right > arguments[0] + 1)
  .map((each) => `${each.tagName} ${each.className} ${each.innerText}`)
"""
"""The elements that reach further to the right than a width in pixels."""


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
    ada.choose("Application", "git", "🐙 GitHub")
    ada.choose("Access", "eng", "Engineering team")
    ada.choose("How long", "", "8 hours")
    ada.fill("Reason", "INC-42: checkout is down")
    ada.sees("Mia Okafor", "#modal")
    ada.click("Send request", "#modal")
    ada.sees("You requested", "#main")

    mia.sees("INC-42: checkout is down", "#main")
    olga.sees("INC-42: checkout is down", "#main")
    mia.click("Approve", "#main")
    mia.sees("Approve request?", "#modal")
    mia.click("Approve for 8 hours", "#modal")

    olga.sees("Approved by", "#main")
    olga.sees_no_more("Reject", "#main article:last-of-type")
    olga.sees("@engineering + Ada Lindqvist", "#drawer")
    ada.sees("You have access to", "#main")

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


def test_time_skips_to_the_next_event(sandbox: str, open_window: Open) -> None:
    ada = open_window(sandbox)
    ada.go("as/U0ADA?drawer=members")
    ada.write("/request-access dashboards viewer 8h because INC-42")
    ada.click("Send request", "#modal")
    ada.sees("Dashboards · Viewer: notice in 7 hours", "#top .due")
    pass_time(ada, "Skip to it")
    ada.sees("Dashboards · Viewer ends in 1 hour", "#top .due")
    ada.sees("I'm done", "#main")
    pass_time(ada, "Skip to it")
    ada.sees("@dashboards − Ada Lindqvist", "#drawer")


def test_a_target_system_that_is_away_is_coped_with(sandbox: str, open_window: Open) -> None:
    ada = open_window(sandbox)
    ada.go("as/U0ADA")
    ada.click("Inject fault", "#top")
    ada.click("GitHub is away", "#drawer")
    ada.sees("GitHub is away", "#top")
    ada.write("/request-access dashboards viewer 8h because INC-42")
    ada.click("Send request", "#modal")
    ada.sees("Granting", "#main")
    ada.click("Fix everything", "#guide")
    ada.sees("Inject fault", "#top")
    ada.sees("You have access to", "#main")


def test_the_story_is_played_from_its_first_to_its_last_step_in_six_clicks(
    sandbox: str, open_window: Open
) -> None:
    window = open_window(sandbox)
    window.go("")
    window.sees("A small company’s Slack with the real Keyturn", "#guide")
    window.find("#guide [aria-current=step]", "1 Request as the employee").click()
    window.sees("INC-42: checkout is down", "#modal .dialog")  # the form, while it can be read
    window.sees("INC-42: checkout is down", "#main")
    assert "/as/U0ADA" in window.driver.current_url

    _next_step(window, "2 Approve as the manager")
    window.sees("Mia Okafor", "#talks .me")
    window.sees("Approved", "#main")
    assert "/as/U0MIA" in window.driver.current_url

    _next_step(window, "3 See the group change")
    window.sees("@engineering + Ada Lindqvist", "#drawer")
    window.sees("GitHub · Engineering team: notice in 7 hours", "#top .due")

    _next_step(window, "4 Let it expire")
    window.sees("GitHub · Engineering team ends in 1 hour", "#top .due")
    window.sees("@engineering − Ada Lindqvist", "#drawer")

    _next_step(window, "5 Break Slack")
    window.sees("is saved, and waits for Slack", "#guide")
    window.sees("Slack is away", "#top")
    assert "Dashboards" not in window.text("#main")
    window.click("Fix Slack", "#guide")
    window.sees("You have access to", "#main")
    window.sees("That was the story", "#guide")
    assert window.text("#guide").count("✓") == 5


def _next_step(window: Window, name: str) -> None:
    """Press the step that is marked as the next one, once the one before it has been played."""
    ready = "#guide [aria-current=step]:not([aria-busy])"
    window.find(ready, name)
    window.click(name, "#guide")


def test_a_step_done_by_hand_counts(sandbox: str, open_window: Open) -> None:
    ada = open_window(sandbox)
    ada.go("as/U0ADA")
    ada.write("/request-access github engineering 1h because INC-42")
    ada.click("Send request", "#modal")
    ada.find("#guide [aria-current=step]", "2 Approve as the manager")


def test_reset_starts_the_company_over(sandbox: str, open_window: Open) -> None:
    ada = open_window(sandbox)
    ada.go("as/U0ADA?drawer=members")
    ada.write("/request-access github engineering 1h because INC-42")
    ada.click("Send request", "#modal")
    ada.sees("INC-42", "#main")
    ada.click("Reset", "#top")
    ada.click("Reset", "#question")
    ada.find("#guide [aria-current=step]", "1 Request as the employee")
    assert "INC-42" not in ada.text("#main")
    assert ada.driver.current_url.endswith("/as/U0ADA")
    # While nobody listened, the browser noted each of the page's attempts to connect.
    assert all("ERR_CONNECTION_REFUSED" in complaint for complaint in ada.complaints())


@pytest.mark.parametrize("drawer", ["", "members", "traffic", "kit", "audit-trail", "e-mail", "break"])
def test_a_narrow_page_shows_everything_without_sideways_scrolling(
    quiet_sandbox: str, open_window: Open, drawer: str
) -> None:
    window = open_window(quiet_sandbox)
    try:
        for width in (360, 390, 800):
            size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": True}
            window.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            window.go(f"as/U0MIA?drawer={drawer}")
            window.sees("Salesforce", "#main")
            assert window.driver.execute_script(OUTSIDE, width) == []
    finally:
        window.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
