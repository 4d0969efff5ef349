"""Find in a payment's text the document numbers that the payer cited.

A number is recognised whole: its letters and digits, in order, from the start of a word to the
end of one, whatever the case, spaces, hyphens, slashes or dots between them. Anything less
(a number cut short, an O for a 0, the last digits alone) is only a hint, and never proves.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from stdnum import iso11649

from echeance.core.matching.model import OpenItem

_WORD = re.compile(r"[0-9A-Z]+")
_DIGITS = re.compile(r"[0-9]+")
_JOINT = re.compile(r"[ \-/._\u00a0\u2010-\u2013]{1,3}")
_WORDS_MAX = 6
_INVOICE_WORD = re.compile(r"(?:FACTURES?|FACTS?|FACS?|FCT|INVOICES?|INV|AVOIRS?|N|NO|NUM|NUMERO)")
_LOOKALIKES = str.maketrans("OQILSBZ", "0011582")
# Fewer digits than that after a known prefix are an address or a quantity, not a number.
_CITED_DIGITS_MIN = 3
_NUMERIC_LENGTH_MIN = 6
# Last digits shared by more items than that (a year) recall nothing.
_TAIL_ITEMS_MAX = 20
_DEDUCTION_WORD = re.compile(
    r"\b(AVOIRS?|ACOMPTES?|RETENUES?|ESCOMPTES?|DEDUCTIONS?|DEDUITS?|TROP[ -]PERCU|RFA|LITIGES?)\b"
)


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[0].upper()
    return base if len(base) == 1 else character


def fold(text: str) -> str:
    """Upper case without accents, position by position.

    >>> fold("Réf. n° é1")
    'REF. N° E1'
    """
    return text.upper() if text.isascii() else "".join(map(_fold_character, text))


def key(text: str) -> str:
    """The letters and digits of a reference: what is compared.

    >>> key("fa-2026/0042 ")
    'FA20260042'
    """
    return "".join(_WORD.findall(fold(text)))


def deduction_word(text: str) -> tuple[int, int] | None:
    """Where a text speaks of a credit, a deposit or a deduction: its amount is no plain total.

    >>> deduction_word("FACT 12 moins avoir 3")
    (14, 19)
    """
    found = _DEDUCTION_WORD.search(fold(text))
    return found.span() if found else None


@dataclass(frozen=True, slots=True)
class Citation:
    """A place where a document is cited; ``fragment`` is None outside the free text."""

    items: tuple[OpenItem, ...]
    written: str
    fragment: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Citations:
    """What a payment's text and references say.

    Attributes:
        documents: Numbers found whole, each with the open items that bear it.
        orders: Order references found whole.
        ambiguous: Places that can be read as several numbers.
        unresolved: Places that look like one of the house's numbers, but no open one.
        hints: Places that recall a number without being it.
        named: Short numbers that follow a word such as "facture", as written.
    """

    documents: tuple[Citation, ...]
    orders: tuple[Citation, ...]
    ambiguous: tuple[Citation, ...]
    unresolved: tuple[Citation, ...]
    hints: tuple[Citation, ...]
    named: tuple[Citation, ...]


class ReferenceIndex:
    """The open items by document number and order reference."""

    def __init__(self, items: Iterable[OpenItem], *, length_min: int) -> None:
        self._numbers: defaultdict[str, list[OpenItem]] = defaultdict(list)
        self._orders: defaultdict[str, list[OpenItem]] = defaultdict(list)
        self._lookalikes: defaultdict[str, list[OpenItem]] = defaultdict(list)
        self._tails: defaultdict[str, list[OpenItem]] = defaultdict(list)
        self._masks: set[str] = set()
        self._shapes: set[str] = set()
        for item in items:
            self._add(item, length_min)
        lengths = map(len, (*self._numbers, *self._orders))
        self._length_max = max(lengths, default=0)

    def _add(self, item: OpenItem, length_min: int) -> None:
        order = key(item.order_reference)
        if len(order) > length_min and _digit_count(order) >= _CITED_DIGITS_MIN:
            self._orders[order].append(item)
        number = key(item.document_number)
        if runs := _DIGITS.findall(number):
            self._tails[_DIGITS.findall(item.document_number)[-1].lstrip("0")].append(item)
        if len(number) < length_min or not runs:
            return
        self._numbers[number].append(item)
        self._lookalikes[number.translate(_LOOKALIKES)].append(item)
        if not number.isdigit():
            self._masks.add(_mask(number))
        elif len(number) >= _NUMERIC_LENGTH_MIN:
            self._shapes.add(_shape(item.document_number))

    def cited(self, text: str, references: Sequence[str]) -> Citations:
        """Read a payment's text, then its references."""
        reading = _Reading()
        self._read(text, reading, in_text=True)
        for reference in references:
            compact = key(reference)
            # ISO 11649: RF, two check digits, then the creditor's own reference.
            if compact.startswith("RF") and iso11649.is_valid(compact):
                self._read(compact[4:], reading, in_text=False)
            else:
                self._read(reference, reading, in_text=False)
        return reading.result()

    def _read(self, text: str, reading: _Reading, *, in_text: bool) -> None:
        folded = fold(text)
        words = [match.span() for match in _WORD.finditer(folded)]
        rank = 0
        while rank < len(words):
            spans = self._spans(folded, words, rank)
            used = self._read_at(text, folded, spans, reading, in_text=in_text)
            if used == 0:
                self._read_hints(text, folded, words, rank, reading, in_text=in_text)
            rank += max(used, 1)

    def _spans(
        self, folded: str, words: Sequence[tuple[int, int]], rank: int
    ) -> list[tuple[int, int, str]]:
        """The runs of words that start at ``rank``: start, end, letters and digits."""
        start, end = words[rank]
        compact = folded[start:end]
        spans = [(start, end, compact)]
        for next_start, next_end in words[rank + 1 : rank + _WORDS_MAX]:
            compact += folded[next_start:next_end]
            if len(compact) > self._length_max or not _JOINT.fullmatch(folded, end, next_start):
                break
            end = next_end
            spans.append((start, end, compact))
        return spans

    def _read_at(
        self,
        text: str,
        folded: str,
        spans: Sequence[tuple[int, int, str]],
        reading: _Reading,
        *,
        in_text: bool,
    ) -> int:
        """Record what the runs from one word say; return how many words are used up."""
        readings: list[tuple[int, Citation]] = []
        for count, (start, end, compact) in enumerate(spans, start=1):
            if items := self._numbers.get(compact):
                citation = Citation(
                    tuple(items), text[start:end], (start, end) if in_text else None
                )
                readings.append((count, citation))
        if readings:
            printed = [
                (count, Citation(same, found.written, found.fragment))
                for count, found in readings
                if (same := _printed(found, folded_text=fold(found.written)))
            ]
            count, citation = (printed or readings)[-1]
            several = len(readings) > 1 or len(_numbers(citation)) > 1
            if several and not printed:
                everything = tuple(item for _, found in readings for item in found.items)
                longest = readings[-1][1]
                reading.ambiguous.append(Citation(everything, longest.written, longest.fragment))
            else:
                reading.documents.append(citation)
            return count
        for count, (start, end, compact) in reversed(list(enumerate(spans, start=1))):
            if items := self._orders.get(compact):
                fragment = (start, end) if in_text else None
                reading.orders.append(Citation(tuple(items), text[start:end], fragment))
                return count
            if self._looks_like_a_number(folded[start:end], compact, in_text=in_text):
                fragment = (start, end) if in_text else None
                reading.unresolved.append(Citation((), text[start:end], fragment))
                # The next words may hold another number: only the first is used up.
                return 0
        return 0

    def _looks_like_a_number(self, written: str, compact: str, *, in_text: bool) -> bool:
        if compact.isdigit():
            # A structured reference is often digits of the bank's own making.
            return in_text and _shape(written) in self._shapes and not _is_date(compact)
        return _digit_count(compact) >= _CITED_DIGITS_MIN and _mask(compact) in self._masks

    def _read_hints(
        self,
        text: str,
        folded: str,
        words: Sequence[tuple[int, int]],
        rank: int,
        reading: _Reading,
        *,
        in_text: bool,
    ) -> None:
        start, end = words[rank]
        word = folded[start:end]
        fragment = (start, end) if in_text else None
        tail = self._tails.get(word.lstrip("0"), []) if word.isdigit() else []
        if len(tail) > _TAIL_ITEMS_MAX:
            tail = []
        if tail and len(word) >= _CITED_DIGITS_MIN:
            reading.hints.append(Citation(tuple(tail), text[start:end], fragment))
        if rank and _digit_count(word) and _INVOICE_WORD.fullmatch(folded, *words[rank - 1]):
            reading.named.append(Citation(tuple(tail), text[start:end], fragment))
        for span_start, span_end, compact in self._spans(folded, words, rank):
            if compact.isdigit() and not in_text:
                continue
            if items := self._lookalikes.get(compact.translate(_LOOKALIKES)):
                fragment = (span_start, span_end) if in_text else None
                reading.hints.append(Citation(tuple(items), text[span_start:span_end], fragment))


