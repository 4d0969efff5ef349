"""The message that carries an invoice or a credit note, in the language of its reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.core.einvoice.labels import printed_language
from echeance.core.money import NO_BREAK_SPACE
from echeance.core.writing import amount_in, day_in


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What the message says.

    Attributes:
        duplicate: The file is a marked copy of what was sent before.
        link: Where it is paid online; "" for nowhere.
        reference: What the transfer quotes; the number when empty.
    """

    seller_name: str
    number: str
    is_credit_note: bool
    issue_date: date
    gross_total: Decimal
    currency: str = "EUR"
    due_date: date | None = None
    order_reference: str = ""
    preceding_number: str = ""
    iban: str = ""
    language: str = "fr"
    duplicate: bool = False
    link: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class _Words:
    """Sentences of one language; the blanks are filled with the facts."""

    invoice: str
    credit_note: str
    duplicate: str
    greeting: str
    invoice_is: str
    order: str
    credit_is: str
    on_invoice: str
    deduct: str
    copy: str
    due: str
    transfer: str
    online: str
    closing: str


_WORDS: Final = {
    "fr": _Words(
        "Facture", "Avoir", "Duplicata",
        "Bonjour,",
        "Veuillez trouver ci-joint la facture {number} du {day}{order}, d'un montant de "
        "{amount} TTC.",
        " (votre commande {order})",
        "Veuillez trouver ci-joint l'avoir {number} du {day}, d'un montant de {amount} TTC"
        "{preceding}.",
        ", sur la facture {preceding}",
        "Vous pouvez le déduire de votre prochain règlement.",
        "C'est un duplicata du document déjà envoyé.",
        "Échéance : {due}.",
        "Règlement par virement sur le compte {iban}, en rappelant la référence {reference}.",
        "Règlement en ligne : {link}",
        "Cordialement,",
    ),
    "en": _Words(
        "Invoice", "Credit note", "Duplicate",
        "Dear customer,",
        "Please find attached invoice {number} of {day}{order}, for {amount}.",
        " (your order {order})",
        "Please find attached credit note {number} of {day}, for {amount}{preceding}.",
        ", on invoice {preceding}",
        "You may deduct it from your next payment.",
        "This is a duplicate of the document already sent.",
        "Due date: {due}.",
        "Please pay by transfer to {iban}, quoting {reference}.",
        "Pay online: {link}",
        "Kind regards,",
    ),
    "de": _Words(
        "Rechnung", "Gutschrift", "Zweitschrift",
        "Guten Tag,",
        "anbei erhalten Sie die Rechnung {number} vom {day}{order} über {amount} brutto.",
        " (Ihre Bestellung {order})",
        "anbei erhalten Sie die Gutschrift {number} vom {day} über {amount} brutto{preceding}.",
        " zur Rechnung {preceding}",
        "Sie können sie von Ihrer nächsten Zahlung abziehen.",
        "Dies ist eine Zweitschrift des bereits gesendeten Dokuments.",
        "Fällig am {due}.",
        "Bitte überweisen Sie auf das Konto {iban} mit dem Verwendungszweck {reference}.",
        "Online bezahlen: {link}",
        "Mit freundlichen Grüßen",
    ),
    "es": _Words(
        "Factura", "Factura de abono", "Duplicado",
        "Buenos días:",
        "Adjuntamos la factura {number} del {day}{order}, por un importe de {amount} con IVA.",
        " (su pedido {order})",
        "Adjuntamos la factura de abono {number} del {day}, por un importe de {amount} con IVA"
        "{preceding}.",
        ", sobre la factura {preceding}",
        "Puede deducirla de su próximo pago.",
        "Es un duplicado del documento ya enviado.",
        "Vencimiento: {due}.",
        "Pago por transferencia a la cuenta {iban}, indicando la referencia {reference}.",
        "Pago en línea: {link}",
        "Atentamente,",
    ),
    "it": _Words(
        "Fattura", "Nota di credito", "Duplicato",
        "Buongiorno,",
        "in allegato la fattura {number} del {day}{order}, di {amount} IVA inclusa.",
        " (vostro ordine {order})",
        "in allegato la nota di credito {number} del {day}, di {amount} IVA inclusa{preceding}.",
        ", sulla fattura {preceding}",
        "Potete dedurla dal vostro prossimo pagamento.",
        "È un duplicato del documento già inviato.",
        "Scadenza: {due}.",
        "Pagamento con bonifico sul conto {iban}, indicando la causale {reference}.",
        "Pagamento online: {link}",
        "Cordiali saluti,",
    ),
    "nl": _Words(
        "Factuur", "Creditnota", "Duplicaat",
        "Goedendag,",
        "Bijgaand vindt u factuur {number} van {day}{order}, voor {amount} incl. btw.",
        " (uw bestelling {order})",
        "Bijgaand vindt u creditnota {number} van {day}, voor {amount} incl. btw{preceding}.",
        ", op factuur {preceding}",
        "U kunt deze in mindering brengen op uw volgende betaling.",
        "Dit is een duplicaat van het eerder verzonden document.",
        "Vervaldatum: {due}.",
        "Gelieve over te schrijven op rekening {iban} met vermelding van {reference}.",
        "Online betalen: {link}",
        "Met vriendelijke groet,",
    ),
    "pt": _Words(
        "Fatura", "Nota de crédito", "Segunda via",
        "Bom dia,",
        "Junto enviamos a fatura {number} de {day}{order}, no valor de {amount} com IVA.",
        " (a vossa encomenda {order})",
        "Junto enviamos a nota de crédito {number} de {day}, no valor de {amount} com IVA"
        "{preceding}.",
        ", sobre a fatura {preceding}",
        "Pode deduzi-la do vosso próximo pagamento.",
        "É uma segunda via do documento já enviado.",
        "Vencimento: {due}.",
        "Pagamento por transferência para a conta {iban}, indicando a referência {reference}.",
        "Pagamento em linha: {link}",
        "Com os melhores cumprimentos,",
    ),
}  # fmt: skip

