"""What an answer to a question does: the act of the room that asked it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from echeance.assistant import signals
from echeance.base import clock, queue
from echeance.base import commands as base_commands
from echeance.base import queries as base
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError, WorkItemClosedError
from echeance.base.language import counted, day
from echeance.base.models import WorkItem
from echeance.base.rights import Right
from echeance.billing import commands as billing
from echeance.cash import commands as cash
from echeance.cash.types import MatchedItem, NewMatch
from echeance.collection import commands as collection
from echeance.core.matching import Difference
from echeance.core.reporting.model import ReportKind
from echeance.transmission import commands as transmission
from echeance.transmission.types import Settlement

REPLY_PAUSE = timedelta(days=14)
"""How long reminders wait when a reply is to be dealt with."""

NEXT_STEP_LABELS = {
    "review": "Ouvrez « À facturer » : chaque document en attente y dit ce qui lui manque.",
    "ask_source": "Demandez le fichier corrigé, puis importez-le : rien n'y sera compté deux fois.",
    "add_contact": "Ajoutez l'adresse dans la fiche du client : la facture partira d'elle-même.",
    "by_hand": "Remettez la facture vous-même : son fichier est sur sa page.",
    "credit": "Faites l'avoir depuis la page de la facture, puis une nouvelle facture.",
    "put_off": "La question revient tant que l'e-reporting n'est pas à jour.",
    "keep": "La facture attend la correction du modèle ; rien ne part d'ici là.",
    "prepare_claim": "Ouvrez « Procédures collectives » : la déclaration s'y prépare en un geste.",
    "choose_receipt": "Ouvrez « Encaissements » : la ligne y attend le paiement qu'elle reprend.",
    "remind_again": "Les relances reprennent à la prochaine campagne.",
    "call": "Ouvrez « Appels » : il y est, avec ce qu'il faut dire.",
    "write": "Ouvrez le compte du client : la relance s'y prépare et s'y relit.",
    "correct": "Corrigez le numéro dans la fiche du client : le prochain appel le prendra.",
    "formal_notice": "Ouvrez « Relances » : la mise en demeure s'y prépare pour ce client.",
    "insolvency": "Vérifiez l'annonce, puis notez la procédure depuis le compte du client.",
    "agency": "Ouvrez « Contentieux » : le dossier du recouvreur s'y prépare en un geste.",
    "bailiff": "Ouvrez « Contentieux » : le dossier à remettre s'y prépare en un geste.",
    "payment_order": "Ouvrez « Contentieux » : la requête s'y remplit d'après la fiche.",
    "court": "Ouvrez « Contentieux » : notez l'assignation, le dossier s'y prépare.",
    "wait": "Rien n'est engagé : la question reviendra à la prochaine campagne.",
    "act": "Ouvrez « Contentieux » : un acte de poursuite y interrompt la prescription.",
    "let_go": "C'est noté : la créance s'éteindra à la date dite.",
    "update_rates": "Ouvrez « Pénalités de retard », puis la table des taux.",
    "check_directory": "Corrigez l'adresse électronique dans la fiche du client, puis déposez la "
    "facture de nouveau.",
}
"""What to do now, where the answer is an act that another screen carries out."""


@transaction.atomic
def answer(*, actor: Actor, work_item_id: int, choice: str) -> str:
    """Carry out the answer a person chose, and close the question.

    Args:
        actor: Needs the right to answer, and that of the act.
        work_item_id: The question.
        choice: The key of one of its answers.

    Returns:
        What was done, one sentence in the language of the person.

    Raises:
        NotFoundError: No such question, or not one of its answers.
        WorkItemClosedError: Somebody answered first.
    """
    actor.require(Right.ANSWER_WORK)
    item = base.work_item_for(actor=actor, work_item_id=work_item_id)
    if item.closed_at:
        raise WorkItemClosedError(by=item.closed_by)
    if choice not in {one["key"] for one in item.answers}:
        raise NotFoundError(what=f"réponse « {choice} »")
    if item.kind == "collection.approve":
        return _settle_reminders(actor, item.evidence["reminder_ids"], choice)
    if item.kind == "collection.reply":
        return _settle_reply(actor, item, choice)
    if item.kind == "collection.insolvency":
        return _settle_insolvency(actor, item, choice)
    if choice in _UNPAID_ACTS and item.kind.startswith("collection."):
        return _UNPAID_ACTS[choice](actor, item)
    if item.kind == "billing.issue":
        return _issue(actor, item, choice)
    if item.kind == "cash.match":
        return _explain(actor, item, choice)
    if item.kind == "billing.withdrawn" and choice == "send":
        return _send_again(actor, item)
    if choice in {"prepare_report", "prepare_without"}:
        return _prepare_report(actor, item, choice)
    if item.kind == "transmission.unknown":
        return _settle_unknown(actor, item, choice)
    if item.kind == "transmission.flow_unknown":
        return _settle_flow(actor, item, choice)
    if item.kind == "transmission.quarantine" and choice == "retry":
        return _read_again(actor, item)
    if item.kind.startswith("platform.") and choice in signals.ANSWERS:
        return signals.answer(actor=actor, item=item, choice=choice)
    if item.kind.startswith("collection.dispute") and choice in signals.DISPUTE_ANSWERS:
        return signals.answer_dispute(actor=actor, item=item, choice=choice)
    if choice == "hold_again":
        transmission.hold_again(actor=actor, message_id=_number(item.key))
        return gettext("Message préparé de nouveau : il partira après une dernière vérification.")
    # The act itself is on the screen of its object; the question comes back if nothing is done.
    base_commands.answer_work_item(actor=actor, work_item_id=item.pk, answer=choice)
    return gettext(NEXT_STEP_LABELS.get(choice, gettext_noop("C'est noté.")))


def _settle_insolvency(actor: Actor, item: WorkItem, choice: str) -> str:
    notice_id = _number(item.subject)
    if choice == "record":
        collection.record_from_notice(actor=actor, notice_id=notice_id)
        return gettext("Procédure notée : vérifiez le partage des créances.")
    collection.dismiss_notice(actor=actor, notice_id=notice_id)
    return gettext("Annonce écartée : ce n'est pas notre client.")


def _number(key: str) -> int:
    return int(key.rpartition(":")[2])


def _explain(actor: Actor, item: WorkItem, choice: str) -> str:
    entry_id = _number(item.subject)
    if choice == "set_aside":
        cash.set_aside(actor=actor, entry_ids=[entry_id], reason="mis de côté par une personne")
        return gettext("Encaissement mis de côté sur le compte d'attente.")
    candidate = item.evidence["candidates"][_number(choice)]
    cash.accept_matches(actor=actor, matches=[_match(entry_id, candidate, item.evidence)])
    told = gettext("Encaissement rapproché : {documents}.")
    return told.format(documents=candidate["label"])


def _settle_flow(actor: Actor, item: WorkItem, choice: str) -> str:
    deposited = choice == "deposited"
    transmission.settle_flow(actor=actor, flow=_number(item.key), deposited=deposited)
    if deposited:
        return gettext("Le dépôt est recherché de nouveau sur la plateforme.")
    return gettext("Le document sera déposé de nouveau, sous le même identifiant de suivi.")


def _read_again(actor: Actor, item: WorkItem) -> str:
    """Reading may ask the platform, so it is a job; the question closes when it succeeds."""
    actor.require(Right.STORE_FILES)
    queue.add(
        "echeance.transmission.jobs.retry_received",
        company=actor.company,
        siren=actor.company.siren,
        received_id=_number(item.key),
    )
    return gettext("La relecture est demandée : la question se ferme si le document est lu.")


def _send_again(actor: Actor, item: WorkItem) -> str:
    """The question stays open while something still prevents the sending."""
    report = billing.queue_invoices(actor=actor, invoice_ids=[_number(item.subject)], again=True)
    if not report.message_ids:
        why = " ; ".join(report.skipped.values()) or gettext("elle est déjà dans la boîte d'envoi")
        return gettext("La facture ne part pas encore : {reason}.").format(reason=why)
    base_commands.answer_work_item(actor=actor, work_item_id=item.pk, answer="send")
    return gettext("Facture préparée de nouveau : elle partira après une dernière vérification.")


def _prepare_report(actor: Actor, item: WorkItem, choice: str) -> str:
    billing.request_report(
        actor=actor,
        kind=ReportKind(item.evidence["kind"]),
        day=date.fromisoformat(item.evidence["day"]),
        leave_out=choice == "prepare_without",
    )
    base_commands.answer_work_item(actor=actor, work_item_id=item.pk, answer=choice)
    return gettext("L'e-reporting est en préparation : il est déposé dès qu'il est validé.")


def _settle_unknown(actor: Actor, item: WorkItem, choice: str) -> str:
    outcome = Settlement(choice)
    transmission.settle_unknown(actor=actor, message_id=_number(item.key), outcome=outcome)
    if outcome is Settlement.SENT:
        return gettext("Message noté comme parti, sur votre parole.")
    return gettext("Message préparé de nouveau, sous le même identifiant.")


def _issue(actor: Actor, item: WorkItem, choice: str) -> str:
    invoice_id = _number(item.subject)
    base_commands.answer_work_item(actor=actor, work_item_id=item.pk, answer=choice)
    if choice != "issue":
        return gettext("La facture reste en brouillon.")
    (result,) = billing.issue_invoices(actor=actor, invoice_ids=[invoice_id])
    if result.number:
        told = gettext("Facture {number} émise ; son fichier est en préparation.")
        return told.format(number=result.number)
    return " ".join(finding.message for finding in result.findings)


def _settle_reminders(actor: Actor, reminder_ids: list[int], choice: str) -> str:
    if choice == "approve":
        count = collection.approve_reminders(actor=actor, reminder_ids=reminder_ids)
        return counted(
            "{number} relance partira après une dernière vérification.",
            "{number} relances partiront après une dernière vérification.",
            count,
        )
    count = collection.cancel_reminders(
        actor=actor, reminder_ids=reminder_ids, reason="annulée par une personne"
    )
    return counted("{number} relance annulée.", "{number} relances annulées.", count)


def _settle_reply(actor: Actor, item: WorkItem, choice: str) -> str:
    """Promises and disputes have their form: until it is filled in, the reply stays unread."""
    reply_id, party_id = item.evidence["reply_id"], item.evidence["party_id"]
    if choice == "read":
        collection.read_replies(actor=actor, reply_ids=[reply_id])
        return gettext("Réponse lue : les relances reprennent à la prochaine campagne.")
    if choice == "hold":
        until = clock.today() + REPLY_PAUSE
        collection.hold_customers(
            actor=actor, party_ids=[party_id], reason=gettext("réponse à traiter"), until=until
        )
        collection.read_replies(actor=actor, reply_ids=[reply_id], answer=choice)
        return gettext("Relances suspendues jusqu'au {day}.").format(day=day(until))
    base_commands.answer_work_item(actor=actor, work_item_id=item.pk, answer=choice)
    if choice == "promise":
        return gettext(
            "Notez la promesse sur le compte du client, puis marquez la réponse lue : ses relances "
            "attendent d'ici là."
        )
    return gettext(
        "Ouvrez le litige, puis marquez la réponse lue : les relances du client attendent d'ici là."
    )


def _record_proceedings(actor: Actor, item: WorkItem) -> str:
    case = collection.record_from_notice(actor=actor, notice_id=item.evidence["notice_id"])
    told = gettext("Procédure notée : la créance est à déclarer avant le {day}.")
    if case.claim_due_on is None:
        return gettext("Procédure notée.")
    return told.format(day=day(case.claim_due_on))


def _not_our_customer(actor: Actor, item: WorkItem) -> str:
    collection.dismiss_notice(actor=actor, notice_id=item.evidence["notice_id"])
    return gettext("Annonce écartée : elle ne concerne pas ce client.")


def _prepare_claim(actor: Actor, item: WorkItem) -> str:
    """The question stays open until the claim is declared: preparing it is not sending it."""
    collection.make_claim(actor=actor, case_id=item.evidence["case_id"])
    return gettext(
        "Déclaration préparée, en PDF et en Word : relisez-la, envoyez-la au mandataire, puis "
        "notez-en la preuve."
    )


_UNPAID_ACTS = {
    "record": _record_proceedings,
    "not_ours": _not_our_customer,
    "prepare_claim": _prepare_claim,
}


def _match(entry_id: int, candidate: dict[str, Any], evidence: dict[str, Any]) -> NewMatch:
    return NewMatch(
        entry_id=entry_id,
        items=tuple(
            MatchedItem(int(part["item_id"]), Decimal(part["amount"]))
            for part in candidate["items"]
        ),
        party_id=evidence.get("party_id"),
        reasons=("Choisi par une personne.",),
        differences=tuple(
            Difference(
                one["kind"], Decimal(one["amount"]), one["account"], one["vat"], one["item_id"]
            )
            for one in candidate.get("differences", ())
        ),
    )
