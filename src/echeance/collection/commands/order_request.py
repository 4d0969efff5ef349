"""The request for an order to pay, filled from the record of its step."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.collection import queries
from echeance.collection.errors import NotPaymentOrderError, PaymentOrderIncompleteError
from echeance.collection.models import RecoveryStep
from echeance.collection.types import RecoveryKind
from echeance.core.money import ZERO
from echeance.core.recovery.order_request import missing_of, write_pdf, write_word
from echeance.core.words import clean_line
from echeance.ledger import queries as ledger

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@transaction.atomic
def write_order_request(
    *,
    actor: Actor,
    step_id: int,
    court_city: str,
    represented_by: str,
    grounds: str = "",
    costs: Decimal = ZERO,
) -> RecoveryStep:
    """Write the request of a step as Word and as PDF, kept on the step; written again, replaced.

    Args:
        actor: Needs the rights to prepare reminders and to store files.
        step_id: A step of that kind that is not ended.
        court_city: Town of the court of the debtor's place.
        represented_by: Who represents the company, and as what.
        grounds: Where the debt comes from; a sentence drawn from the record when empty.
        costs: Costs asked for, such as those of the registry.

    Raises:
        NotFoundError: Not one of this company.
        NotPaymentOrderError: Another kind of step, or one that is ended.
        PaymentOrderIncompleteError: What the law wants is not there; all of it is said.
        NoLegalRateError: The rates of a semester are unknown.
    """
    actor.require(Right.PREPARE_REMINDERS)
    actor.require(Right.STORE_FILES)
    step = queries.recovery_step_for(actor=actor, step_id=step_id)
    if step.kind != RecoveryKind.PAYMENT_ORDER or step.ended_at:
        raise NotPaymentOrderError(step_id=step_id)
    request = queries.order_request(
        actor=actor,
        step=step,
        court_city=clean_line(court_city),
        represented_by=clean_line(represented_by),
        grounds=clean_line(grounds),
        costs=costs,
    )
    if missing := missing_of(request):
        raise PaymentOrderIncompleteError(missing=" ; ".join(missing))
    until = ledger.keep_until(actor=actor, day=clock.today())
    name = f"requete_injonction_{step.pk}"
    pdf, word = archive.store_files(
        actor=actor,
        files=[
            NewFile(content, f"{name}.{end}", media, "order_request", f"recovery_step:{step.pk}",
                    until)
            for content, end, media in (
                (write_pdf(request), "pdf", "application/pdf"),
                (write_word(request), "docx", _WORD),
            )
        ],
    )  # fmt: skip
    RecoveryStep.objects.filter(company=actor.company, pk=step.pk).update(file=pdf, word_file=word)
    return queries.recovery_step_for(actor=actor, step_id=step_id)
