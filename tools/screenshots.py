"""Pictures of the pages, for the documentation: a real browser on the demonstration.

Builds the demonstration in a temporary folder, serves it on loopback, signs in, and writes
``docs/_static/screens/<page>-desk.png`` (light) and ``<page>-phone.png`` (dark). A page that is
not in the menu is left out, and said so; a page that answers an error fails the run.

``python -m tools.screenshots``
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright
from tools import chromium, messages

SCREENS = Path(__file__).resolve().parents[1] / "docs/_static/screens"
START_SECONDS_MAX = 300
STOP_SECONDS_MAX = 20
BYTES_MAX = 300_000


# By the words of the menu: the picture of the page.
LISTS = {
    "Ma journée": "journee",
    "Factures": "factures",
    "À facturer": "a-facturer",
    "Clients": "clients",
    "Encaissements": "encaissements",
    "Relances": "relances",
    "Litiges": "litiges",
    "Balance âgée": "balance-agee",
}
# The picture of one object of a list: the first row whose link has these words.
OBJECTS = {"Factures": ("facture", "FA-"), "Clients": ("client", "")}
DEVICES = {
    "desk": {
        "viewport": {"width": 1440, "height": 900},
        "color_scheme": "light",
    },
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "color_scheme": "dark",
        "is_mobile": True,
        "has_touch": True,
    },
}


@contextmanager
def demonstration() -> Iterator[str]:
    """The address of a served demonstration; everything it started ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="echeance-screens-") as folder:
        log = Path(folder, "log")
        with log.open("w") as out:
            # A session of its own: the server and the worker it starts end with it, by its id.
            running = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "echeance",
                    "practice",
                    "demo",
                    "--serve",
                    "--port",
                    str(port),
                ],
                env={**os.environ, "ECHEANCE_HOME": str(Path(folder, "home"))},
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        try:
            _wait(address, running, log)
            yield address
        finally:
            _end(running)


def _wait(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + START_SECONDS_MAX
    while running.poll() is None and time.monotonic() < limit:
        try:
            with urlopen(f"{address}/connexion/", timeout=5):  # noqa: S310  our own loopback
                return
        except (URLError, TimeoutError):
            time.sleep(0.5)
    sys.exit(f"The demonstration does not answer:\n{log.read_text()[-2000:]}")


def _end(running: subprocess.Popen[bytes]) -> None:
    """Stop it as Ctrl+C does; kill what is left."""
    for one in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(running.pid, one)
        except ProcessLookupError:
            break
        try:
            running.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            continue


def take(browser: Browser, address: str) -> list[str]:
    """Write every picture; return what to know about those left out or too heavy."""
    from echeance.practice.world import EMAIL, PASSWORD

    notes = []
    for device, options in DEVICES.items():
        context = browser.new_context(
            locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce", **options
        )
        page = context.new_page()
        go(page, f"{address}/connexion/")
        shoot(page, "connexion", device)
        page.fill("[name=username]", EMAIL)
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        links = menu(page)
        for label, name in LISTS.items():
            if label not in links:
                notes += [f"{label}: not in the menu"] if device == "desk" else []
                continue
            go(page, f"{address}{links[label]}")
            shoot(page, name, device)
            if label in OBJECTS:
                one, words = OBJECTS[label]
                rows = page.locator(f"main tbody a[href^='{links[label]}']")
                # Opened by its address: a click would open a pane beside the list.
                go(page, f"{address}{rows.filter(has_text=words).first.get_attribute('href')}")
                shoot(page, one, device)
        context.close()
    heavy = [file for file in SCREENS.glob("*.png") if file.stat().st_size > BYTES_MAX]
    return notes + [f"{file.name}: over {BYTES_MAX} bytes" for file in heavy]


def menu(page: Page) -> dict[str, str]:
    """Addresses of the side menu by their words; on a phone it is closed, but there."""
    page.locator("nav a.nav-link").first.wait_for(state="attached")
    found = page.locator("nav a.nav-link").all()
    return {(one.text_content() or "").strip(): one.get_attribute("href") or "" for one in found}


def go(page: Page, address: str) -> None:
    """Open a page; an error on it ends the run."""
    answer = page.goto(address)
    if answer is None or not answer.ok:
        sys.exit(f"{address}: {answer and answer.status}")


def shoot(page: Page, name: str, device: str) -> None:
    """One picture, once nothing moves any more."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=SCREENS / f"{name}-{device}.png", animations="disabled")


def main() -> int:
    """Take them all; exit 1 when a picture is too heavy to be kept."""
    found = chromium.find()
    if found is None:
        sys.exit(chromium.MISSING)
    messages.set_up()
    SCREENS.mkdir(parents=True, exist_ok=True)
    with demonstration() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=chromium.options())
        notes = take(browser, address)
        browser.close()
    print("\n".join(notes))
    return int(any("over" in note for note in notes))


if __name__ == "__main__":
    sys.exit(main())
