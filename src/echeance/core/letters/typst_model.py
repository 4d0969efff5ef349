"""Typst models: checked on a sample letter before they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from echeance.core.einvoice.errors import DamagedPdfError, PdfTooHeavyError
from echeance.core.einvoice.pdf_text import page_texts
from echeance.core.letters.errors import LetterModelError
from echeance.core.letters.setting import Letterhead, LetterSetter
from echeance.core.letters.word import sample_letter
from echeance.core.money import format_amount
from echeance.core.typesetting import TemplateError
from echeance.core.typesetting_words import in_french

SOURCE_BYTES_MAX: Final = 500_000
_WHEN: Final = datetime(2026, 1, 1, tzinfo=UTC)


def check_typst_model(source: str, font_paths: Sequence[Path] = ()) -> bytes:
    """Refuse a Typst source that cannot be set, or that would not print what to pay.

    Returns:
        The sample letter it makes, as a PDF.

    Raises:
        LetterModelError: It is too large, does not compile, is not bounded, or prints neither the
            number of each invoice nor the total.
    """
    if len(source.encode()) > SOURCE_BYTES_MAX:
        raise LetterModelError(problems=f"le fichier dépasse {SOURCE_BYTES_MAX // 1000} ko")
    facts = sample_letter()
    try:
        made = LetterSetter(font_paths).pdf(facts, Letterhead(template=source), at=_WHEN)
        printed = "".join("".join(page_texts(made)).split())
    except TemplateError as error:
        place = f" (ligne {error.line})" if error.line else ""
        raise LetterModelError(problems=f"{in_french(error.reason)}{place}") from error
    except (DamagedPdfError, PdfTooHeavyError) as error:
        raise LetterModelError(problems="ses pages sont trop lourdes à relire") from error
    missing = [one.number for one in facts.invoices if one.number not in printed]
    problems = []
    if missing:
        problems.append("il n'imprime pas toutes les factures : le client doit savoir quoi payer")
    if "".join(format_amount(facts.total).split()) not in printed:
        problems.append("il n'imprime pas le total : le client doit savoir quoi payer")
    if problems:
        raise LetterModelError(problems=" ; ".join(problems))
    return made