GREETINGS: Final = {language: words.greeting for language, words in _WORDS.items()}
"""How a message begins, by language."""


def subject_of(facts: LetterFacts) -> str:
    """One line: what it is, its number, who sends it.

    >>> subject_of(LetterFacts("Atelier Morel", "FA-2026-000042", False, date(2026, 11, 24),
    ...                        Decimal("120.00")))
    'Facture FA-2026-000042 – Atelier Morel'
    """
    words = _WORDS[printed_language(facts.language)]
    word = words.credit_note if facts.is_credit_note else words.invoice
    copy = f"{words.duplicate} – " if facts.duplicate else ""
    return f"{copy}{word} {facts.number} – {facts.seller_name}"[:200]


def body_of(facts: LetterFacts) -> str:
    """Plain text: number, amount, due date, how to pay."""
    language = printed_language(facts.language)
    words = _WORDS[language]
    amount = amount_in(language, facts.gross_total, facts.currency)
    if language == "en":
        amount = amount.replace(NO_BREAK_SPACE, " ")
    order = words.order.format(order=facts.order_reference) if facts.order_reference else ""
    preceding = (
        words.on_invoice.format(preceding=facts.preceding_number) if facts.preceding_number else ""
    )
    sentence = words.credit_is if facts.is_credit_note else words.invoice_is
    told = sentence.format(
        number=facts.number,
        day=day_in(language, facts.issue_date),
        amount=amount,
        order=order,
        preceding=preceding,
    )
    parts = [words.greeting, told]
    if facts.duplicate:
        parts.append(words.copy)
    if facts.is_credit_note:
        parts.append(words.deduct)
    else:
        parts.append("\n".join(_to_pay(facts, words, language)))
    parts.append(f"{words.closing}\n{facts.seller_name}\n")
    return "\n\n".join(part for part in parts if part)


def _to_pay(facts: LetterFacts, words: _Words, language: str) -> list[str]:
    lines = []
    if facts.due_date:
        lines.append(words.due.format(due=day_in(language, facts.due_date)))
    if facts.iban:
        reference = facts.reference or facts.number
        lines.append(words.transfer.format(iban=facts.iban, reference=reference))
    if facts.link:
        lines.append(words.online.format(link=facts.link))
    return lines
