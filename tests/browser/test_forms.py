from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import Open


def test_a_form_keeps_what_is_typed_while_the_app_changes_it(demo: str, open_window: Open) -> None:
    ada = open_window(demo)
    ada.go("as/UADA")
    ada.write("/form")
    ada.sees("Every field", "#modal")
    ada.fill("Name", "x")
    ada.choose("Application", "lab", "GitLab")
    ada.sees("You chose GitLab.", "#modal")
    ada.click("Send request", "#modal")
    ada.sees("Please complete this required field.", "#modal")
    ada.fill("Hours", "8")
    ada.click("Send request", "#modal")
    ada.sees("That is no name.", "#modal")
    ada.fill("Name", Keys.BACKSPACE + "Ada")
    ada.click("Send request", "#modal")
    ada.sees_no_more("Every field", "#modal")


def test_everything_is_reached_by_the_keyboard_and_the_focus_stays_in_the_modal(
    demo: str, open_window: Open
) -> None:
    ada = open_window(demo)
    ada.go("as/UADA")
    ada.find("#main .composer textarea")
    ada.active.send_keys("/fo", Keys.TAB)
    ada.wait(lambda: ada.active.get_attribute("value") == "/form ", "the command is not completed")
    ada.active.send_keys(Keys.ENTER)
    ada.sees("Every field", "#modal")
    ada.wait(lambda: "name" in str(ada.active.get_attribute("id")), "the first field has no focus")
    for _ in range(40):
        ada.active.send_keys(Keys.TAB)
        assert ada.driver.execute_script("return Boolean(document.activeElement.closest('#modal'))")
    ada.active.send_keys(Keys.ESCAPE)
    ada.sees_no_more("Every field", "#modal")
    ada.wait(lambda: ada.active.get_attribute("aria-label") == "Message Demo", "the focus is lost")


def test_a_menu_is_used_with_the_arrow_keys(demo: str, open_window: Open) -> None:
    ada = open_window(demo)
    ada.go("as/UADA")
    ada.write("/everything")
    ada.find("#main [data-action=grouped]").send_keys(Keys.ENTER)
    ada.sees("Warm", "#popup")
    ada.sees("Orange", "#popup")
    ada.active.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    ada.sees("Orange", "#main [data-action=grouped]")
    ada.click("Reject", "#main")
    ada.sees("This cannot be taken back.", "#question")
    ada.active.send_keys(Keys.ESCAPE)
    ada.sees_no_more("Are you sure?", "#question")


def test_what_is_being_written_survives_what_happens_meanwhile(demo: str, open_window: Open) -> None:
    ada, mia = open_window(demo), open_window(demo)
    ada.go("as/UADA/CGENERAL")
    mia.go("as/UMIA/CGENERAL")
    draft = ada.find("#main .composer textarea")
    draft.send_keys("half a sen")
    mia.write("an interruption")
    ada.sees("an interruption", "#main")
    assert ada.active.get_attribute("value") == "half a sen"
    ada.active.send_keys("tence", Keys.ENTER)
    mia.sees("half a sentence", "#main")


def test_light_and_dark_change_by_the_switch(demo: str, open_window: Open) -> None:
    ada = open_window(demo)
    ada.go("as/UADA")
    before = ada.find("body").value_of_css_property("background-color")
    ada.find("[data-do=theme]").click()
    ada.wait(lambda: ada.find("body").value_of_css_property("background-color") != before, "nothing changed")
