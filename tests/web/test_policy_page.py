"""Règles de conduite: every rule of every room on one page, saved whole as a version with its why."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from echeance.assistant.forms import SECTION_LABELS, SETTING_LABELS, PolicyForm
from echeance.assistant.types import DayPolicy
from echeance.base import commands as base
from echeance.base import policy
from echeance.base.models import PolicyVersion
from echeance.base.rights import Role
from echeance.billing.types import BillingPolicy
from echeance.cash.types import CashPolicy
from echeance.collection.types import CollectionPolicy
from echeance.core.dunning import Imputation


def posted(**changes):
    """What the browser sends of an untouched page, but for the changes (``section__setting``)."""
    form = PolicyForm(document={})
    facts = {}
    for name in form.fields:
        value = form[name].value()
        if value is True:
            facts[name] = "on"
        elif value is not None and value is not False:
            facts[name] = str(value).replace(".", ",") if isinstance(value, Decimal) else value
    for name, value in changes.items():
        key = name.replace("__", "-")
        facts.pop(key, None)
        if value is not None:
            facts[key] = value
    return facts


def test_every_setting_of_every_room_has_its_words():
    settings = {
        f"{section}.{one.name}"
        for section, slice_class in policy.slices().items()
        for one in fields(slice_class)
    }

    assert settings == set(SETTING_LABELS)
    assert set(policy.slices()) == set(SECTION_LABELS)


def test_an_untouched_page_keeps_the_rules_of_the_house(client, member):
    client.force_login(member)

    client.post("/regles/", posted())

    assert PolicyVersion.objects.get().document == {}


def test_rules_are_saved_whole_as_a_version_with_its_why(client, member, company):
    client.force_login(member)

    client.post(
        "/regles/",
        posted(
            day__issue=None,
            billing__auto_issue_max="2500,50",
            billing__partial_orders="keep",
            cash__auto_apply_limit="5000",
            collection__proposed_ranks="2, 3",
            collection__imputation="principal_first",
            collection__hold_minutes="30",
            note="Prudence de fin d'année",
        ),
    )

    version = PolicyVersion.objects.get()
    assert (version.number, version.note, version.saved_by) == (
        1,
        "Prudence de fin d'année",
        "lea@atelier-morel.example",
    )
    assert policy.read(company, DayPolicy) == DayPolicy(issue=False)
    assert policy.read(company, BillingPolicy) == BillingPolicy(
        auto_issue_max=Decimal("2500.50"), partial_orders="keep"
    )
    assert policy.read(company, CashPolicy) == CashPolicy(auto_apply_limit=Decimal(5000))
    assert policy.read(company, CollectionPolicy) == CollectionPolicy(
        proposed_ranks=(2, 3), imputation=Imputation.PRINCIPAL_FIRST, hold_minutes=30
    )
    shown = client.get("/regles/").content.decode()
    assert "Version 1 : Prudence de fin d&#x27;année" in shown
    assert 'value="2500,50"' in shown or 'value="2500,5"' in shown
    assert 'value="2, 3"' in shown


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"collection__hold_minutes": "-5"}, "supérieure ou égale à 0"),
        ({"billing__auto_issue_max": "beaucoup"}, "Saisissez un nombre."),
        ({"billing__sector": "cirque"}, "cirque"),
        ({"collection__proposed_ranks": "trois"}, "Donnez des numéros de niveau"),
    ],
)
def test_a_wrong_value_is_said_at_its_field_and_nothing_is_saved(client, member, wrong, sentence):
    client.force_login(member)

    answer = client.post("/regles/", posted(**wrong))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not PolicyVersion.objects.exists()


def test_the_lines_on_differences_are_read_as_they_are_written(client, member, company):
    client.force_login(member)

    client.post(
        "/regles/",
        posted(
            cash__differences="Arrondi ; 658000 ; 0,10 ; - ; moins ; - ; - ; seul\n"
            "escompte ; 665000 ; - ; 2,5 % ; moins ; conditions ; TVA ; demande\n\n"
        ),
    )

    rounding, discount = policy.read(company, CashPolicy).differences
    assert (rounding.kind, rounding.account, rounding.limit_amount, rounding.alone) == (
        "rounding",
        "misc_expenses",
        Decimal("0.10"),
        True,
    )
    assert (discount.limit_percent, discount.vat, discount.evidence, discount.alone) == (
        Decimal("2.5"),
        "prorata",
        "terms",
        False,
    )
    shown = client.get("/regles/").content.decode()
    assert "arrondi ; 658000 ; 0,10 ; - ; moins ; - ; - ; seul" in shown
    assert "escompte ; 665000 ; - ; 2,5 ; moins ; conditions ; TVA ; demande" in shown


def test_no_difference_at_all_may_be_the_rule(client, member, company):
    client.force_login(member)

    client.post("/regles/", posted(cash__differences=""))

    assert policy.read(company, CashPolicy).differences == ()


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("arrondi ; 512000 ; 0,05", "Ligne 1 : « 512000 »"),
        ("pourboire ; 658000", "Ligne 1 : « pourboire »"),
        ("arrondi ; 658000 ; 0,05\narrondi ; 658000 ; beaucoup", "Ligne 2 : « beaucoup »"),
        ("arrondi ; 658000 ; 1 ; 1 ; moins ; - ; - ; seul ; encore", "huit colonnes"),
        ("arrondi ; 658000 ; 0,05\n" * 31, "Trente lignes suffisent"),
    ],
)
def test_a_line_on_differences_that_is_not_understood_is_said(client, member, lines, sentence):
    client.force_login(member)

    answer = client.post("/regles/", posted(cash__differences=lines))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not PolicyVersion.objects.exists()


def test_a_reader_sees_the_rules_without_changing_them(client, user, actor):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)

    shown = client.get("/regles/")
    refused = client.post("/regles/", posted())

    assert '<fieldset class="form" disabled>' in shown.content.decode()
    assert refused.status_code == 403
    assert not PolicyVersion.objects.exists()


def test_the_page_costs_few_queries(client, member, django_assert_num_queries):
    client.force_login(member)

    with django_assert_num_queries(6):
        client.get("/regles/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_rule_is_changed_by_keyboard(live_server, signed_in, page, company):
    page.goto(f"{live_server.url}/regles/")

    page.get_by_label("Rapprocher seul les encaissements prouvés").press("Space")
    page.get_by_label("Pourquoi ce changement").fill("À l'essai")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Règles enregistrées : version 1.")
    assert policy.read(company, DayPolicy).match is False


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_page_is_accessible(live_server, page, axe, scheme, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/regles/")

    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
