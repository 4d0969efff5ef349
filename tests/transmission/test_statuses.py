"""Statuses are kept once, in the order of their dates; contradictions are told, never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from echeance.base.models import JournalEvent
from echeance.core.lifecycle import STATUSES, Amount, Reason, Role, allowed_reasons
from echeance.core.lifecycle.errors import ReceiptTooLargeError
from echeance.transmission import commands, queries
from echeance.transmission.models import LifecycleStatus
from echeance.transmission.types import CompanyRole, Direction, NewStatus

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TOTALS = {Decimal(20): Decimal("120.00")}


def told(code: int, *, ref: str = "FA1", minute: int = 0, **facts) -> NewStatus:
    """A status as a platform tells it."""
    if STATUSES[code].needs_reason:
        facts.setdefault("reasons", (Reason(min(allowed_reasons(code)), "voir pièce", "PIN"),))
    return NewStatus(
        document_ref=ref,
        code=code,
        issuer=STATUSES[code].issuers[0],
        status_at=AT + timedelta(minutes=minute),
        source=facts.pop("source", f"flux-{ref}-{code}"),
        **facts,
    )


def cashed(amount: str, *, source: str) -> NewStatus:
    """A receipt of the company's own."""
    receipts = (Amount("MEN", Decimal(amount), Decimal(20)),)
    return told(212, amounts=receipts, totals=TOTALS, source=source)


def test_a_status_told_twice_is_kept_once(actor):
    first = commands.record_statuses(actor=actor, statuses=[told(200), told(202, minute=1)])
    again = commands.record_statuses(actor=actor, statuses=[told(202, minute=1), told(200)])

    assert [one.event.code for one in first] == [200, 202]
    assert again == []
    assert LifecycleStatus.objects.count() == 2
    assert JournalEvent.objects.filter(action="transmission.status_told").count() == 2


def test_everything_told_comes_back(actor):
    amounts = (Amount("MPA", Decimal("119.99"), Decimal("5.5"), AT),)
    reasons = (Reason("PU_ERR", "12,50 au lieu de 11", "CNP", "avoir de 1,50"),)
    status = told(207, amounts=amounts, reasons=reasons, counterparty_siren="732829320")

    commands.record_statuses(actor=actor, statuses=[status])

    [kept] = queries.statuses_of(actor=actor, document_refs=["FA1"])["FA1"]
    assert kept.event == status.event
    assert kept.counterparty_siren == "732829320"
    assert kept.direction is Direction.IN
    assert kept.anomaly == ""


def test_a_contradiction_is_kept_with_its_reason_and_counts_for_nothing(actor):
    commands.record_statuses(
        actor=actor, statuses=[told(200), told(205, minute=5), told(213, minute=9)]
    )

    kept = queries.statuses_of(actor=actor, document_refs=["FA1"])["FA1"]
    assert [(one.event.code, bool(one.anomaly)) for one in kept] == [
        (200, False),
        (205, False),
        (213, True),
    ]
    assert kept[2].anomaly == (
        "« Rejetée » ne peut pas suivre « Approuvée » : la transmission ne revient pas en "
        "arrière. Demandez à la plateforme ce qui s'est passé."
    )
    commands.record_statuses(actor=actor, statuses=[told(211, minute=10)])
    assert queries.statuses_of(actor=actor, document_refs=["FA1"])["FA1"][-1].anomaly == ""


def test_one_s_own_status_that_is_not_allowed_gives_nothing_at_all(actor):
    commands.queue_statuses(actor=actor, statuses=[cashed("100.00", source="a")])

    with pytest.raises(ReceiptTooLargeError):
        commands.queue_statuses(
            actor=actor, statuses=[cashed("20.00", source="b"), cashed("0.01", source="c")]
        )

    assert list(LifecycleStatus.objects.values_list("source", flat=True)) == ["a"]


def test_a_receipt_given_twice_under_its_key_is_given_once(actor):
    for _ in range(2):
        commands.queue_statuses(actor=actor, statuses=[cashed("120.00", source="a")])

    assert LifecycleStatus.objects.count() == 1


