"""What a dispute needs and what may be contested of an invoice line: pure.

Sources: XP Z12-012, reasons of the status 207 (which pieces answer which reason is the house's);
C. civ. art. 1353 (who claims that goods were delivered proves it); EN 16931 BR-CO-10 (a line is
rounded once).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Final

from echeance.collection.types import (
    DisputeOutcome,
    DisputePolicy,
    DisputeReason,
    DisputeStage,
)
from echeance.core.money import ZERO, format_amount, round_amount

R = DisputeReason

# -- what each reason asks for --------------------------------------------------------------------

PROOF_OF_DELIVERY: Final = "bon de livraison signé"
_ORDER, _DELIVERY, _PRICES = "bon de commande", PROOF_OF_DELIVERY, "tarif ou devis accepté"
PIECES: Final[Mapping[DisputeReason, tuple[str, ...]]] = {
    R.CMD_ERR: (_ORDER,),
    R.REF_CT_ABSENT: ("contrat",),
    R.REF_ERR: (_ORDER,),
    R.PU_ERR: (_PRICES, _ORDER),
    R.REM_ERR: (_PRICES, "accord de remise"),
    R.QTE_ERR: (_ORDER, _DELIVERY),
    R.ART_ERR: (_ORDER, _DELIVERY),
    R.QUALITE_ERR: ("photographie", _DELIVERY, "constat de réserve"),
    R.LIVR_INCOMP: (_DELIVERY, "lettre de voiture du transporteur"),
    R.MODPAI_ERR: ("conditions de vente",),
    R.TX_TVA_ERR: ("justificatif du taux de TVA",),
    R.COORD_BANC_ERR: ("RIB",),
    R.DOUBLON: ("première facture",),
    R.DOUBLE_FACT: ("première facture",),
    R.CONTRAT_TERM: ("contrat", "lettre de résiliation"),
    R.TRANSAC_INC: (_ORDER, _DELIVERY),
}
"""Pieces to gather by reason, in order; a reason that is absent asks for none."""

_DATA: Final = frozenset(
    {
        R.SIRET_ERR,
        R.CODE_ROUTAGE_ERR,
        R.REF_CT_ABSENT,
        R.REF_ERR,
        R.MODPAI_ERR,
        R.COORD_BANC_ERR,
        R.NON_CONFORME,
        R.DEST_INC,
        R.DEST_ERR,
        R.EMMET_INC,
        R.ADR_ERR,
    }
)
"""Reasons that only ask to correct a mention."""

CREDIT_REASONS: Final[Mapping[DisputeReason, str]] = {
    R.ART_ERR: "return",
    R.PU_ERR: "price",
    R.QTE_ERR: "quantity",
    R.LIVR_INCOMP: "delivery",
    R.QUALITE_ERR: "quality",
    R.REM_ERR: "discount",
    R.TX_TVA_ERR: "vat",
    R.CMD_ERR: "order",
    R.DOUBLE_FACT: "duplicate",
    R.DOUBLON: "duplicate",
    R.TRANSAC_INC: "cancelled",
    R.CONTRAT_TERM: "contract",
}
"""Reason code of the credit note that answers a dispute; ``other`` for the rest."""

CAUSES: Final = (
    "erreur de saisie de la commande",
    "tarif non mis à jour",
    "remise oubliée",
    "préparation incomplète",
    "casse au transport",
    "retard de livraison",
    "défaut de fabrication",
    "adresse ou référence fausse",
    "facturée deux fois",
    "malentendu avec le client",
)
"""Causes offered to a company that has named none yet; it may write its own."""

FILE_BYTES_MAX: Final = 10_000_000
FILES_MAX: Final = 5
_STARTS: Final = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
)
STAGES_BY_HAND: Final = (DisputeStage.NEW, DisputeStage.OPERATIONS, DisputeStage.CUSTOMER)
"""Stages a person chooses: a credit note brings to the fourth, a closing to the last."""


def answer_days(reason: DisputeReason, policy: DisputePolicy) -> int:
    """Days in which a dispute is to be settled.

    >>> answer_days(DisputeReason.SIRET_ERR, DisputePolicy())
    5
    """
    if reason in _DATA:
        return policy.data_days
    return policy.quality_days if reason is R.QUALITE_ERR else policy.answer_days


def media_type_of(content: bytes) -> str:
    """What a file is, by its first bytes; empty when it is none of those taken.

    >>> media_type_of(b"%PDF-1.7"), media_type_of(b"MZ")
    ('application/pdf', '')
    """
    for place, start, media_type in _STARTS:
        if content[place : place + len(start)] == start:
            return media_type
    return ""


# -- a part of a line -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """An invoice line as it stands, less what credit notes gave back.

    Attributes:
        unit_price: As billed, before VAT.
        ordered: Units billed.
        quantity: Units not given back at that price.
        net_amount: Amount before VAT not given back.
    """

    position: int
    unit_price: Decimal
    ordered: Decimal
    quantity: Decimal
    net_amount: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """What is contested of a line: all of it when both are ``None``.

    Attributes:
        quantity: Units contested; all of them when absent.
        unit_price: Part of the price contested, before VAT; all of it when absent.
    """

    quantity: Decimal | None = None
    unit_price: Decimal | None = None


def net_of(line: Line, part: Part) -> Decimal:
    """What a part of a line is worth before VAT, rounded once to the cent.

    >>> boxes = Line(1, Decimal("24.90"), Decimal(10), Decimal(10), Decimal("249.00"))
    >>> str(net_of(boxes, Part(quantity=Decimal(3))))
    '74.70'
    >>> str(net_of(boxes, Part(unit_price=Decimal("1.5"))))
    '15.00'
    """
    full_price = part.unit_price is None or part.unit_price == line.unit_price
    if full_price and part.quantity in {None, line.quantity}:
        return line.net_amount
    units = line.ordered if part.quantity is None else part.quantity
    price = line.unit_price if part.unit_price is None else part.unit_price
    return round_amount(units * price)


def why_not(line: Line, part: Part, contested: Sequence[Part]) -> str:
    """Why a part of a line may not be contested, one French clause; empty when it may.

    Args:
        line: What is left of it.
        part: What the customer contests.
        contested: What open disputes already contest of the line.
    """
    if line.net_amount <= ZERO:
        return "elle est entièrement créditée"
    full_price = part.unit_price is None or part.unit_price == line.unit_price
    most = line.quantity if full_price else line.ordered
    if part.quantity is not None and not ZERO < part.quantity <= most:
        return f"{_units(part.quantity)} pour {_units(most)} à contester"
    if part.unit_price is not None and not ZERO < part.unit_price <= line.unit_price:
        return (
            f"l'écart de prix ({figure(part.unit_price)}) dépasse le prix facturé "
            f"({figure(line.unit_price)}) ou n'en est pas un"
        )
    left = line.net_amount - sum((net_of(line, one) for one in contested), ZERO)
    if not ZERO < net_of(line, part) <= left:
        return f"il n'y reste que {format_amount(max(left, ZERO))} HT non contestés"
    return ""


def _units(quantity: Decimal) -> str:
    plural = "s" if abs(quantity) >= 2 else ""
    return f"{figure(quantity)} unité{plural}"


def figure(value: Decimal) -> str:
    """A quantity or a price as it was typed, with a comma.

    >>> figure(Decimal("3.000000")), figure(Decimal("7.90"))
    ('3', '7,9')
    """
    return f"{value.normalize():f}".replace(".", ",")


# -- how it ends ----------------------------------------------------------------------------------


def outcome_of_credit(disputed: Decimal, credited: Decimal) -> DisputeOutcome:
    """What a credit note issued says of a dispute: founded, or settled when it gives less.

    The VAT of parts credited one after the other may differ by a cent a rate from what it was when
    the dispute was opened: five cents are no concession.

    >>> outcome_of_credit(Decimal("89.64"), Decimal("89.63")).value
    'founded'
    >>> outcome_of_credit(Decimal("89.64"), Decimal("60.00")).value
    'settled'
    """
    settled = disputed - credited > Decimal("0.05")
    return DisputeOutcome.SETTLED if settled else DisputeOutcome.FOUNDED


@dataclass(frozen=True, slots=True)
class Closed:
    """What the statistics read of a dispute.

    Attributes:
        outcome: Empty while it is open.
        days: From its opening to its closing; ``None`` while it is open.
        credited: What its credit note gave back, VAT included; zero without one.
    """

    amount: Decimal
    outcome: str
    days: int | None
    credited: Decimal


DIMENSION_LABELS: Final = {
    "motif": "Motif",
    "cause": "Cause",
    "article": "Article",
    "site": "Site",
    "transporteur": "Transporteur",
    "vendeur": "Vendeur",
    "client": "Client",
}
"""What statistics are counted by: the word of the address, and its label."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of some disputes.

    Attributes:
        founded_percent: Share of those closed that were founded, in number, settled ones counted
            for half; ``None`` when none is closed.
        days: Median days to settle; ``None`` when none is closed.
        credited: What they cost, VAT included.
    """

    count: int
    amount: Decimal
    founded_percent: Decimal | None
    days: Decimal | None
    credited: Decimal


def figures(rows: Iterable[Closed]) -> Figures:
    """Count, amount, share founded, days and cost of some disputes.

    >>> one = Closed(Decimal("100.00"), "founded", 4, Decimal("100.00"))
    >>> two = Closed(Decimal("50.00"), "unfounded", 9, Decimal(0))
    >>> found = figures([one, two])
    >>> found.count, str(found.amount), str(found.founded_percent), str(found.days)
    (2, '150.00', '50', '6.5')
    """
    rows = list(rows)
    closed = [one for one in rows if one.outcome]
    weights = {
        DisputeOutcome.FOUNDED.value: Decimal(1),
        DisputeOutcome.SETTLED.value: Decimal("0.5"),
    }
    founded = sum((weights.get(one.outcome, ZERO) for one in closed), ZERO)
    lasted = [Decimal(one.days) for one in closed if one.days is not None]
    return Figures(
        count=len(rows),
        amount=sum((one.amount for one in rows), ZERO),
        founded_percent=(
            (founded * 100 / len(closed)).quantize(Decimal(1), rounding="ROUND_HALF_UP")
            if closed
            else None
        ),
        days=median(lasted) if lasted else None,
        credited=sum((one.credited for one in rows), ZERO),
    )


# -- what is written ------------------------------------------------------------------------------


def question_mail(
    *, company: str, document_ref: str, customer: str, text: str, link: str, day: str
) -> tuple[str, str]:
    """Subject and body of the mail that asks a colleague, who needs no account."""
    subject = f"Litige {document_ref} ({customer}) : une question"
    body = (
        f"Bonjour,\n\n{customer} conteste la facture {document_ref}. On vous demande :\n\n"
        f"{text}\n\n"
        f"Répondez avant le {day}, sans compte, par ce lien :\n{link}\n\n"
        "Vous pouvez y joindre une photographie ou un document. Ce lien n'ouvre que cette "
        f"question ; ne le transférez pas.\n\n{company}"
    )
    return subject[:200], body


_REFUSAL: Final = {
    "fr": (
        "Votre contestation de la facture {ref}",
        (
            "Bonjour,\n\nVous contestez {amount} sur notre facture {ref}, pour le motif suivant : "
            "{reason}.\n\nAprès vérification, nous ne pouvons pas retenir cette contestation :\n\n"
            "{why}\n\n{pieces}La somme de {amount} reste donc due. Nous restons à votre "
            "disposition pour en parler.\n\n{company}"
        ),
        "Vous trouverez joint à ce message : {names}.\n\n",
    ),
    "en": (
        "Your dispute of invoice {ref}",
        (
            "Hello,\n\nYou dispute {amount} of our invoice {ref}.\n\nWe have checked and cannot "
            "accept this dispute:\n\n{why}\n\n{pieces}The amount of {amount} therefore remains "
            "due. We are at your disposal to talk about it.\n\n{company}"
        ),
        "Attached: {names}.\n\n",
    ),
}


_SETTLEMENT: Final = {
    "fr": (
        "Notre réponse à votre contestation de la facture {ref}",
        (
            "Bonjour,\n\nVous contestez {amount} sur notre facture {ref}, pour le motif suivant : "
            "{reason}.\n\nNotre avoir {note} vous accorde {credited}. Nous ne pouvons pas retenir "
            "le reste, soit {rest} :\n\n{why}\n\n{pieces}Cette somme reste donc due. Nous "
            "restons à votre disposition pour en parler.\n\n{company}"
        ),
    ),
    "en": (
        "Our answer to your dispute of invoice {ref}",
        (
            "Hello,\n\nYou dispute {amount} of our invoice {ref}.\n\nOur credit note {note} grants "
            "you {credited}. We cannot accept the rest, {rest}:\n\n{why}\n\n{pieces}That amount "
            "therefore remains due. We are at your disposal to talk about it.\n\n{company}"
        ),
    ),
}


def settlement_mail(
    *,
    language: str,
    company: str,
    document_ref: str,
    amount: Decimal,
    reason: str,
    why: str,
    pieces: Sequence[str],
    credit: tuple[str, Decimal],
) -> tuple[str, str]:
    """Subject and body of the refusal of a part of a dispute.

    ``credit`` is the number and the total of the credit note for the other part.
    """
    subject, body = _SETTLEMENT.get(language, _SETTLEMENT["fr"])
    attached = _REFUSAL.get(language, _REFUSAL["fr"])[2]
    number, credited = credit
    facts = {
        "ref": document_ref,
        "amount": format_amount(amount),
        "credited": format_amount(credited),
        "rest": format_amount(max(amount - credited, ZERO)),
        "note": number,
        "reason": reason,
        "why": why,
        "company": company,
        "pieces": attached.format(names=", ".join(pieces)) if pieces else "",
    }
    return subject.format(**facts)[:200], body.format(**facts)


def refusal_mail(
    *,
    language: str,
    company: str,
    document_ref: str,
    amount: Decimal,
    reason: str,
    why: str,
    pieces: Sequence[str],
) -> tuple[str, str]:
    """Subject and body of the reasoned refusal of a dispute, in the customer's language."""
    subject, body, attached = _REFUSAL.get(language, _REFUSAL["fr"])
    facts = {
        "ref": document_ref,
        "amount": format_amount(amount),
        "reason": reason,
        "why": why,
        "company": company,
        "pieces": attached.format(names=", ".join(pieces)) if pieces else "",
    }
    return subject.format(**facts)[:200], body.format(**facts)
