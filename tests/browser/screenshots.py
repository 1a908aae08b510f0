"""Pictures of the main screens, by really using the sandbox: `python -m tests.browser.screenshots FOLDER`.

`story.webp` shows the main story moving, from the request to the end of the access.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from selenium import webdriver

from tests.browser.chromium import Window, chromium

WIDTH, HEIGHT = 1280, 800


def _first_minute(window: Window) -> None:
    window.go("")
    window.find("#guide [aria-current=step]", "1 Request as the employee")


def _form(window: Window) -> None:
    window.go("as/U0ADA")
    window.write("/request-access github engineering 8h because INC-42: checkout is down")
    window.sees("Who will approve it", "#modal")


def _card(window: Window) -> None:
    window.click("Send request", "#modal")
    window.go("as/U0MIA")
    window.sees("INC-42", "#main")


def _decision(window: Window) -> None:
    window.click("Approve", "#main")
    window.sees("Comment", "#modal")


def _granted(window: Window) -> None:
    window.click("Approve for 8 hours", "#modal")
    window.go("as/U0ADA?drawer=members")
    window.sees("You have access to", "#main")


def _ended(window: Window) -> None:
    window.go("as/U0ADA?drawer=members")
    window.click("+1 day")
    window.sees("Ended", "#main")
    window.sees("Request again", "#main")


def _home(window: Window) -> None:
    window.go("as/U0ADA")
    window.click("Home", "#main")
    window.sees("● My access 1", "#main")
    window.sees("Give back", "#main")


def _admin(window: Window) -> None:
    window.go("as/U0ROBIN")
    window.write("/access-admin github")
    window.sees("Edit basics", "#modal")


def _under_the_hood(window: Window) -> None:
    window.click("×", "#modal")
    window.sees_no_more("Edit basics", "#modal")
    window.go("as/U0ADA?drawer=traffic")
    window.sees("chat.postMessage", "#drawer")


SCREENS: dict[str, Callable[[Window], None]] = {
    "first-minute": _first_minute,
    "request-form": _form,
    "approval-card": _card,
    "decision": _decision,
    "access-given": _granted,
    "app-home": _home,
    "admin": _admin,
    "under-the-hood": _under_the_hood,
    "access-ended": _ended,
}
STORY = {"request-form": 3.5, "approval-card": 3.5, "decision": 2.5, "access-given": 4.0, "access-ended": 4.0}
"""The screens of the moving picture, in order, each with its seconds."""
STORY_SIZE = (960, 600)


def take(url: str, folder: Path) -> None:
    """Plays through the screens and takes a picture of each, light and dark."""
    driver = chromium(WIDTH, HEIGHT)
    try:
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False},
        )
        window = Window(driver, url, driver.current_window_handle)
        for name, reach in SCREENS.items():
            reach(window)
            for scheme in ("light", "dark"):
                _picture(driver, scheme, folder / f"{name}-{scheme}.png")
        _write_story(folder)
    finally:
        driver.quit()


def _picture(driver: webdriver.Chrome, scheme: str, file: Path) -> None:
    features = [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    driver.save_screenshot(str(file))


def _write_story(folder: Path) -> None:
    """Join the light pictures of the main story into one that moves."""
    frames = []
    for name in STORY:
        with Image.open(folder / f"{name}-light.png") as picture:
            frames.append(picture.convert("RGB").resize(STORY_SIZE, Image.Resampling.LANCZOS))
    first, *rest = frames
    durations = [round(seconds * 1000) for seconds in STORY.values()]
    first.save(
        folder / "story.webp", save_all=True, append_images=rest, duration=durations, loop=0, quality=80
    )


def main() -> None:
    """Starts a sandbox of its own, and writes the pictures into the folder that was named."""
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "bot", "sandbox", "--fresh", "--port", "0"]
    with tempfile.TemporaryDirectory() as home:
        environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(
            command, cwd=home, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                assert process.stdout
                line = process.stdout.readline()
                take(line[line.index("http://") :].strip(), folder)
            finally:
                process.terminate()


if __name__ == "__main__":
    main()
