"""What only a browser can show: keys, focus, selection, pane, toasts, notices, theme."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.web.sample_pages")]


@pytest.fixture
def listing(live_server, page, signed_in):
    page.goto(f"{live_server.url}/sample/")
    return page


def test_keys_walk_the_rows_and_tick_them(listing):
    for key in ("j", "x", "j", "x"):
        listing.keyboard.press(key)

    expect(listing.locator("#row-2 a")).to_be_focused()
    expect(listing.locator("[data-bulk]")).to_contain_text("2 factures")
    expect(listing.locator("[data-bulk-sum]")).to_have_text("20,20\u00a0€")


def test_shift_and_the_head_tick_many(listing):
    listing.locator("#row-1 .check").click()
    listing.locator("#row-3 .check").click(modifiers=["Shift"])

    expect(listing.locator("[data-bulk-count]")).to_have_text("3 factures")
    expect(listing.locator("[data-select-all]")).to_be_checked()

    listing.get_by_role("button", name="Vider la sélection").click()
    expect(listing.locator("[data-bulk]")).to_be_hidden()


def test_an_act_on_the_ticked_rows_says_what_it_did(listing):
    listing.locator("#row-1 .check").click()
    listing.locator("#row-2 .check").click()
    listing.get_by_role("button", name="Relancer").click()

    expect(listing.locator("#list")).to_have_text("Fait : 1, 2")
    toast = listing.get_by_role("status")
    expect(toast).to_contain_text("2 factures relancées.")
    expect(toast.get_by_role("button", name="Annuler")).to_be_visible()


def test_enter_opens_the_file_beside_and_escape_gives_the_focus_back(listing):
    for key in ("j", "j", "Enter"):
        listing.keyboard.press(key)

    expect(listing.locator("#pane h2")).to_have_text("FA-2")
    expect(listing.locator("[data-pdf]")).to_have_attribute("data-state", "ready")
    expect(listing.locator("[data-pdf] canvas")).to_have_count(2)

    listing.keyboard.press("k")
    expect(listing.locator("#pane h2")).to_have_text("FA-1")
    listing.keyboard.press("Escape")
    expect(listing.locator("#pane")).to_be_hidden()
    expect(listing.locator("#row-1 a")).to_be_focused()


def test_a_refusal_is_shown_above_the_page_and_leaves_it_as_it_was(listing):
    listing.keyboard.press("e")

    expect(listing.locator("#notices")).to_contain_text("corrigez-la par un avoir")
    expect(listing.locator("#row-1")).to_be_visible()
    refused_by_the_server(listing, 409)


def test_a_server_that_fails_says_that_nothing_was_saved(listing):
    listing.get_by_role("button", name="Planter").click()

    expect(listing.locator("#notices")).to_contain_text("Le serveur ne répond pas")
    expect(listing.locator("#row-1")).to_be_visible()
    refused_by_the_server(listing, 502)


def test_single_letters_can_be_switched_off(listing):
    listing.keyboard.press("?")
    listing.get_by_label("Raccourcis à une touche").uncheck()
    listing.keyboard.press("Escape")
    listing.keyboard.press("j")
    expect(listing.locator("#row-1 a")).not_to_be_focused()

    listing.reload()
    listing.keyboard.press("j")
    expect(listing.locator("#row-1 a")).not_to_be_focused()

    listing.keyboard.press("?")
    listing.get_by_label("Raccourcis à une touche").check()
    listing.keyboard.press("Escape")
    listing.keyboard.press("j")
    expect(listing.locator("#row-1 a")).to_be_focused()


def test_letters_typed_in_a_field_are_letters(listing):
    listing.keyboard.press("/")
    listing.keyboard.type("jx?")

    expect(listing.get_by_role("searchbox")).to_have_value("jx?")
    expect(listing.locator("[data-bulk]")).to_be_hidden()
    expect(listing.locator("#help")).to_be_hidden()


def test_a_chosen_theme_is_kept_and_a_system_theme_followed(listing):
    listing.emulate_media(color_scheme="dark")
    dark = listing.evaluate("getComputedStyle(document.body).backgroundColor")
    listing.get_by_role("button", name="Clair ou sombre").click()
    light = listing.evaluate("getComputedStyle(document.body).backgroundColor")
    listing.reload()

    assert (dark, light) == ("rgb(20, 21, 25)", "rgb(255, 255, 255)")
    assert listing.evaluate("getComputedStyle(document.body).backgroundColor") == light


def test_the_menu_opens_on_a_phone(listing):
    listing.set_viewport_size({"width": 390, "height": 844})
    expect(listing.locator("#side")).to_be_hidden()

    listing.get_by_role("button", name="Menu").click()

    expect(listing.get_by_role("link", name="Société")).to_be_visible()
    listing.keyboard.press("Escape")
    expect(listing.locator("#side")).to_be_hidden()


def test_a_list_works_without_script(live_server, browser, signed_in, context):
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()

    page.goto(f"{live_server.url}/sample/")
    page.get_by_role("button", name="Refuser").click()

    expect(page.get_by_role("main")).to_contain_text("corrigez-la par un avoir")
    plain.close()


def refused_by_the_server(page, status):
    """Chromium logs a refused request as an error; it was expected here, and it was the only one."""
    errors = page.console_errors
    assert [str(status) in error for error in errors] == [True], errors
    errors.clear()