class _Reading:
    """Citations as they are found."""

    def __init__(self) -> None:
        self.documents: list[Citation] = []
        self.orders: list[Citation] = []
        self.ambiguous: list[Citation] = []
        self.unresolved: list[Citation] = []
        self.hints: list[Citation] = []
        self.named: list[Citation] = []

    def result(self) -> Citations:
        return Citations(
            documents=tuple(self.documents),
            orders=tuple(self.orders),
            ambiguous=tuple(self.ambiguous),
            unresolved=tuple(self.unresolved),
            hints=tuple(self.hints),
            named=tuple(self.named),
        )


def _printed(citation: Citation, *, folded_text: str) -> tuple[OpenItem, ...]:
    """The items whose number is written exactly as it is printed."""
    return tuple(item for item in citation.items if fold(item.document_number) == folded_text)


def _numbers(citation: Citation) -> set[str]:
    return {fold(item.document_number) for item in citation.items}


def _mask(compact: str) -> str:
    """Letters kept, each run of digits a single 9: ``FA20260042`` is ``FA9``."""
    return _DIGITS.sub("9", compact)


def _shape(written: str) -> str:
    """Each digit a 9, separators kept: ``2026-0042`` is ``9999-9999``."""
    return re.sub(r"[0-9]", "9", written)


def _digit_count(compact: str) -> int:
    return sum(character.isdigit() for character in compact)


def _is_date(compact: str) -> bool:
    for pattern in ("%d%m%Y", "%Y%m%d", "%d%m%y"):
        try:
            datetime.strptime(compact, pattern)  # noqa: DTZ007  only its validity is asked
        except ValueError:
            continue
        return True
    return False
