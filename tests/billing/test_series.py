"""Series: several a kind, unbroken, dated, chosen, closed; nothing issued is ever renumbered."""

from __future__ import annotations

from datetime import date

import pytest

from billing.conftest import TODAY, draft, issued
from echeance.base.errors import NotFoundError
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import DraftInvalidError, SeriesInvalidError
from echeance.billing.models import BillingRule, InvoiceSeries


def shop(actor, **more):
    return billing.create_series(
        actor=actor, kind="380", prefix="LYON", label="Boutique de Lyon", **more
    )


def test_two_series_of_one_kind_number_side_by_side(ready, lefevre):
    series = shop(ready)

    rows = [
        issued(ready, lefevre),
        issued(ready, lefevre, series_id=series.pk),
        issued(ready, lefevre, series_id=series.pk),
        issued(ready, lefevre),
    ]

    assert [row.number for row in rows] == [
        "FA-2026-000001",
        "LYON-2026-000001",
        "LYON-2026-000002",
        "FA-2026-000002",
    ]
    found = {x.series.prefix: x for x in queries.series_rows(actor=ready, on=TODAY)}
    assert (found["LYON"].given, found["LYON"].next_number) == (2, "LYON-2026-000003")
    assert (found["AV"].given, found["AV"].next_number) == (0, "AV-2026-000001")


def test_drafts_of_two_series_are_issued_in_one_call(ready, lefevre):
    series = shop(ready)
    rows = [draft(ready, lefevre, series_id=pk) for pk in (series.pk, None, series.pk)]

    results = billing.issue_invoices(actor=ready, invoice_ids=[row.pk for row in rows])

    assert [one.number for one in results] == [
        "LYON-2026-000001",
        "FA-2026-000001",
        "LYON-2026-000002",
    ]


def test_a_customer_has_its_usual_series(ready, lefevre):
    BillingRule.objects.create(company=ready.company, party=lefevre, series=shop(ready))

    assert issued(ready, lefevre).number == "LYON-2026-000001"
    assert issued(ready, lefevre, kind="386").number == "AC-2026-000001"


def test_dates_go_forward_in_each_series_by_itself(ready, lefevre):
    series = shop(ready)
    issued(ready, lefevre, on=date(2026, 11, 20))
    issued(ready, lefevre, on=date(2026, 11, 10), series_id=series.pk)
    late = draft(ready, lefevre, series_id=series.pk)

    (result,) = billing.issue_invoices(
        actor=ready, invoice_ids=[late.pk], issue_date=date(2026, 11, 9)
    )

    assert "billing.issue_date" in [x.code for x in result.findings]
    found = queries.preflight(actor=ready, invoice_ids=[late.pk], issue_date=date(2026, 11, 9))
    assert "billing.issue_date" in [x.code for x in found[late.pk]]
    assert issued(ready, lefevre, on=date(2026, 11, 11), series_id=series.pk).number == (
        "LYON-2026-000002"
    )


def test_the_usual_series_is_chosen_and_the_former_closed(ready, lefevre):
    series = shop(ready)
    former = InvoiceSeries.objects.get(prefix="FA")
    with pytest.raises(SeriesInvalidError, match="c'est la série habituelle"):
        billing.close_series(actor=ready, series_id=former.pk)
    named = draft(ready, lefevre, series_id=former.pk)

    billing.choose_series(actor=ready, series_id=series.pk)
    assert billing.close_series(actor=ready, series_id=former.pk) == 1

    named.refresh_from_db()
    assert named.series is None
    assert issued(ready, lefevre).number == "LYON-2026-000001"
    with pytest.raises(DraftInvalidError, match="close"):
        draft(ready, lefevre, series_id=former.pk)
    with pytest.raises(NotFoundError):
        billing.choose_series(actor=ready, series_id=former.pk)


def test_a_series_closed_at_the_last_minute_stops_its_draft_alone(ready, lefevre):
    series = shop(ready)
    named, plain = draft(ready, lefevre, series_id=series.pk), draft(ready, lefevre)
    InvoiceSeries.objects.filter(pk=series.pk).update(closed_at=ready.company.created_at)

    results = billing.issue_invoices(actor=ready, invoice_ids=[named.pk, plain.pk])

    assert [one.number for one in results] == [None, "FA-2026-000001"]
    assert [x.code for x in results[0].findings] == ["billing.series_closed"]


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"prefix": "FA"}, "une autre série l'utilise"),
        ({"prefix": "a b"}, "caractère interdit"),
        ({"prefix": "X", "kind": "999"}, "n'existe pas"),
        ({"prefix": "X", "digits": 2}, "entre 3 et 10"),
        ({"prefix": "X", "kind": "389"}, "appartient à un fournisseur"),
    ],
)
def test_a_series_that_cannot_be_is_refused(ready, facts, problem):
    with pytest.raises(SeriesInvalidError, match=problem):
        billing.create_series(actor=ready, **{"kind": "380", **facts})

    assert InvoiceSeries.objects.count() == 3
