"""A company of one's own in two minutes: one page makes it whole, or nothing of it."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from playwright.sync_api import expect

from echeance.base import policy
from echeance.base.models import Company, Membership
from echeance.billing.models import DocumentStyle, InvoiceSeries
from echeance.billing.types import BillingPolicy
from echeance.cash.models import BankAccount
from echeance.collection.models import DunningPlan
from echeance.collection.types import CollectionPolicy
from echeance.ledger.models import FiscalYear

FACTS = {
    "siren": "404 833 048",
    "name": "Zéphyr Menuiserie",
    "address_line": "3 quai des Brumes",
    "postcode": "29200",
    "city": "Brest",
    "vat_regime": "monthly",
    "payment_terms": "45 jours fin de mois",
    "size": "small",
    "iban": "FR76 3000 6000 0112 3456 7890 189",
    "invoice_prefix": "ZM",
    "credit_note_prefix": "ZA",
    "fiscal_year_start": "2026-07-01",
    "penalty_rate_percent": "12,5",
    "color": "#7a1f4e",
}


def png() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (40, 20), "#7a1f4e").save(content, "PNG")
    return content.getvalue()


def test_one_page_makes_a_company_ready_to_work(client, user):
    client.force_login(user)

    answer = client.post("/societe/creer/", FACTS | {"logo": SimpleUploadedFile("l.png", png())})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    company = Company.objects.get()
    assert (company.siren, company.vat_id) == ("404833048", "FR83404833048")
    assert company.payment_terms == "fdm45"
    assert Membership.objects.get(company=company).user == user
    assert BankAccount.objects.get().iban == "FR7630006000011234567890189"
    assert set(InvoiceSeries.objects.values_list("kind", "prefix")) == {
        ("380", "ZM"),
        ("381", "ZA"),
        ("386", "AC"),
    }
    year = FiscalYear.objects.get()
    assert (year.starts_on, year.ends_on) == (date(2026, 7, 1), date(2027, 6, 30))
    style = DocumentStyle.objects.get()
    assert (style.color, style.logo.filename) == ("#7a1f4e", "logo.png")
    assert DunningPlan.objects.filter(company=company, is_default=True).exists()
    assert policy.read(company, BillingPolicy).penalty_rate_percent == Decimal("12.5")
    assert policy.read(company, CollectionPolicy).contract_rate == Decimal("12.5")


def test_the_usual_answers_are_filled_in(client, user):
    client.force_login(user)

    page = client.get("/societe/creer/").content.decode()

    assert 'value="FA"' in page
    assert 'value="2026-01-01"' in page
    assert "FA-2026-000001" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"iban": "FR76 3000 6000 0112 3456 7890 180"}, "IBAN"),
        ({"invoice_prefix": "F A"}, "est refusé"),
        ({"credit_note_prefix": "ZM"}, "une autre série l&#x27;utilise"),
        ({"fiscal_year_start": "2025-01-01"}, "L&#x27;exercice doit contenir aujourd&#x27;hui"),
        ({"color": "rouge"}, "Saisissez une valeur valide."),
        ({"logo": SimpleUploadedFile("l.gif", b"GIF89a")}, "ni un PNG, ni un JPEG, ni un SVG"),
    ],
)
def test_a_wrong_answer_is_said_on_the_page_and_nothing_is_made(client, user, wrong, sentence):
    client.force_login(user)

    answer = client.post("/societe/creer/", FACTS | wrong)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "3 quai des Brumes" in answer.content.decode()
    assert not Company.objects.exists()
    assert not FiscalYear.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_is_filled_by_keyboard_and_leads_to_the_day(
    live_server, client, context, page, user, settings
):
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
    )

    page.goto(live_server.url)
    for label in ("siren", "name", "address_line", "postcode", "city", "iban"):
        page.locator(f"#id_{label}").fill(FACTS[label])
    page.locator("#id_iban").press("Enter")

    expect(page.get_by_role("status")).to_contain_text("La société Zéphyr Menuiserie est créée.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma journée")
