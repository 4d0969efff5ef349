"""A sealed invoice between French firms is deposited once; the others say why they are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from billing.conftest import issued, line
from billing.test_seal_invoices import VALID, Judge, customer
from echeance.billing import commands as billing
from echeance.core.lifecycle import Reason, Role
from echeance.transmission import commands as transmission
from echeance.transmission.models import Flow, Message
from echeance.transmission.types import NewStatus

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def sealed(actor, *rows):
    billing.seal_invoices(
        actor=actor, invoice_ids=[row.pk for row in rows], validator=Judge(*([VALID] * len(rows)))
    )
    return rows


def turned_away(actor, row, code=210):
    issuer = Role.BUYER if code == 210 else Role.SENDING_PLATFORM
    for place, (given, by, reasons) in enumerate(
        ((200, Role.SENDING_PLATFORM, ()), (code, issuer, (Reason("DOUBLON"),)))
    ):
        transmission.record_statuses(
            actor=actor,
            statuses=[
                NewStatus(
                    row.number, given, by, AT + timedelta(minutes=place), f"flux-{given}",
                    reasons=reasons,
                )
            ],
        )  # fmt: skip


def test_asking_twice_deposits_once_the_sealed_file(ready, lefevre):
    (row,) = sealed(ready, issued(ready, lefevre))
    first = billing.deposit_invoices(actor=ready, invoice_ids=[row.pk])
    again = billing.deposit_invoices(actor=ready, invoice_ids=[row.pk], again=True)

    flow = Flow.objects.get()
    row.refresh_from_db()
    assert first.flow_ids == again.flow_ids == {row.pk: flow.pk}
    assert (flow.file_id, flow.document_ref, flow.syntax) == (row.file_id, row.number, "Factur-X")
    assert (flow.profile, flow.rule, flow.subject) == ("CIUS", "B2B", f"invoice:{row.pk}")


def test_what_was_not_taken_in_is_deposited_again_under_its_number(ready, lefevre):
    (row,) = sealed(ready, issued(ready, lefevre))
    billing.deposit_invoices(actor=ready, invoice_ids=[row.pk])
    Flow.objects.update(state="refused", finished_at=AT)

    billing.deposit_invoices(actor=ready, invoice_ids=[row.pk])
    assert Flow.objects.count() == 1
    billing.deposit_invoices(actor=ready, invoice_ids=[row.pk], again=True)
    billing.deposit_invoices(actor=ready, invoice_ids=[row.pk], again=True)

    first, second = Flow.objects.order_by("pk")
    assert (first.document_ref, first.file_id) == (second.document_ref, second.file_id)
    assert second.state == "queued"


def test_what_is_not_for_a_platform_says_why(ready, lefevre):
    lefevre.electronic_address = ""
    lefevre.save(update_fields=["electronic_address"])
    consumer = customer(ready, "roy", name="Mme Roy", category="consumer", postcode="74000")
    unknown, shop = sealed(ready, issued(ready, lefevre), issued(ready, consumer))
    draft = issued(ready, lefevre)

    report = billing.deposit_invoices(actor=ready, invoice_ids=[unknown.pk, shop.pk, draft.pk])

    assert report.flow_ids == {}
    assert report.skipped == {
        draft.pk: "le fichier n'est pas encore scellé",
        unknown.pk: "Boulangerie Lefèvre n'a pas d'adresse dans l'annuaire des plateformes",
        shop.pk: "elle n'est pas entre entreprises françaises : elle relève de l'e-reporting",
    }


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (210, "avoir interne : {number} est refusée, aucun envoi ne le dit"),
        (213, "avoir interne : {number} est rejetée, aucun envoi ne le dit"),
        (None, ""),
    ],
)
def test_the_credit_note_of_what_was_turned_away_is_internal(ready, lefevre, code, reason):
    row = issued(ready, lefevre, line())
    if code:
        turned_away(ready, row, code)
    note = billing.draft_credit_note(actor=ready, invoice_id=row.pk, reason="refusée")
    billing.issue_invoices(actor=ready, invoice_ids=[note.pk], issue_date=row.issue_date)
    sealed(ready, note)

    report = billing.deposit_invoices(actor=ready, invoice_ids=[note.pk])

    assert report.skipped == ({note.pk: reason.format(number=row.number)} if code else {})
    assert Flow.objects.count() == (0 if code else 1)
    by_mail = billing.queue_invoices(actor=ready, invoice_ids=[note.pk])
    assert by_mail.skipped == (
        report.skipped
        or {
            note.pk: "elle part par la plateforme agréée : la loi le veut entre entreprises, et le "
            "client est à l'annuaire"
        }
    )
    assert not Message.objects.exists()


def test_the_cost_does_not_grow_with_the_invoices(ready, lefevre, django_assert_num_queries):
    first, *rows = sealed(ready, *(issued(ready, lefevre) for _ in range(6)))
    billing.deposit_invoices(actor=ready, invoice_ids=[first.pk])

    with django_assert_num_queries(20):
        billing.deposit_invoices(actor=ready, invoice_ids=[rows[0].pk])
    with django_assert_num_queries(20):
        billing.deposit_invoices(actor=ready, invoice_ids=[row.pk for row in rows[1:]])