def test_one_s_own_status_told_back_by_the_platform_is_not_counted_again(actor):
    mine = replace(cashed("120.00", source="a"), status_at=AT + timedelta(microseconds=123456))
    [given] = commands.queue_statuses(actor=actor, statuses=[mine])

    echo = replace(mine, status_at=given.event.at, source="flux-echo", totals={})
    again = commands.record_statuses(actor=actor, statuses=[echo])

    assert given.event.at == AT
    assert again == []
    other = replace(echo, source="flux-2", status_at=AT + timedelta(minutes=1))
    [kept] = commands.record_statuses(actor=actor, statuses=[other])
    assert kept.anomaly == ""  # the totals are not known: another receipt, as far as one can tell


def test_the_number_of_a_supplier_is_another_document(actor):
    commands.record_statuses(actor=actor, statuses=[told(200), told(213, minute=1)])
    bought = told(200, company_role=CompanyRole.BUYER, source="achat", minute=5)

    [kept] = commands.record_statuses(actor=actor, statuses=[bought])

    assert kept.anomaly == ""
    of_buyer = queries.statuses_of(actor=actor, document_refs=["FA1"], role=CompanyRole.BUYER)
    assert len(of_buyer["FA1"]) == 1


def test_a_reader_goes_on_from_its_cursor(actor):
    commands.record_statuses(actor=actor, statuses=[told(200, ref=f"FA{n}") for n in range(5)])

    first = queries.statuses_since(actor=actor, cursor=0, limit=3)
    rest = queries.statuses_since(actor=actor, cursor=first[-1].status_id)

    assert [one.document_ref for one in (*first, *rest)] == ["FA0", "FA1", "FA2", "FA3", "FA4"]
    assert queries.statuses_since(actor=actor, cursor=rest[-1].status_id) == []
    assert queries.statuses_since(actor=actor, cursor=0, direction=Direction.OUT) == []


def test_the_number_of_queries_does_not_grow(actor, django_assert_num_queries):
    commands.record_statuses(actor=actor, statuses=[told(200, ref="FA0")])

    with django_assert_num_queries(8):
        commands.record_statuses(actor=actor, statuses=[told(200, ref="FA1")])
    with django_assert_num_queries(8):
        commands.record_statuses(
            actor=actor, statuses=[told(200, ref=f"FA{n}") for n in range(2, 40)]
        )


def test_a_timeline_says_each_status_in_words_and_keeps_the_unknown(actor):
    reasons = (Reason("PU_ERR", "12,50 au lieu de 11", "CNP"), Reason("MAISON", "autre"))
    commands.record_statuses(
        actor=actor, statuses=[told(207, minute=1, reasons=reasons), told(200)]
    )

    first, second = queries.timeline(actor=actor, document_ref="FA1")

    assert (first.label, first.label_en) == ("Déposée", "Deposited")
    assert first.issuer == "la plateforme du vendeur"
    assert (second.label, second.issuer) == ("En litige", "l'acheteur")
    known, unknown = second.reasons
    assert (known.sentence, known.action) == (
        "Un prix unitaire est faux.",
        "Le client demande un avoir partiel.",
    )
    assert (unknown.code, unknown.sentence, unknown.text) == ("MAISON", "", "autre")
    assert second.status.anomaly.startswith("Le motif MAISON n'est pas de ceux")


def test_what_was_turned_away_is_known_by_its_code(actor):
    commands.record_statuses(
        actor=actor,
        statuses=[told(213, ref="FA1"), told(210, ref="FA2"), told(207, ref="FA3")],
    )

    found = queries.turned_away(actor=actor, document_refs=["FA1", "FA2", "FA3", "FA4"])

    assert found == {"FA1": 213, "FA2": 210}


def test_role_is_that_of_the_giver(actor):
    [kept] = commands.record_statuses(actor=actor, statuses=[told(204)])

    assert kept.event.role is Role.BUYER
