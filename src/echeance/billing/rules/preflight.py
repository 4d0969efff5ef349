"""Everything that would be wrong with a document, said at once, before it takes a number.

Sources: CGI ann. II 242 nonies A, C. com. L441-9 and L441-10, and the rules named by
:mod:`echeance.core.einvoice.checks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from echeance.billing.rules import document, taxes
from echeance.billing.rules.document import Composed, Draft
from echeance.billing.types import BillingPolicy, Finding, PaymentAccount, SellerFacts, Severity
from echeance.core.einvoice.checks import check
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO
from echeance.core.terms import CustomerKind, Sector, check_legal_caps

# Said in the words of the trade by this module, so not twice.
_SAID_HERE: Final = frozenset({"BR-FR-11", "BR-FR-21", "BR-16"})


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and by whom documents are issued; the same for a whole run.

    Attributes:
        issue_date: BT-2 of the documents.
        today: The civil day; nothing is dated after it.
        last_issue_date: Date of the last document of the series; dates never go back.
        account: Bank account printed; none is only warned of.
    """

    issue_date: date
    today: date
    seller: SellerFacts
    policy: BillingPolicy
    account: PaymentAccount | None
    last_issue_date: date | None = None


def date_problem(occasion: Occasion) -> str:
    """Why nothing can be issued at that date, as a French clause; empty when it can."""
    if occasion.issue_date > occasion.today:
        return f"elle est postérieure à aujourd'hui ({occasion.today:%d/%m/%Y})"
    last = occasion.last_issue_date
    if last and occasion.issue_date < last:
        return f"la série a déjà un document du {last:%d/%m/%Y}, les dates ne reculent pas"
    return ""


def examine(
    draft: Draft, occasion: Occasion, stand_in: str
) -> tuple[Composed | None, list[Finding]]:
    """The document a draft would become, and all that is wrong with it.

    Args:
        draft: The draft.
        occasion: Date, seller, policy.
        stand_in: A number of the series; the real one is taken once nothing blocks.

    Returns:
        No document when it cannot even be composed; the findings then say why.
    """
    findings = [*_draft_findings(draft, occasion)]
    if not draft.lines:
        return None, findings
    try:
        composed = document.compose(
            draft,
            number=stand_in,
            issue_date=occasion.issue_date,
            seller=occasion.seller,
            account=occasion.account,
            policy=occasion.policy,
        )
    except EcheanceError as error:
        return None, [*findings, Finding(error.code, str(error))]
    findings += taxes.tax_findings(
        composed.amounts.taxed,
        [line.tax.exemption for line in draft.lines],
        draft.buyer,
        occasion.seller,
        occasion.issue_date,
    )
    if composed.amounts.gross <= ZERO:
        findings.append(
            Finding(
                "billing.total_not_positive",
                "Le total du document est nul : vérifiez les quantités et les prix.",
                place="BT-112",
            )
        )
    findings += _cap_findings(draft, occasion)
    findings += _native(draft, composed)
    return composed, findings


def blocking(findings: Iterable[Finding]) -> bool:
    """Whether a finding stops the issue."""
    return any(finding.severity is Severity.BLOCKING for finding in findings)


def _draft_findings(draft: Draft, occasion: Occasion) -> Iterator[Finding]:
    problem = date_problem(occasion)
    if problem:
        yield Finding(
            "billing.issue_date",
            f"La date d'émission du {occasion.issue_date:%d/%m/%Y} est refusée : {problem}. "
            "Choisissez une autre date.",
            place="BT-2",
        )
    buyer = draft.buyer
    consumer = buyer.category == CustomerKind.CONSUMER
    if not consumer and buyer.country in {"FR", "MC"} and not buyer.siren:
        yield Finding(
            "billing.siren_missing",
            f"Le SIREN de {buyer.name} manque : complétez sa fiche.",
            place="BT-47",
        )
    absent = [
        label
        for label, value in (
            ("la rue", buyer.address_line),
            ("le code postal", buyer.postcode or buyer.country not in {"FR", "MC"}),
            ("la ville", buyer.city),
        )
        if not value
    ]
    if absent:
        yield Finding(
            "billing.address_missing",
            f"L'adresse de {buyer.name} est incomplète ({', '.join(absent)}) : complétez sa fiche.",
            place="BG-8",
        )
    if not draft.lines:
        yield Finding(
            "billing.no_line", "Le document n'a aucune ligne : ajoutez-en une.", place="BG-25"
        )
    for line in draft.lines:
        place = f"ligne {line.position}"
        if line.unit_price <= ZERO:
            yield Finding(
                "billing.price_not_positive",
                f"Ligne {line.position} : le prix de « {line.name} » est nul ou négatif ; "
                "corrigez-le, ou retirez la ligne.",
                place=place,
            )
        if line.quantity <= ZERO:
            yield Finding(
                "billing.quantity_not_positive",
                f"Ligne {line.position} : la quantité de « {line.name} » est nulle ou négative ; "
                "corrigez-la, ou faites un avoir.",
                place=place,
            )
    if buyer.order_reference_required and not draft.order_reference and not draft.is_credit_note:
        yield Finding(
            "billing.order_reference_missing",
            f"{buyer.name} exige son numéro de bon de commande : renseignez-le.",
            place="BT-13",
        )
    if not draft.billing_email:
        yield Finding(
            "billing.no_billing_contact",
            f"{buyer.name} n'a pas de contact de facturation joignable : le document pourra être "
            "émis, pas envoyé. Ajoutez une adresse à sa fiche.",
            Severity.WARNING,
        )
    if occasion.account is None and not draft.is_credit_note:
        yield Finding(
            "billing.no_payment_account",
            "Aucun compte bancaire ne sera imprimé : ajoutez celui de la société.",
            Severity.WARNING,
            place="BT-84",
        )


def _cap_findings(draft: Draft, occasion: Occasion) -> Iterator[Finding]:
    if draft.is_credit_note or draft.buyer.category == CustomerKind.CONSUMER:
        return
    public = draft.buyer.category == CustomerKind.PUBLIC
    for found in check_legal_caps(
        document.parsed_terms(draft.terms),
        occasion.issue_date,
        sector=Sector.PUBLIC if public else Sector(occasion.policy.sector),
        delivery_date=draft.delivery_date,
    ):
        yield Finding(found.code, found.message, place="BT-9")


def _native(draft: Draft, composed: Composed) -> Iterator[Finding]:
    for found in check(composed.document):
        if found.rule in _SAID_HERE:
            continue
        if draft.is_credit_note and found.rule == "TVA-ARRONDI":
            # The last credit takes the VAT that is left, a cent away from base x rate: it may
            # never exceed what was billed. The official rules allow that cent.
            continue
        severity = Severity.BLOCKING if found.severity == "fatal" else Severity.WARNING
        yield Finding(found.rule, found.message, severity, found.location)
