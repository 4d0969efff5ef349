"""What the columns and the lines of an advice are called, in French and in English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from echeance.core.matching.references import fold

Role = Literal[
    "document", "date", "net", "gross", "deduction", "credit", "debit", "nature", "label", "other"
]

_WORDS = re.compile(r"[A-Z0-9°]+")
_NOT_PAID = {"HT", "TVA", "VAT", "TAX", "HORS"}
_DATE = {"DATE", "ECHEANCE", "DUE", "JOUR"}
_DEDUCTION = {
    *("ESCOMPTE", "DISCOUNT", "REMISE", "DEDUCTION", "DEDUCTIONS", "RETENUE", "WITHHELD"),
    *("ALLOWANCE", "RISTOURNE", "DEDUIT"),
}
_NET = {"NET", "PAYE", "PAYEE", "REGLE", "REGLEE", "PAID", "PAYMENT", "VERSE", "SETTLED", "REMIT"}
_GROSS = {"MONTANT", "AMOUNT", "BRUT", "GROSS", "TTC", "TOTAL", "SOLDE", "BALANCE", "VALEUR"}
_NATURE = {"TYPE", "NATURE", "SENS", "KIND"}
_LABEL = {"LIBELLE", "DESCRIPTION", "DESIGNATION", "OBJET", "COMMENTAIRE", "COMMENT", "TEXTE"}
_OTHER = {"DEVISE", "CURRENCY", "CLIENT", "CUSTOMER", "FOURNISSEUR", "SUPPLIER", "VENDOR", "LIGNE"}
_DOCUMENT = {
    **dict.fromkeys(("FACTURE", "FACTURES", "INVOICE", "INVOICES", "VOTRE", "VOS", "YOUR"), 3),
    **dict.fromkeys(("PIECE", "DOCUMENT", "DOC", "BILL"), 2),
    **dict.fromkeys(("REFERENCE", "REFERENCES", "REF", "NUMERO", "NUMBER", "NO", "N°", "NUM"), 1),
}
_THEIRS = {"NOTRE", "NOS", "OUR", "INTERNE", "INTERNAL", "COMMANDE", "ORDER", "PO"}

_SUBTOTAL = re.compile(
    r"\W*(?:SOUS[ -]?TOTA|SUB[ -]?TOTAL|A REPORTER|REPORT\b|CARRIED|BROUGHT)", re.IGNORECASE
)
_TOTAL = re.compile(
    r"\W*(?:GRAND TOTAL|TOTAL|TOTAUX|SOMME|SUM\b|MONTANT TOTAL|MONTANT GLOBAL|NET A PAYER|NET PAYE"
    r"|(?:MONTANT|AMOUNT) (?:DU |DE LA |DE VOTRE |OF )?(?:VIREMENT|REGLEMENT|PAIEMENT|PAYMENT|PAID)"
    r"|MONTANT (?:NET )?(?:REGLE|PAYE|VIRE)|PAYMENT AMOUNT|TOTAL AMOUNT|AMOUNT PAID)"
)
CREDIT = re.compile(r"\b(?:AVOIRS?|CREDIT[ -]?(?:NOTE|MEMO)|NOTE DE CREDIT|CN)\b")


def role(title: str) -> tuple[Role, int]:
    """What a column holds, and how surely (the highest document column wins).

    >>> role("N° facture"), role("Date facture"), role("Montant payé"), role("Escompte")
    (('document', 4), ('date', 0), ('net', 0), ('deduction', 0))
    """
    words = set(_WORDS.findall(fold(title).replace("°", "° ").replace("N ° ", "N° ")))
    if not words or len(title) > 60:
        return "other", 0
    if words & _DATE:
        return "date", 0
    if words & _DEDUCTION:
        return "deduction", 0
    if words & _NOT_PAID and not words & {"TTC"}:
        return "other", 0
    if words & _NET:
        return "net", 0
    if words & _GROSS:
        return "gross", 0
    if words & _NATURE:
        return "nature", 0
    if words in ({"CREDIT"}, {"DEBIT"}):
        return ("credit" if words == {"CREDIT"} else "debit"), 0
    score = sum(_DOCUMENT.get(word, 0) for word in words) - 4 * len(words & _THEIRS)
    if score > 0:
        return "document", score
    if words & _LABEL:
        return "label", 0
    return ("other", 0) if words & _OTHER or score == 0 else ("document", score)


def roles(titles: Sequence[str]) -> list[Role] | None:
    """Roles of a line of titles, or None when it is not one: a document and an amount are needed.

    Of several document columns, the surest is kept, the first on a tie.
    """
    found = [role(title) for title in titles]
    documents = [score for name, score in found if name == "document"]
    if not documents or not {"net", "gross", "credit"} & {name for name, _ in found}:
        return None
    best = next(
        place
        for place, (name, score) in enumerate(found)
        if name == "document" and score == max(documents)
    )
    return [
        "other" if name == "document" and place != best else name
        for place, (name, _) in enumerate(found)
    ]


def is_subtotal(text: str) -> bool:
    """Whether a line is a subtotal or a carry-over: skipped."""
    return bool(_SUBTOTAL.match(fold(text)))


def is_total(text: str) -> bool:
    """Whether a line begins with the words of a total.

    >>> is_total("Total réglé : 12,00"), is_total("FA12 total")
    (True, False)
    """
    return bool(_TOTAL.match(fold(text)))
