"""What the recovery file of a customer holds: claims, chronology, pieces, what is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from django.utils import timezone

from echeance.archive import queries as archive
from echeance.base import policy
from echeance.base.rights import Right
from echeance.billing import queries as billing
from echeance.collection.models import (
    CallTask,
    Dispute,
    LetterProof,
    PaymentPlan,
    Promise,
    Reminder,
)
from echeance.collection.queries.insolvency import insolvent_parties
from echeance.collection.queries.limitation import limitation_acts, limitation_dates
from echeance.collection.queries.penalties import noted_penalties, penalty_items
from echeance.collection.queries.rates import rates_in_force
from echeance.collection.queries.recovery import formal_notices, recovery_steps
from echeance.collection.queries.replies import replies
from echeance.collection.types import (
    LIMITATION_CAUSE_LABELS,
    PROOF_LABELS,
    RECOVERY_LABELS,
    CollectionPolicy,
    LimitationCause,
    ProofKind,
    RecoveryKind,
)
from echeance.core.dunning import Payment, late_interest, recovery_indemnity
from echeance.core.money import ZERO, format_amount
from echeance.core.recovery.bundle import (
    BundleClaim,
    BundleEvent,
    BundleFacts,
    BundleSlice,
    Piece,
)
from echeance.core.recovery.order_request import OrderRequest
from echeance.core.tabular import Cell, write_csv
from echeance.core.terms import CustomerKind
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, OpenItemFacts
from echeance.parties import queries as parties
from echeance.parties.types import PartySnapshot
from echeance.transmission import queries as transmission

if TYPE_CHECKING:
    from echeance.archive.models import StoredFile
    from echeance.base.actor import Actor
    from echeance.billing.models import Invoice
    from echeance.collection.models import RecoveryStep

RECOVERY_FILE_KIND = "recovery_file"


def claims_of(
    *, actor: Actor, items: Sequence[OpenItemFacts], customer: CustomerKind, on: date
) -> tuple[tuple[BundleClaim, ...], tuple[BundleSlice, ...]]:
    """What each debt bears on a day: principal left, interest not claimed yet, 40 €; its slices.

    Payments are set against interest and principal as the policy says. A penalty note is a debt
    of its own: it bears nothing, and what it claimed is not claimed again. Nine queries.

    Raises:
        NoLegalRateError: The rates of a semester are unknown.
    """
    ids = [item.item_id for item in items]
    in_force = policy.read(actor.company, CollectionPolicy)
    rates = rates_in_force()
    notes = penalty_items(actor=actor)
    noted = noted_penalties(actor=actor, item_ids=ids)
    limits = limitation_dates(actor=actor, item_ids=ids, on=on)
    cases = insolvent_parties(
        actor=actor, party_ids={one.party_id for one in items if one.party_id}
    )
    payments = _payments(actor, ids)
    late: dict[str, list[date]] = {}
    for item in items:
        if item.due_date < on and item.item_id not in notes:
            late.setdefault(item.document_ref, []).append(item.due_date)
    claims, slices = [], []
    for item in items:
        last_day = limits[item.item_id].last_day if item.item_id in limits else None
        principal, interest, indemnity = item.open_amount, ZERO, ZERO
        if item.item_id not in notes:
            known = noted.get(item.item_id)
            case = cases.get(item.party_id or 0)
            judged = case.judgment_on if case else None
            found = late_interest(
                item.amount,
                item.due_date,
                until=on,
                customer=customer,
                payments=payments.get(item.item_id, ()),
                contract_rate=in_force.contract_rate,
                insolvency_date=judged,
                imputation=in_force.imputation,
                rates=rates,
                noted=known.cuts if known else (),
            )
            principal = found.principal_left
            interest = max(found.left - (known.interest if known else ZERO), ZERO)
            slices += [
                BundleSlice(
                    item.document_ref, part.start, part.days, part.base, part.rate_percent,
                    part.amount,
                )
                for part in found.slices
            ]  # fmt: skip
            due_dates = late.pop(item.document_ref, [])
            if not (known and known.indemnity):
                indemnity = recovery_indemnity(customer, due_dates, judged)
        claims.append(
            BundleClaim(
                number=item.document_ref,
                document_date=item.document_date,
                due_date=item.due_date,
                amount=item.amount,
                principal=principal,
                interest=interest,
                indemnity=indemnity,
                last_day=last_day,
            )
        )
    return tuple(claims), tuple(slices)


def _payments(actor: Actor, item_ids: Collection[int]) -> Mapping[int, list[Payment]]:
    rows = ledger.allocations_of(actor=actor, item_ids=item_ids)
    undone = {row.reverses_id for row in rows}
    standing = [row for row in rows if row.reverses_id is None and row.allocation_id not in undone]
    others = {
        one.item_id: one.kind
        for one in ledger.items_for(actor=actor, item_ids={row.credit_item_id for row in standing})
    }
    found: dict[int, list[Payment]] = {}
    for row in standing:
        is_credit = others.get(row.credit_item_id) == "credit_note"
        found.setdefault(row.debit_item_id, []).append(
            Payment(row.credited_on, row.amount, is_credit_note=is_credit)
        )
    return found


@dataclass(frozen=True, slots=True)
class RecoveryFile:
    """A dossier ready to be written: its facts, and its pieces to be loaded one by one."""

    party_id: int
    facts: BundleFacts
    pieces: tuple[Piece, ...]


def recovery_file(
    *, actor: Actor, party_id: int, item_ids: Collection[int], on: date, for_agency: bool = False
) -> RecoveryFile:
    """Gather the dossier of some debts of a customer; nothing is read of the files yet.

    Thirty queries or so, whatever the number of debts.

    Raises:
        NotFoundError: No such customer.
        NoLegalRateError: The rates of a semester are unknown.
    """
    actor.require(Right.READ)
    snapshot = parties.snapshots(actor=actor, party_ids=[party_id])[party_id]
    items = [
        item for item in ledger.items_for(actor=actor, item_ids=item_ids) if item.side == DEBIT
    ]
    claims, slices = claims_of(
        actor=actor, items=items, customer=CustomerKind(snapshot.category), on=on
    )
    gathered = _Gathered(actor, snapshot, items, on)
    pieces = (
        *gathered.invoices(),
        *gathered.orders_and_deliveries(),
        *gathered.reminders(),
        *gathered.statuses(),
        *gathered.statement(),
        *gathered.interest(slices),
        *gathered.history(),
        *gathered.contracts(),
    )
    facts = BundleFacts(
        title=f"Dossier de recouvrement : {snapshot.name}",
        on=on,
        creditor=_company_lines(actor),
        debtor=_party_lines(snapshot),
        claims=claims,
        slices=slices,
        events=tuple(sorted(gathered.events, key=lambda one: (one.on, one.what, one.detail))),
        missing=tuple(gathered.missing),
        collector_csv=for_agency,
    )
    return RecoveryFile(snapshot.party_id, facts, pieces)


def recovery_file_subject(*, party_id: int) -> str:
    """What the recovery files of a customer are stored under."""
    return f"{RECOVERY_FILE_KIND}:{party_id}"


def recovery_files(*, actor: Actor, party_id: int) -> list[StoredFile]:
    """Recovery files built for a customer and those merged with it, the latest first.

    One query a number of the customer, and one.
    """
    ids = parties.family(actor=actor, party_ids=[party_id]).values_list("pk", flat=True)
    found: list[StoredFile] = []
    for pk in ids:
        found += archive.files_of(actor=actor, subject=recovery_file_subject(party_id=pk))
    return sorted(found, key=lambda file: -file.pk)


def order_request(
    *,
    actor: Actor,
    step: RecoveryStep,
    court_city: str,
    represented_by: str,
    grounds: str,
    costs: Decimal,
) -> OrderRequest:
    """The request for an order to pay of a step, filled from the record. Twenty queries or so.

    Raises:
        NoLegalRateError: The rates of a semester are unknown.
    """
    ids = [row.open_item_id for row in step.items.all()]
    items = [one for one in ledger.items_for(actor=actor, item_ids=ids) if one.open_amount > ZERO]
    snapshot = parties.snapshots(actor=actor, party_ids=[step.party_id])[step.party_id]
    customer = CustomerKind(snapshot.category)
    on = step.on
    claims, _ = claims_of(actor=actor, items=items, customer=customer, on=on)
    notices = formal_notices(actor=actor, item_ids=ids)
    numbers = list(dict.fromkeys(item.document_ref for item in items))
    posted = sorted({notice.posted_on for notice in notices.values()})
    told = "".join(
        f", mise en demeure postée le {day:%d/%m/%Y} restée sans effet" for day in posted
    )
    return OrderRequest(
        on=on,
        creditor=_company_lines(actor),
        debtor=_party_lines(snapshot),
        represented_by=represented_by,
        court_city=court_city,
        is_commercial=customer is CustomerKind.PROFESSIONAL,
        grounds=grounds or (f"Factures impayées : {', '.join(numbers)}{told}." if numbers else ""),
        claims=claims,
        pieces=(
            *(f"Facture {number}" for number in numbers),
            *(f"Mise en demeure postée le {day:%d/%m/%Y} et sa preuve" for day in posted),
            "Calcul des intérêts",
            "Relevé de compte",
        )
        if numbers
        else (),
        made_at=step.opened_at,
        costs=costs,
    )


class _Gathered:
    """Pieces and chronology, gathered folder by folder."""

    def __init__(
        self, actor: Actor, snapshot: PartySnapshot, items: Sequence[OpenItemFacts], on: date
    ) -> None:
        self.actor, self.snapshot, self.items, self.on = actor, snapshot, items, on
        self.ids = {item.item_id for item in items}
        self.numbers = sorted({item.document_ref for item in items})
        self.documents: Mapping[str, Invoice] = billing.by_numbers(
            actor=actor, numbers=self.numbers
        )
        self.events: list[BundleEvent] = [
            BundleEvent(item.due_date, "Échéance", f"{item.document_ref}, {_money(item)}")
            for item in items
        ]
        self.missing: list[str] = []
        for number in self.numbers:
            day = min(item.document_date for item in items if item.document_ref == number)
            self.events.append(BundleEvent(day, "Facture", number))

    def _file(
        self, folder: str, file: StoredFile, label: str, on: date | None, name: str = ""
    ) -> Piece:
        return Piece(
            folder,
            name or file.filename,
            label,
            partial(archive.content, actor=self.actor, file_id=file.pk),
            on,
        )

    def invoices(self) -> Iterator[Piece]:
        for number in self.numbers:
            invoice = self.documents.get(number)
            if invoice is None or invoice.file is None:
                self.missing.append(f"facture {number} (le fichier n'est pas dans l'archive)")
                continue
            extension = invoice.file.filename.rpartition(".")[2]
            yield self._file(
                "01_factures", invoice.file, f"Facture {number}", invoice.issue_date,
                f"{number}.{extension}",
            )  # fmt: skip

    def orders_and_deliveries(self) -> Iterator[Piece]:
        by_id = {invoice.pk: number for number, invoice in self.documents.items()}
        served: set[str] = set()
        for row in (
            billing.delivery_list(actor=self.actor).filter(invoice__in=by_id).select_related("file")
        ):
            number = by_id[row.invoice_id or 0]
            served.add(number)
            self.events.append(
                BundleEvent(row.delivered_on, "Livraison", f"{row.number}, {number}")
            )
            if row.file is None:
                self.missing.append(f"bon de livraison {row.number} de {number} signé")
            else:
                yield self._file(
                    "02_commandes_livraisons", row.file, f"Bon de livraison {row.number}",
                    row.delivered_on,
                )  # fmt: skip
        subjects = {f"invoice:{pk}": number for pk, number in by_id.items()}
        for link in reversed(archive.links_of(actor=self.actor, subjects=subjects)):
            number = subjects[link.subject]
            served.add(number)
            yield self._file(
                "02_commandes_livraisons", link.file, f"{link.label} ({number})",
                _day(link.added_at), f"{number}-{link.file.filename}",
            )  # fmt: skip
        self.missing += [
            f"bon de livraison ou de commande de {number}"
            for number in self.numbers
            if number not in served
        ]

    def reminders(self) -> Iterator[Piece]:
        rows = list(
            Reminder.objects.filter(
                company=self.actor.company, items__open_item__in=self.ids, cancelled_at=None
            )
            .select_related("run", "message", "letter", "document", "word_file")
            .prefetch_related("items")
            .distinct()
            .order_by("pk")
        )
        proofs: dict[int, list[LetterProof]] = {}
        for proof in (
            LetterProof.objects.filter(company=self.actor.company, reminder__in=rows)
            .select_related("file")
            .order_by("on", "pk")
        ):
            proofs.setdefault(proof.reminder_id, []).append(proof)
        noticed = False
        for row in rows:
            if row.message is None and row.document is None and row.call_id is not None:
                continue
            name = f"relance_{row.run.on:%Y-%m-%d}_n{row.pk}"
            sent = row.message.get_status_display() if row.message else ""
            self.events.append(
                BundleEvent(row.run.on, row.label, f"{format_amount(row.total)} {sent}".strip())
            )
            if row.message is not None:
                text = _mail_text(row)
                yield Piece(
                    "03_relances", f"{name}.txt", f"{row.label}, courriel", partial(bytes, text),
                    row.run.on,
                )  # fmt: skip
            if row.document is not None:
                yield self._file(
                    "03_relances", row.document, f"{row.label}, lettre", row.run.on, f"{name}.pdf"
                )
            kept = proofs.get(row.pk, [])
            if row.step == "formal_notice":
                noticed = noticed or bool(kept)
            for proof in kept:
                label = PROOF_LABELS[ProofKind(proof.kind)]
                self.events.append(
                    BundleEvent(
                        proof.on, label.capitalize(), f"{row.label} {proof.tracking}".strip()
                    )
                )
                if proof.file is not None:
                    yield self._file(
                        "03_relances", proof.file, f"{row.label} : {label}", proof.on,
                        f"{name}_{label}.{proof.file.filename.rpartition('.')[2]}",
                    )  # fmt: skip
                else:
                    self.missing.append(
                        f"{label} de la lettre du {row.run.on:%d/%m/%Y} (noté, sans fichier)"
                    )
        if not rows:
            self.missing.append("relances (aucune n'a été envoyée)")
        if not noticed:
            self.missing.append("mise en demeure avec sa preuve de dépôt")

    def statuses(self) -> Iterator[Piece]:
        lines: list[Sequence[Cell]] = []
        told = transmission.timelines(actor=self.actor, document_refs=self.numbers)
        for number in self.numbers:
            for step in told[number]:
                at = timezone.localtime(step.status.event.at)
                lines.append((
                    number, f"{at:%d/%m/%Y %H:%M}", str(step.status.event.code), step.label,
                    step.issuer, " ".join(one.sentence or one.text for one in step.reasons),
                    step.status.anomaly,
                ))  # fmt: skip
                self.events.append(
                    BundleEvent(
                        at.date(), f"Statut {step.status.event.code}", f"{number} {step.label}"
                    )
                )
        if not lines:
            self.missing.append("statuts de la plateforme")
            return
        content = write_csv(
            ["Facture", "Horodatage", "Statut", "Libellé", "Donné par", "Motifs", "Anomalie"], lines
        )
        yield Piece("04_statuts", "statuts.csv", "Statuts datés de la plateforme", lambda: content)

    def statement(self) -> Iterator[Piece]:
        def load() -> bytes:
            return billing.statement(
                actor=self.actor, party_id=self.snapshot.party_id, on=self.on, kind="csv"
            )

        yield Piece("05_releve", "releve_de_compte.csv", "Relevé de compte", load, self.on)

    def interest(self, slices: Sequence[BundleSlice]) -> Iterator[Piece]:
        if slices:
            content = write_csv(
                ["Facture", "À compter du", "Jours", "Base", "Taux", "Intérêts"],
                [
                    [one.number, one.start, str(one.days), one.base, one.rate_percent, one.amount]
                    for one in slices
                ],
            )
            yield Piece(
                "06_interets", "calcul_des_interets.csv", "Calcul des intérêts de retard",
                lambda: content, self.on,
            )  # fmt: skip

    def history(self) -> Iterator[Piece]:
        told = self._exchanges()
        self.events += told
        if told:
            rows = sorted(told, key=lambda one: (one.on, one.what, one.detail))
            content = write_csv(
                ["Date", "Fait", "Détail"], [[one.on, one.what, one.detail] for one in rows]
            )
            yield Piece(
                "07_echanges", "historique.csv", "Promesses, appels, litiges, réponses",
                lambda: content, self.on,
            )  # fmt: skip

    def _exchanges(self) -> list[BundleEvent]:
        actor, company = self.actor, self.actor.company
        family = parties.family(actor=actor, party_ids=[self.snapshot.party_id])
        told = [
            BundleEvent(
                _day(row.recorded_at),
                "Promesse de paiement",
                f"{row.document_ref}, {format_amount(row.amount)} pour le "
                f"{row.promised_on:%d/%m/%Y} {row.get_verdict_display()} {row.note}".strip(),
            )
            for row in Promise.objects.filter(company=company, open_item__in=self.ids)
        ]
        for row in Dispute.objects.filter(company=company, open_item__in=self.ids):
            words = (
                f"{row.document_ref}, {format_amount(row.amount)}, {row.get_reason_code_display()}"
            )
            told.append(
                BundleEvent(_day(row.opened_at), "Litige ouvert", f"{words} {row.note}".strip())
            )
            if row.closed_at:
                told.append(
                    BundleEvent(
                        _day(row.closed_at),
                        "Litige clos",
                        f"{row.document_ref}, {row.get_outcome_display()} {row.refusal}".strip(),
                    )
                )
        told += [
            BundleEvent(
                _day(row.done_at), "Appel", f"{row.get_outcome_display()} {row.note}".strip()
            )
            for row in CallTask.objects.filter(
                company=company, party__in=family, done_at__isnull=False
            )
            if row.done_at
        ]
        told += [
            BundleEvent(_day(row.received_at), "Réponse du client", row.text[:2000])
            for row in replies(actor=actor, party_id=self.snapshot.party_id)
        ]
        told += [
            BundleEvent(
                row.accepted_on,
                "Échéancier accepté",
                f"{format_amount(row.total)} {row.accepted_by}",
            )
            for row in PaymentPlan.objects.filter(
                company=company, party__in=family, accepted_on__isnull=False
            )
            if row.accepted_on
        ]
        told += [
            BundleEvent(
                step.on,
                RECOVERY_LABELS[RecoveryKind(step.kind)].capitalize(),
                f"{step.counterpart} {step.reference} {step.outcome}".strip(),
            )
            for step in recovery_steps(actor=actor, party_ids=[self.snapshot.party_id])
        ]
        told += [
            BundleEvent(
                act.on,
                f"Acte interruptif : {LIMITATION_CAUSE_LABELS[LimitationCause(act.cause)]}",
                f"{act.document_ref} {act.note}".strip(),
            )
            for act in limitation_acts(actor=actor, item_ids=self.ids)
        ]
        return told

    def contracts(self) -> Iterator[Piece]:
        ids = parties.family(actor=self.actor, party_ids=[self.snapshot.party_id])
        subjects = [f"party:{pk}" for pk in ids.values_list("pk", flat=True)]
        links = list(archive.links_of(actor=self.actor, subjects=subjects))
        for link in reversed(links):
            if link.kind != "bank_details":
                yield self._file(
                    "08_contrats", link.file, link.label or link.file.filename, _day(link.added_at)
                )
        if not {link.kind for link in links} & {"contract", "terms"}:
            self.missing.append("contrat ou conditions générales acceptées")


def _money(item: OpenItemFacts) -> str:
    return format_amount(item.amount)


def _day(at: datetime) -> date:
    return timezone.localdate(at)


def _mail_text(row: Reminder) -> bytes:
    message = row.message
    assert message is not None, "asked of a reminder that went by mail"
    sent = (
        f"{timezone.localtime(message.in_flight_at):%d/%m/%Y %H:%M}" if message.in_flight_at else ""
    )
    lines = [
        f"Relance n° {row.pk} : {row.label}",
        f"De : {message.sender}",
        f"À : {', '.join(message.recipients)}",
        f"Sujet : {message.subject_line}",
        f"Message-ID : {message.message_id}",
        f"État : {message.get_status_display()}",
        f"Remis au serveur le : {sent}",
        f"Réponse du serveur : {message.response}",
        f"Empreinte SHA-256 du courriel remis : {message.content_sha256}",
        "",
        message.body,
        "",
    ]
    return "\r\n".join(lines).encode()


def _company_lines(actor: Actor) -> tuple[str, ...]:
    one = actor.company
    place = f"{one.postcode} {one.city}".strip()
    return tuple(line for line in (one.name, f"SIREN {one.siren}", one.address_line, place) if line)


def _party_lines(one: PartySnapshot) -> tuple[str, ...]:
    place = f"{one.postcode} {one.city}".strip()
    siren = f"SIREN {one.siren}" if one.siren else ""
    return tuple(line for line in (one.name, siren, one.address_line, place) if line)
