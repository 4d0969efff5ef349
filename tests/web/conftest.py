"""A real Chromium for the tests that ask for ``page``: the machine's own, never a download.

``CHROMIUM`` names it, else the usual commands are tried. Without one, those tests are skipped
and say so; with ``REQUIRE_BROWSER=1`` they fail instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright
from tools import chromium

from echeance.base import commands as base
from echeance.base.models import User
from echeance.base.rights import Role

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN_AXE = """async (tags) => {
  const found = await axe.run({preload: false, runOnly: {type: 'tag', values: tags}});
  return {
    passes: found.passes.length,
    violations: found.violations.map(({id, impact, nodes}) =>
      `${id} (${impact})\\n  ` + nodes.map((n) => n.target.join(' ') + ': ' + n.failureSummary).join('\\n  ')),
  };
}"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the run."""
    found = chromium.find()
    if found is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(chromium.MISSING)
        pytest.skip(chromium.MISSING)
    # The synchronous interface keeps a loop in this thread; the ORM is safe, it only sees one thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=chromium.options())
        yield running
        running.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: French, Paris, a desktop screen."""
    fresh = browser.new_context(
        locale="fr-FR",
        timezone_id="Europe/Paris",
        viewport={"width": 1440, "height": 900},
        reduced_motion="reduce",
    )
    fresh.set_default_timeout(10_000)
    yield fresh
    fresh.close()


def lively(page: Page, goto: Callable[..., Response | None]) -> Callable[..., Response | None]:
    """``goto`` that returns once htmx has taken the page in hand: it starts after the load."""
    taken = "[data-htmx-powered], html:not(:has([hx-get], [hx-post]))"

    def go(url: str, **options: Any) -> Response | None:
        response = goto(url, **options)
        if "text/html" in (response.headers.get("content-type", "") if response else ""):
            page.wait_for_selector(taken, state="attached")
        return response

    return go


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page; an error on its console, a script that fails or a breach of the CSP fails the test."""
    opened = context.new_page()
    errors: list[str] = []
    opened.on("console", lambda message: message.type == "error" and errors.append(message.text))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.console_errors = errors  # type: ignore[attr-defined]
    opened.goto = lively(opened, opened.goto)  # type: ignore[method-assign]
    yield opened
    assert not errors, errors


@pytest.fixture
def member(user, company, actor) -> User:
    """Léa, administrator of Atelier Morel."""
    base.give_role(actor=actor, user=user, role=Role.ADMINISTRATOR)
    return user


@pytest.fixture
def signed_in(live_server, client, context: BrowserContext, member) -> None:
    """Léa is signed in, in the browser."""
    client.force_login(member)
    context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": live_server.url,
            }
        ]
    )


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Fail on any accessibility violation of WCAG 2.2 A and AA that axe finds."""
    source = Path(settings.NODE_MODULES, "axe-core/axe.min.js").read_text(encoding="utf-8")

    def check(page: Page) -> None:
        page.evaluate(source)
        found = page.evaluate(RUN_AXE, WCAG)
        assert found["passes"] > 5, "axe ran on an empty page"
        assert not found["violations"], "\n".join(found["violations"])

    return check
