"""A person makes a company from its identity, works in it, and in no company of others."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from echeance.base import commands as base
from echeance.base.models import Company, Job, Membership
from echeance.base.rights import Role
from echeance.base.types import CompanyFacts

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
IDENTITY = {
    "siren": "404 833 048",
    "name": "Zéphyr Menuiserie",
    "legal_form": "SARL",
    "share_capital": "8000",
    "address_line": "3 quai des Brumes",
    "postcode": "29200",
    "city": "Brest",
    "vat_regime": "monthly",
    "payment_terms": "30 jours",
    "size": "small",
    "invoice_prefix": "FA",
    "credit_note_prefix": "AV",
    "fiscal_year_start": "2026-01-01",
    "color": "#1f4e79",
}


def test_whoever_creates_a_company_administers_it_and_works_in_it(client, user):
    client.force_login(user)

    answer = client.post("/societe/creer/", IDENTITY)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    created = Company.objects.get()
    assert (created.siren, created.vat_id, created.share_capital) == (
        "404833048",
        "FR83404833048",
        Decimal("8000.00"),
    )
    assert created.electronic_address == "404833048"
    assert Membership.objects.get(user=user).role == Role.ADMINISTRATOR
    assert "Zéphyr Menuiserie" in client.get("/societe/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"siren": "404833049"}, "Le SIREN « 404833049 » n&#x27;est pas valable"),
        ({"siret": "55210055400013"}, "Ce SIRET n&#x27;est pas un établissement de ce SIREN"),
        ({"vat_id": "FR96552100554"}, "SIREN"),
        ({"name": ""}, "Ce champ est obligatoire."),
    ],
)
def test_a_wrong_identity_is_said_at_its_field_and_creates_nothing(client, user, wrong, sentence):
    client.force_login(user)

    answer = client.post("/societe/creer/", IDENTITY | wrong)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    field = next(iter(wrong))
    assert re.search(rf'aria-describedby="(id_\w+_helptext )?id_{field}_error"', page)
    assert not Company.objects.exists()


def test_a_franchise_has_no_vat_number(client, user):
    client.force_login(user)

    client.post("/societe/creer/", IDENTITY | {"vat_regime": "franchise"})

    assert Company.objects.get().vat_id == ""


def test_a_taken_siren_is_refused_in_french(client, member, company):
    client.force_login(member)

    answer = client.post("/societe/creer/", IDENTITY | {"siren": company.siren})

    assert answer.status_code == 409
    assert "La société 552100554 existe déjà" in answer.content.decode()
    assert Company.objects.count() == 1


def test_the_identity_changes_but_for_its_siren(client, member, company):
    client.force_login(member)

    answer = client.post("/societe/", IDENTITY | {"city": "Quimper"})

    assert answer.status_code == 302
    company.refresh_from_db()
    assert (company.siren, company.name, company.city) == (
        "552100554",
        "Zéphyr Menuiserie",
        "Quimper",
    )
    assert company.country == "FR"


def test_a_reader_sees_the_identity_without_changing_it(client, user, company, actor):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)

    shown = client.get("/societe/")
    refused = client.post("/societe/", IDENTITY)

    assert '<fieldset class="form" disabled>' in shown.content.decode()
    assert refused.status_code == 403
    company.refresh_from_db()
    assert company.name == "Atelier Morel"


def test_one_switches_to_a_company_of_ones_own_only(client, member, company):
    mine = base.create_company(facts=CompanyFacts(name="Zéphyr", siren="404833048"), owner=member)
    theirs = base.create_company(facts=CompanyFacts(name="Ailleurs", siren="732829320"))
    client.force_login(member)

    assert client.post("/societe/changer/", {"company": mine.pk}).status_code == 302
    assert 'value="Zéphyr"' in client.get("/societe/").content.decode()
    assert client.post("/societe/changer/", {"company": theirs.pk}).status_code == 404
    assert 'value="Zéphyr"' in client.get("/societe/").content.decode()


def test_jobs_are_for_administrators(client, user, company, actor):
    base.give_role(actor=actor, user=user, role=Role.ACCOUNTANT)
    client.force_login(user)

    assert client.get("/taches/").status_code == 403
    base.give_role(actor=actor, user=user, role=Role.ADMINISTRATOR)
    assert "Aucune tâche ici" in client.get("/taches/?etat=FAILED").content.decode()


def test_jobs_are_listed_by_state_with_their_last_error(client, member, company):
    asked = {"path": "sample.seal", "run_after": NOW, "enqueued_at": NOW}
    Job.objects.create(company=company, **asked)
    lost = {"class": "RuntimeError", "message": "Worker <lost>", "traceback": "Traceback: …"}
    Job.objects.create(company=company, **asked, status="FAILED", attempts=5, errors=[lost])
    client.force_login(member)

    everything = client.get("/taches/?etat=nonsense").content.decode()
    failed = client.get("/taches/?etat=FAILED").content.decode()

    assert everything.count("sample.seal") == 2
    assert failed.count("sample.seal") == 1
    assert "Worker &lt;lost&gt;" in failed
    assert 'href="/taches/?etat=FAILED" aria-current="page"' in failed


def test_a_page_of_the_house_costs_few_queries(client, member, django_assert_num_queries):
    client.force_login(member)

    # Session, person, membership and company, companies to switch to.
    with django_assert_num_queries(4):
        client.get("/societe/")
