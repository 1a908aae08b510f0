"""Chromium, driven as a person would: by what stands on the screen."""

import shutil
from collections.abc import Callable
from typing import TypeVar

from selenium import webdriver
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
CHROMEDRIVER = shutil.which("chromedriver")
SECONDS = 15
# The page changes under the hand of whoever drives it: what moved away is looked for again.
MOVED = (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
)
ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking")

T = TypeVar("T")


def chromium(width: int = 1280, height: int = 800) -> webdriver.Chrome:
    """A browser of its own."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for argument in (*ARGUMENTS, f"--window-size={width},{height}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER))


class Window:
    """One window of the browser, in which one is one person."""

    def __init__(self, driver: webdriver.Chrome, url: str, handle: str) -> None:
        self._driver, self._url, self._handle = driver, url, handle

    @property
    def driver(self) -> webdriver.Chrome:
        """The driver, with this window in front."""
        self._driver.switch_to.window(self._handle)
        return self._driver

    def go(self, place: str) -> None:
        """Opens a place such as `as/U0ADA`."""
        self.driver.get(self._url + place)

    def wait(self, look: Callable[[], T], what: str) -> T:
        """The first truthy answer."""
        driver = self.driver
        return WebDriverWait(driver, SECONDS, 0.05, MOVED).until(lambda _driver: look(), what)

    def text(self, region: str = "body") -> str:
        return self.driver.find_element(By.CSS_SELECTOR, region).text

    def sees(self, words: str, region: str = "body") -> None:
        """Waits until the words stand there."""
        self.wait(lambda: words in self.text(region), f"“{words}” does not stand in {region}")

    def sees_no_more(self, words: str, region: str = "body") -> None:
        self.wait(lambda: words not in self.text(region), f"“{words}” still stands in {region}")

    def find(self, selector: str, words: str = "") -> WebElement:
        """The last such element whose first line is exactly these words."""

        def look() -> WebElement | None:
            found = self.driver.find_elements(By.CSS_SELECTOR, selector)
            return next((each for each in reversed(found) if not words or _name(each) == words), None)

        return self.wait(look, f"there is no {selector} “{words}”")  # type: ignore[return-value]

    def click(self, words: str, within: str = "body") -> None:
        """Clicks a button or link by its words."""
        self._press(lambda: self.find(f"{within} :is(button, a)", words), f"“{words}” cannot be clicked")

    def _press(self, look: Callable[[], WebElement], otherwise: str) -> None:
        def press() -> bool:
            look().click()
            return True

        self.wait(press, otherwise)

    def write(self, words: str) -> None:
        """Types into the composer and sends it."""
        self.find("#main .composer textarea").send_keys(words, Keys.ENTER)

    def fill(self, label: str, words: str) -> None:
        """Types into a field of the modal."""
        self._field(label).send_keys(words)

    def choose(self, label: str, typed: str, option: str) -> None:
        """Opens the menu of a field, types in it, and takes an option."""
        self._press(lambda: self._field(label), f"{label} does not open")
        self.active.send_keys(typed)
        self._press(lambda: self.find("#popup [role=option]", option), f"there is no option {option}")
        if self.driver.find_element(By.ID, "popup").is_displayed():  # a menu of several stays open
            self.active.send_keys(Keys.ESCAPE)

    def _field(self, label: str) -> WebElement:
        name = self.find("#modal .field > label", label)
        return self.driver.find_element(By.ID, str(name.get_attribute("for")))

    @property
    def active(self) -> WebElement:
        """What has the focus."""
        return self.driver.switch_to.active_element

    def complaints(self) -> list[str]:
        """Errors in the browser's console."""
        return [str(each["message"]) for each in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]  # selenium's own


def _name(element: WebElement) -> str:
    """The first line of what an element shows, as people call it; a description may stand below it."""
    return element.text.strip().partition("\n")[0].removesuffix(" (optional)")
