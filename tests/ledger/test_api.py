"""The programming interface tells amounts as texts, and each company its own."""

from __future__ import annotations

import pytest
from ninja.testing import TestClient

from echeance.base.actor import system
from echeance.base.commands import create_company
from echeance.base.types import CompanyFacts
from echeance.ledger.api import router


def ask(actor, path):
    response = TestClient(router).get(path, auth=actor)
    assert response.status_code == 200
    return response.json()


@pytest.fixture
def lived(books):
    invoice = books.service("F1", "05/01", "04/02")
    books.settle(invoice, books.receipt("R1", "06/02", "50.00"), "50.00", "06/02")
    return books


def test_the_aged_balance_of_a_day(lived):
    assert ask(lived.actor, "/aged-balance?on=2026-02-10") == {
        "on": "2026-02-10",
        "total": "70.00",
        "rows": [
            {
                "party_id": lived.parties["A"],
                "buckets": {
                    "not_due": "0.00",
                    "1-30": "70.00",
                    "31-60": "0.00",
                    "61-90": "0.00",
                    "91-120": "0.00",
                    "over_120": "0.00",
                },
                "credits": "0.00",
                "balance": "70.00",
            }
        ],
    }


def test_open_items_now_and_on_a_past_day(lived):
    (now,) = ask(lived.actor, f"/open-items?party_id={lived.parties['A']}")
    (then,) = ask(lived.actor, "/open-items?on=2026-02-05")

    assert (now["document_ref"], now["amount"], now["open_amount"]) == ("F1", "120.00", "70.00")
    assert then["open_amount"] == "120.00"
    assert ask(lived.actor, f"/open-items?party_id={lived.parties['B']}") == []


def test_entries_of_a_document(lived):
    sale, vat = ask(lived.actor, "/entries?document_ref=F1")

    assert (sale["journal_code"], sale["number"], sale["entry_date"]) == ("VT", 1, "2026-01-05")
    assert [(line["account"], line["debit"], line["credit"]) for line in vat["lines"]] == [
        ("445740", "8.33", "0.00"),
        ("445710", "0.00", "8.33"),
    ]


def test_another_company_sees_nothing(lived):
    stranger = system(create_company(facts=CompanyFacts(name="Voisin", siren="404833048")))

    assert ask(stranger, "/open-items") == []
    assert ask(stranger, "/entries?document_ref=F1") == []
    assert ask(stranger, "/aged-balance")["rows"] == []
