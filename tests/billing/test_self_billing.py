"""Autofacturation: a mandate first, a series of the supplier's own, an answer in time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing.conftest import draft, line
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import SelfBillingRefusedError
from echeance.billing.models import InvoiceSeries
from echeance.parties import commands as parties
from echeance.parties.types import PartyFacts


@pytest.fixture
def garnier(ready):
    """Garnier Plâtrerie, a sub-contractor."""
    return parties.create_parties(
        actor=ready,
        parties=[
            PartyFacts(
                code="F-012",
                name="Garnier Plâtrerie",
                siren="732829320",
                vat_id="FR44732829320",
                address_line="8 rue des Carrières",
                postcode="69100",
                city="Villeurbanne",
                payment_terms="net30",
            )
        ],
    )[0]


def mandate(actor, supplier, **more):
    facts = {"reference": "MAN-1", "signed_on": date(2026, 1, 15)} | more
    return billing.record_mandate(actor=actor, supplier_id=supplier.pk, **facts)


def test_a_mandate_gives_the_supplier_series_of_its_own(ready, garnier):
    mandate(ready, garnier)
    mandate(ready, garnier, reference="MAN-2")

    series = InvoiceSeries.objects.filter(supplier=garnier).order_by("kind")
    assert [(one.kind, one.prefix) for one in series] == [("261", "AA-F-012"), ("389", "AF-F-012")]


def test_without_a_mandate_in_force_nothing_is_drafted(ready, garnier):
    over = mandate(ready, garnier, ends_on=date(2026, 10, 31))
    with pytest.raises(SelfBillingRefusedError, match="pas en vigueur"):
        billing.draft_self_billed(actor=ready, mandate_id=over.pk, lines=[line()])

    revoked = mandate(ready, garnier, reference="MAN-2")
    billing.revoke_mandate(actor=ready, mandate_id=revoked.pk)
    with pytest.raises(SelfBillingRefusedError, match="pas en vigueur"):
        billing.draft_self_billed(actor=ready, mandate_id=revoked.pk, lines=[line()])


def test_a_mandate_that_cannot_be_is_refused(ready, garnier):
    mandate(ready, garnier)
    for more, said in (
        ({}, "déjà prise"),
        ({"reference": ""}, "donnez une référence"),
        ({"reference": "B", "ends_on": date(2025, 1, 1)}, "avant sa signature"),
        ({"reference": "B", "signed_on": date(2027, 1, 1)}, "pas encore signé"),
        ({"reference": "B", "contest_days": 0}, "de 1 à 90 jours"),
    ):
        with pytest.raises(SelfBillingRefusedError, match=said):
            mandate(ready, garnier, **more)


def test_what_is_not_made_in_a_supplier_s_name_has_no_answer(ready, lefevre):
    row = draft(ready, lefevre)
    with pytest.raises(SelfBillingRefusedError, match="pas faite au nom"):
        billing.answer_self_billed(actor=ready, invoice_id=row.pk, accepted=True)
    assert queries.awaited_answers(actor=ready) == []
    assert row.net_total == Decimal("299.80")
