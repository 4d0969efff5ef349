"""Every page of the house is free of WCAG violations, light and dark, on a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = [pytest.param((1440, 900), id="desktop"), pytest.param((390, 844), id="phone")]
PAGES = [
    "/styleguide/",
    "/societe/",
    "/societe/creer/",
    "/taches/",
    "/recherche/",
    "/mot-de-passe/",
    "/outils/facture-electronique/",
    "/envois/courrier/",
    "/envois/portails/",
    "/reglages/documents/",
    "/outils/excel/",
    "/factures/nouvelle/",
    "/a-facturer/saisie/",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_sign_in_is_accessible(live_server, page, axe, scheme, size):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})

    page.goto(f"{live_server.url}/connexion/")

    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    axe(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.usefixtures("signed_in")
def test_pages_are_accessible(live_server, page, axe, scheme, size):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})

    for address in PAGES:
        page.goto(f"{live_server.url}{address}")

        expect(page.get_by_role("heading", level=1)).to_be_visible()
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"
