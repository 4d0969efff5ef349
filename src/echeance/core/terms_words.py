"""Payment terms in the language of the reader; French is what is written in the e-invoice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from echeance.core.terms import (
    InvalidTermsError,
    PaymentTerms,
    TermsKind,
    UnreadableTermsError,
    parse_terms,
)


@dataclass(frozen=True, slots=True)
class _Words:
    """Texts of one language; ``{days}`` is « 30 days », ``{day}`` a day of the month."""

    receipt: str
    one_day: str
    days: str
    days_then_month_end: str
    month_end: str
    month_end_then_days: str
    month_end_then_day: str
    then_day: str
    percent: str


_WORDS: Final = {
    "en": _Words(
        "on receipt", "1 day", "{n} days", "{days}, end of month", "end of month",
        "end of month + {days}", "{days}, end of month, on day {day}",
        "end of month, on day {day}", "{n}% {terms}",
    ),
    "de": _Words(
        "bei Erhalt", "1 Tag", "{n} Tage", "{days}, Monatsende", "Monatsende",
        "Monatsende + {days}", "{days}, Monatsende, am {day}.", "Monatsende, am {day}.",
        "{n} % {terms}",
    ),
    "es": _Words(
        "a la recepción", "1 día", "{n} días", "{days} fin de mes", "fin de mes",
        "fin de mes + {days}", "{days} fin de mes, el día {day}", "fin de mes, el día {day}",
        "{n} % {terms}",
    ),
    "it": _Words(
        "a ricevimento fattura", "1 giorno", "{n} giorni", "{days} fine mese", "fine mese",
        "fine mese + {days}", "{days} fine mese, il giorno {day}", "fine mese, il giorno {day}",
        "{n}% {terms}",
    ),
    "nl": _Words(
        "bij ontvangst", "1 dag", "{n} dagen", "{days} einde maand", "einde maand",
        "einde maand + {days}", "{days} einde maand, op de {day}e", "einde maand, op de {day}e",
        "{n}% {terms}",
    ),
    "pt": _Words(
        "na receção da fatura", "1 dia", "{n} dias", "{days} fim do mês", "fim do mês",
        "fim do mês + {days}", "{days} fim do mês, no dia {day}", "fim do mês, no dia {day}",
        "{n}% {terms}",
    ),
}  # fmt: skip


def terms_in(terms: PaymentTerms, language: str) -> str:
    """The terms in a language; in English for one that has no words here.

    >>> terms_in(PaymentTerms.month_end_a(45), "de"), terms_in(PaymentTerms.on_receipt(), "nl")
    ('45 Tage, Monatsende', 'bij ontvangst')
    """
    if language == "fr":
        return terms.label
    words = _WORDS.get(language, _WORDS["en"])
    days = words.one_day if terms.days == 1 else words.days.format(n=terms.days)
    match terms.kind:
        case TermsKind.ON_RECEIPT:
            return words.receipt
        case TermsKind.DAYS_NET:
            return days
        case TermsKind.DAYS_THEN_MONTH_END:
            return words.days_then_month_end.format(days=days) if terms.days else words.month_end
        case TermsKind.MONTH_END_THEN_DAYS:
            return words.month_end_then_days.format(days=days)
        case TermsKind.MONTH_END_THEN_DAY:
            pattern = words.month_end_then_day if terms.days else words.then_day
            return pattern.format(days=days, day=terms.day)
        case TermsKind.INSTALMENTS:
            return ", ".join(
                words.percent.format(
                    n=f"{share.percent.normalize():f}", terms=terms_in(share.terms, language)
                )
                for share in terms.shares
            )


def printed_terms(sentence: str, language: str) -> str:
    """BT-20 for a reader: the French sentence is read, and said again in the language.

    What Échéance did not write is printed as it is. The amounts between brackets of several
    instalments are left to the schedule, the clauses after a semicolon (retention, other payers) to
    the lines that print them.

    >>> printed_terms("45 jours fin de mois", "es"), printed_terms("Selon contrat", "es")
    ('45 días fin de mes', 'Selon contrat')
    """
    if language == "fr":
        return sentence
    try:
        terms = parse_terms(sentence.partition(" ; ")[0].partition(" (")[0])
    except (UnreadableTermsError, InvalidTermsError):
        return sentence
    told = terms_in(terms, language)
    return told[:1].upper() + told[1:] if sentence[:1].isupper() else told
