"""Profiles of the payers and expected days of payment, reckoned again from the ledger."""

from __future__ import annotations

from datetime import date
from itertools import islice

from django.db import transaction

from echeance.base import journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.collection import queries
from echeance.collection.events import PayersReckoned
from echeance.collection.models import PayerProfile, PaymentPrediction
from echeance.collection.types import PayersReport, PromiseCounts
from echeance.core.payers import (
    Asked,
    Evaluation,
    Model,
    PaidItem,
    Profile,
    boosted,
    evaluate,
    fitted,
    profile_of,
)

LEARNT_MAX = 50_000
"""Payments the model learns from: the last ones."""

_CHUNK = 1000
_PROFILE_FIELDS = (
    "computed_on",
    "paid_count",
    "paid_amount",
    "weighted_days_late",
    "median_days_late",
    "usual_spread_days",
    "trend_days",
    "promises_judged",
    "promises_kept",
    "disputed_count",
    "disputed_amount",
    "grade",
)
_PREDICTION_FIELDS = ("computed_on", "expected_on", "early_on", "late_on", "method")


def reckon_payers(*, actor: Actor, on: date) -> PayersReport:
    """Reckon the profile of every customer that ever paid, and when each open item is expected.

    Nothing of it is typed and nothing of it decides a legal step: it serves the forecast and the
    order of the calls. The model that learns is used where it was better than the customers' own
    medians; how good it was is kept with the journal. Run again the same day, it writes the same.

    Args:
        actor: Needs the right to prepare reminders.
        on: The day: later payments are not known on it.
    """
    actor.require(Right.PREPARE_REMINDERS)
    by_party = queries.paid_history(actor=actor, on=on)
    learnt = sorted(
        (item for items in by_party.values() for item in items),
        key=lambda one: (one.paid_on, one.due_on, one.party_id),
    )[-LEARNT_MAX:]
    profiles = _write_profiles(actor, by_party, on)
    model: Model = boosted(learnt) or fitted(learnt)
    predictions = _write_predictions(actor, model, on)
    evaluation = evaluate(learnt)
    report = PayersReport(profiles, predictions, evaluation)
    journal.record(_event(report, on, evaluation), actor=actor)
    return report


def _event(report: PayersReport, on: date, evaluation: Evaluation | None) -> PayersReckoned:
    if evaluation is None:
        return PayersReckoned(on, report.profiles, report.predictions)
    return PayersReckoned(
        on=on,
        profiles=report.profiles,
        predictions=report.predictions,
        model=evaluation.model_name,
        tested=evaluation.tested,
        model_error_days=evaluation.model,
        median_error_days=evaluation.median,
        before_expected_percent=evaluation.calibration.before_expected_percent,
        between_percent=evaluation.calibration.between_percent,
    )


def _write_profiles(actor: Actor, by_party: dict[int, list[PaidItem]], on: date) -> int:
    party_ids = iter(sorted(by_party))
    count = 0
    while chunk := list(islice(party_ids, _CHUNK)):
        promises = queries.promise_counts(actor=actor, party_ids=chunk)
        disputes = queries.dispute_counts(actor=actor, party_ids=chunk)
        rows = []
        for party_id in chunk:
            kept = promises.get(party_id, PromiseCounts())
            judged = kept.kept + kept.partly + kept.broken
            found = profile_of(
                by_party[party_id], promises=(judged, kept.kept), disputes=disputes[party_id]
            )
            rows.append(_profile(actor, party_id, found, on))
        with transaction.atomic():
            PayerProfile.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["party"],
                update_fields=_PROFILE_FIELDS,
            )
        count += len(rows)
    return count


def _write_predictions(actor: Actor, model: Model, on: date) -> int:
    """Those of items paid since are dropped: a prediction is of something open."""
    stale = PaymentPrediction.objects.filter(company=actor.company, open_item__open_amount=0)
    stale.delete()
    count = 0
    for items in queries.items_to_foresee(actor=actor, on=on, chunk=_CHUNK):
        asked = [
            Asked(party, item.amount, item.document_date, item.due_date) for party, item in items
        ]
        found = model.predict(asked, on)
        rows = [
            PaymentPrediction(
                company=actor.company,
                open_item_id=item.item_id,
                computed_on=on,
                expected_on=one.expected_on,
                early_on=one.early_on,
                late_on=one.late_on,
                method=one.method,
            )
            for (_, item), one in zip(items, found, strict=True)
        ]
        with transaction.atomic():
            PaymentPrediction.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["open_item"],
                update_fields=_PREDICTION_FIELDS,
            )
        count += len(rows)
    return count


def _profile(actor: Actor, party_id: int, found: Profile, on: date) -> PayerProfile:
    return PayerProfile(
        company=actor.company,
        party_id=party_id,
        computed_on=on,
        paid_count=found.paid_count,
        paid_amount=found.paid_amount,
        weighted_days_late=found.weighted_days_late,
        median_days_late=found.median_days_late,
        usual_spread_days=found.usual_spread_days,
        trend_days=found.trend_days,
        promises_judged=found.promises_judged,
        promises_kept=found.promises_kept,
        disputed_count=found.disputed_count,
        disputed_amount=found.disputed_amount,
        grade=found.grade.value,
    )
