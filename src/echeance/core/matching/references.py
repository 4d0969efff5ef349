"""Find in a payment's text the document numbers that the payer cited.

A number is recognised whole: its letters and digits, in order, from the start of a word to the
end of one, whatever the case, spaces, hyphens, slashes or dots between them. A list or a range
that goes on with last digits (``FA-2026-0041/0042``, ``0041 à 0044``) cites each document. A
number read nearly whole (an O for a 0, zeros or letters lost at the front) is kept apart: it
proves only with the exact amount. Anything less is a hint, and never proves by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

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
# A number of digits only is sure by itself from that length on.
_SURE_DIGITS_MIN = 8
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])?")
_TOKENS = re.compile(r"[A-Z]+|[0-9]+")
_LIST_JOINT = re.compile(r"\s*(?:[,;/+&]|\s-\s|-|\bET\b|\bA\b|\bAU\b)?\s*")
_RANGE_JOINT = re.compile(r"\s*(?:\bA\b|\bAU\b|->|\.\.)\s*")
_RANGE_MAX = 200
# A telephone, a SIREN or SIRET, a date: digits that are no document's, whatever they recall.
_NO_NUMBER = re.compile(
    r"(?<![0-9])(?:\+33 ?|00 ?33 ?|0)[1-9](?:[ .-][0-9]{2}){4}(?![0-9])"
    r"|\b(?:TEL|TELEPHONE|FAX|MOB)\b[ .:]*(?:[0-9+][ .-]?){6,16}"
    r"|\b(?:SIREN|SIRET|RCS|IBAN|BIC|CONTRAT|CODE POSTAL|CP)\b[ .:]*[A-Z]{0,2}(?:[0-9][ .-]?){4,27}"
    r"|(?<![0-9/.-])[0-3][0-9][/.-][01][0-9][/.-](?:20)?[0-9]{2}(?![0-9/.-])"
)
_RECENT_DAYS = 120
_TIGHT = frozenset("-/._")
_GLUED = re.compile(r"^(?:FACTURES?|FACT|FAC|REF|INV|NO|NUM|CDE|VIR|REGLT|RGT)+")
# Last digits shared by more items than that (a year) recall nothing.
_TAIL_ITEMS_MAX = 20
_DEDUCTION_WORD = re.compile(
    r"\b(AVOIRS?|ACOMPTES?|RETENUES?|ESCOMPTES?|DEDUCTIONS?|DEDUITS?|TROP[ -]PERCU|RFA|LITIGES?)\b"
)
_ON_ACCOUNT_WORD = re.compile(
    r"\b(?:VERSEMENTS?|PROVISIONS?|AVANCES?|MENSUALITES?|A VALOIR|SUR COMPTE|ECHEANCIER|ARRHES"
    r"|DEPOT|CAUTION|PREPAIEMENT)\b"
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


def on_account_word(text: str) -> tuple[int, int] | None:
    """Where a text says that the money is paid in advance or on account, of no document.

    >>> on_account_word("VIR DURAND VERSEMENT")
    (11, 20)
    """
    found = _ON_ACCOUNT_WORD.search(fold(text))
    return found.span() if found else None


def serials(number: str) -> list[str]:
    """The runs of digits of a number that tell it apart: not the year, nor the month.

    >>> serials("FA-2026-0041"), serials("FC202602-10618"), serials("2026")
    (['0041'], ['10618'], ['2026'])
    """
    runs = [run for run in _DIGITS.findall(number) if len(run) > 2] or _DIGITS.findall(number)
    return [run for run in runs if not _YEAR.fullmatch(run)] or runs


def recalls(written: str, number: str, *, named: bool) -> bool:
    """Whether digits are the end of a number's own, or all of them but for zeros at the front.

    Args:
        written: Digits.
        number: A document number.
        named: They follow a word such as "facture": two digits are then enough.

    >>> recalls("0618", "FC202602-10618", named=False), recalls("41", "FA-2026-0041", named=True)
    (True, True)
    """
    for run in serials(number):
        if named and written.lstrip("0") == run.lstrip("0"):
            return True
        if len(written) >= _CITED_DIGITS_MIN and run.endswith(written):
            return True
    return False


def swapped(written: str, number: str) -> bool:
    """Whether two neighbouring characters exchanged make the one of the other.

    >>> swapped("FA20260014", "FA20260041"), swapped("FA20260041", "FA20260041")
    (True, False)
    """
    if len(written) != len(number):
        return False
    differing = [rank for rank, sign in enumerate(written) if sign != number[rank]]
    if len(differing) != 2 or differing[1] != differing[0] + 1:
        return False
    first, second = differing
    return written[first] == number[second] and written[second] == number[first]


def deduction_word(text: str) -> tuple[int, int] | None:
    """Where a text speaks of a credit, a deposit or a deduction: its amount is no plain total.

    >>> deduction_word("FACT 12 moins avoir 3")
    (14, 19)
    """
    found = _DEDUCTION_WORD.search(fold(text))
    return found.span() if found else None


@dataclass(frozen=True, slots=True)
class Citation:
    """A place where a document is cited; ``fragment`` is None outside the free text.

    ``abridged``: only the last digits are written, after another number.
    """

    items: tuple[OpenItem, ...]
    written: str
    fragment: tuple[int, int] | None
    abridged: bool = False


@dataclass(frozen=True, slots=True)
class Citations:
    """What a payment's text and references say.

    Attributes:
        documents: Numbers found whole, each with the open items that bear it; those of a list
            or of a range that goes on with last digits too.
        orders: Order references found whole.
        ambiguous: Places that can be read as several numbers.
        unresolved: Places that look like one of the house's numbers, but no open one.
        settled: Those of ``unresolved`` that are the number of a document already settled.
        weak: Numbers of a few digits found whole: only their debtor's payment makes them one.
        near: Numbers found nearly whole.
        hints: Places that recall a number without being it.
        named: Numbers that follow a word such as "facture", as written, and digits that begin and
            end as the house's numbers do without being one.
        tails: Other words of three to five digits.
        codes: Customer codes found whole.
    """

    documents: tuple[Citation, ...] = ()
    orders: tuple[Citation, ...] = ()
    ambiguous: tuple[Citation, ...] = ()
    unresolved: tuple[Citation, ...] = ()
    settled: tuple[Citation, ...] = ()
    weak: tuple[Citation, ...] = ()
    near: tuple[Citation, ...] = ()
    hints: tuple[Citation, ...] = ()
    named: tuple[Citation, ...] = ()
    tails: tuple[Citation, ...] = ()
    codes: tuple[Citation, ...] = ()


_Mode = Literal["text", "reference", "checked"]


class ReferenceIndex:
    """The open items by document number, order reference and what was given for their payment.

    Args:
        items: Open items.
        settled: Items with nothing left open: their numbers are known, and name nothing to pay.
        length_min: Letters and digits that a number needs to be recognised.
    """

    def __init__(
        self, items: Iterable[OpenItem], settled: Iterable[OpenItem] = (), *, length_min: int
    ) -> None:
        self._numbers: _Index = {}
        self._orders: _Index = {}
        self._given: _Index = {}
        self._codes: _Index = {}
        self._lookalikes: _Index = {}
        self._bare: _Index = {}
        self._canonical: _Index = {}
        self._tails: _Index = {}
        self._masks: set[str] = set()
        self._shapes: set[str] = set()
        self._beginnings: set[tuple[int, str]] = set()
        self._heads: set[str] = set()
        for item in items:
            self._add(item, length_min)
        self._settled = {
            number
            for item in settled
            if len(number := key(item.document_number)) >= length_min
            and _DIGITS.search(number)
            and number not in self._numbers
        }
        self._lengths = sorted({len(number) for number in self._numbers})
        lengths = map(len, (*self._numbers, *self._orders, *self._codes, *self._settled))
        self._length_max = max(lengths, default=0)

    def _add(self, item: OpenItem, length_min: int) -> None:
        order = key(item.order_reference) if item.order_reference else ""
        if (
            len(order) > length_min
            and _digit_count(order) >= _CITED_DIGITS_MIN
            and not _is_weak(order)
        ):
            _put(self._orders, order, item)
        for reference in item.payment_references:
            if len(given := key(reference)) >= length_min:
                _put(self._given, given, item)
        for code in item.customer_codes:
            if len(compact := key(code)) > length_min and not _is_weak(compact):
                _put(self._codes, compact, item)
        tokens = _TOKENS.findall(fold(item.document_number))
        number = "".join(tokens)
        runs = [token for token in tokens if token.isdigit()]
        if runs:
            tail = runs[-1].lstrip("0")
            if len(self._tails.get(tail, ())) <= _TAIL_ITEMS_MAX:
                _put(self._tails, tail, item)
        if len(number) < length_min or not runs:
            return
        _put(self._numbers, number, item)
        if not number.isdigit():
            self._masks.add(_mask(number))
            if len(number) >= _NUMERIC_LENGTH_MIN:
                if (alike := number.translate(_LOOKALIKES)) != number:
                    _put(self._lookalikes, alike, item)
                if any(token[0] == "0" for token in tokens):
                    _put(self._canonical, _joined(tokens), item)
                self._heads.add(tokens[0].lstrip("0") or "0")
                if len(bare := "".join(runs)) >= _NUMERIC_LENGTH_MIN:
                    _put(self._bare, bare, item)
            return
        self._beginnings.add(_beginning(number))
        if len(number) >= _NUMERIC_LENGTH_MIN:
            self._shapes.add(_shape(item.document_number))

    def given(self, references: Iterable[str]) -> tuple[OpenItem, ...]:
        """The items for whose payment one of these references, or mandates, was given."""
        found = (item for one in references for item in self._given.get(key(one), ()))
        return tuple({item.item_id: item for item in found}.values())

    def cited(self, text: str, references: Sequence[str], *, on: date | None = None) -> Citations:
        """Read a payment's text, then its references; ``on`` is its day, near which dates are."""
        reading = _Reading(on)
        self._read(text, reading, mode="text")
        for reference in references:
            compact = key(reference)
            if compact in self._given:
                continue
            # ISO 11649: RF, two check digits, then the creditor's own reference.
            if compact.startswith("RF") and iso11649.is_valid(compact):
                self._read(compact[4:], reading, mode="checked")
            else:
                self._read(reference, reading, mode="reference")
        return reading.result()

    def _read(self, text: str, reading: _Reading, *, mode: _Mode) -> None:
        folded = fold(text)
        if mode == "text":
            folded = _NO_NUMBER.sub(lambda found: " " * len(found[0]), folded)
        words = [match.span() for match in _WORD.finditer(folded)]
        rank = 0
        while rank < len(words):
            spans = self._spans(folded, words, rank)
            count = len(reading.documents)
            named = (
                self._is_named(folded, words, rank)
                or mode == "checked"
                or _is_alone(folded, *words[rank])
            )
            used = self._read_at(text, folded, spans, reading, mode=mode, named=named)
            if used and len(reading.documents) > count:
                used += self._read_list(
                    text, folded, words, rank + used, reading=reading, mode=mode
                )
            if used == 0:
                self._read_hints(text, folded, words, rank, reading=reading, mode=mode)
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
        mode: _Mode,
        named: bool,
    ) -> int:
        """Record what the runs from one word say; return how many words are used up."""
        in_text = mode == "text"
        readings: list[tuple[int, Citation]] = []
        for count, (start, end, compact) in enumerate(spans, start=1):
            if items := self._numbers.get(compact):
                citation = Citation(
                    tuple(items), text[start:end], (start, end) if in_text else None
                )
                readings.append((count, citation))
        if readings:
            return _record(readings, reading, named=named)
        for count, (start, end, compact) in reversed(list(enumerate(spans, start=1))):
            fragment = (start, end) if in_text else None
            if compact in self._settled and not _is_weak(compact):
                found = Citation((), text[start:end], fragment)
                reading.unresolved.append(found)
                reading.settled.append(found)
                return count
            if items := self._orders.get(compact):
                reading.orders.append(Citation(tuple(items), text[start:end], fragment))
                return count
            if items := self._codes.get(compact):
                reading.codes.append(Citation(tuple(items), text[start:end], fragment))
                return count
        for count, (start, end, compact) in reversed(list(enumerate(spans, start=1))):
            fragment = (start, end) if in_text else None
            if near := self._nearly(folded[start:end], compact, mode=mode):
                reading.near.append(Citation(tuple(near), text[start:end], fragment))
                return count
        for count, (start, end, compact) in reversed(list(enumerate(spans, start=1))):
            fragment = (start, end) if in_text else None
            if self._looks_like_a_number(folded[start:end], compact, in_text=in_text):
                reading.unresolved.append(Citation((), text[start:end], fragment))
                # After a blank, the next words may hold another number.
                return 0 if " " in folded[start:end] else count
        return 0

    def _is_named(self, folded: str, words: Sequence[tuple[int, int]], rank: int) -> bool:
        return bool(rank and _INVOICE_WORD.fullmatch(folded, *words[rank - 1]))

    def _read_list(
        self,
        text: str,
        folded: str,
        words: Sequence[tuple[int, int]],
        rank: int,
        *,
        reading: _Reading,
        mode: _Mode,
    ) -> int:
        """Go on with the last digits that follow a number; return how many words are used up."""
        used = 0
        last = reading.documents[-1]
        while rank + used < len(words):
            end = words[rank + used - 1][1]
            at = rank + used
            # "ET", "A" and "AU" are words themselves: the digits come after.
            skipped = int(folded[slice(*words[at])] in {"ET", "A", "AU"})
            if at + skipped >= len(words):
                break
            start, stop = words[at + skipped]
            word = folded[start:stop]
            number = key(last.items[0].document_number)
            run = _DIGITS.findall(fold(last.items[0].document_number))[-1]
            between = folded[end:start]
            if not word.isdigit() or len(word) > len(run) or not _LIST_JOINT.fullmatch(between):
                break
            if any(
                compact in self._numbers or compact in self._settled
                for _, _, compact in self._spans(folded, words, at + skipped)
            ):
                break  # a whole number of its own
            if between.strip() == "" and len(word) != len(run):
                break
            found = number[: -len(word)] + word
            fragment = (start, stop) if mode == "text" else None
            if _RANGE_JOINT.fullmatch(between) and self._read_range(
                number, found, Citation((), text[start:stop], fragment), reading
            ):
                used += 1 + skipped
                continue
            if items := self._numbers.get(found):
                found_here = Citation(
                    tuple(items), text[start:stop], fragment, abridged=len(word) < len(number)
                )
                reading.documents.append(found_here)
            elif found in self._settled or (between.strip() and len(word) == len(run)):
                if _is_date(word) or folded[stop : stop + 3].strip()[:1] in {",", "."}:
                    break
                reading.unresolved.append(Citation((), text[start:stop], fragment))
            else:
                break
            used += 1 + skipped
        return used

    def _read_range(
        self,
        first: str,
        last: str,
        place: Citation,
        reading: _Reading,
    ) -> bool:
        """Cite every open number between two; those already settled are not asked for."""
        digits = len(first) - len(first.rstrip("0123456789"))
        head, low, high = first[:-digits], int(first[-digits:]), int(last[-digits:])
        if not low < high <= low + _RANGE_MAX:
            return False
        for value in range(low + 1, high + 1):
            if items := self._numbers.get(f"{head}{value:0{digits}}"):
                reading.documents.append(replace(place, items=tuple(items)))
        return True

    def _nearly(self, written: str, compact: str, *, mode: _Mode) -> tuple[OpenItem, ...]:
        """The items whose number is read nearly whole."""
        if len(compact) < _NUMERIC_LENGTH_MIN:
            return ()
        if compact.isdigit():
            if mode == "reference" or _is_date(compact):
                return ()
            return self._bare.get(compact, ())
        alike = compact.translate(_LOOKALIKES)
        found = self._lookalikes.get(alike, ())
        if alike != compact:
            found += self._numbers.get(alike, ())
        if found:
            return found
        tokens = _TOKENS.findall(written)
        if (tokens[0].lstrip("0") or "0") in self._heads:
            found = self._canonical.get(_joined(tokens), ())
            if found:
                return found
        if " " not in written:
            glued = _GLUED.sub("", compact)
            if glued != compact and not glued.isdigit():
                return self._numbers.get(glued, ())
        return ()

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
        *,
        reading: _Reading,
        mode: _Mode,
    ) -> None:
        in_text = mode == "text"
        start, end = words[rank]
        word = folded[start:end]
        fragment = (start, end) if in_text else None
        if _is_part_of_amount(folded, start, end):
            return
        tail = self._tails.get(word.lstrip("0"), ()) if word.isdigit() else ()
        if len(tail) > _TAIL_ITEMS_MAX:
            tail = ()
        if tail and len(word) >= _CITED_DIGITS_MIN:
            reading.hints.append(Citation(tuple(tail), text[start:end], fragment))
        if _digit_count(word) and self._is_named(folded, words, rank):
            # What goes on without a blank is the same number: "2026/356".
            for next_start, next_end in words[rank + 1 : rank + _WORDS_MAX]:
                if next_start != end + 1 or folded[end] not in _TIGHT:
                    break
                end, tail = next_end, ()
            fragment = (start, end) if in_text else None
            reading.named.append(Citation(tuple(tail), text[start:end], fragment))
        elif (
            in_text
            and word.isdigit()
            and _beginning(word) in self._beginnings
            and not _is_among_digits(folded, start, end)
            and not reading.is_recent(word)
        ):
            reading.named.append(Citation((), text[start:end], fragment))
        elif word.isdigit() and _CITED_DIGITS_MIN <= len(word) < _NUMERIC_LENGTH_MIN and in_text:
            reading.tails.append(Citation(tuple(tail), text[start:end], fragment))


class _Reading:
    """Citations as they are found."""

    def __init__(self, on: date | None) -> None:
        self._on = on
        self.documents: list[Citation] = []
        self.orders: list[Citation] = []
        self.ambiguous: list[Citation] = []
        self.unresolved: list[Citation] = []
        self.settled: list[Citation] = []
        self.weak: list[Citation] = []
        self.near: list[Citation] = []
        self.hints: list[Citation] = []
        self.named: list[Citation] = []
        self.tails: list[Citation] = []
        self.codes: list[Citation] = []

    def is_recent(self, word: str) -> bool:
        """Whether digits are a date of the months around the payment."""
        if not _is_date(word):
            return False
        if self._on is None or len(word) == 8:
            return True
        for year, month, day in (
            (word[4:], word[2:4], word[:2]),
            (word[:2], word[2:4], word[4:]),
            (word[4:], word[:2], "15"),
        ):
            try:
                found = date(2000 + int(year), int(month), int(day))
            except ValueError:
                continue
            if abs((found - self._on).days) <= _RECENT_DAYS:
                return True
        return False

    def result(self) -> Citations:
        return Citations(
            documents=tuple(self.documents),
            orders=tuple(self.orders),
            ambiguous=tuple(self.ambiguous),
            unresolved=tuple(self.unresolved),
            settled=tuple(self.settled),
            weak=tuple(self.weak),
            near=tuple(self.near),
            hints=tuple(self.hints),
            named=tuple(self.named),
            tails=tuple(self.tails),
            codes=tuple(self.codes),
        )


def _record(readings: Sequence[tuple[int, Citation]], reading: _Reading, *, named: bool) -> int:
    """Keep the one number that can be read at a place, or all of them as ambiguous."""
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
    elif (
        _is_weak(key(citation.written))
        and not (printed and not citation.written.isdigit())
        and not named
    ):
        reading.weak.append(citation)
    else:
        reading.documents.append(citation)
    return count


def _printed(citation: Citation, *, folded_text: str) -> tuple[OpenItem, ...]:
    """The items whose number is written exactly as it is printed."""
    return tuple(item for item in citation.items if fold(item.document_number) == folded_text)


def _numbers(citation: Citation) -> set[str]:
    return {fold(item.document_number) for item in citation.items}


def _mask(compact: str) -> str:
    """Letters kept, each run of digits a single 9: ``FA20260042`` is ``FA9``."""
    return _DIGITS.sub("9", compact)


def _shape(written: str) -> str:
    """Each digit a 9, any separator a hyphen: ``2026/0042`` is ``9999-9999``."""
    return _JOINT.sub("-", re.sub(r"[0-9]", "9", written))


def _beginning(number: str) -> tuple[int, str]:
    """Length and first digits: what a series of numbers made of digits is recognised by.

    >>> _beginning("037240"), _beginning("25532"), _beginning("202647288")
    ((6, '0'), (5, ''), (9, '20'))
    """
    size = len(number)
    return size, number[: 0 if size < _NUMERIC_LENGTH_MIN else 1 if size == 6 else 2]


def _is_alone(folded: str, start: int, end: int) -> bool:
    """Whether a word is all that its line says."""
    first = folded.rfind("\n", 0, start) + 1
    last = folded.find("\n", end)
    return folded[first : last if last >= 0 else len(folded)].strip() == folded[start:end]


def _is_among_digits(folded: str, start: int, end: int) -> bool:
    """Whether other groups of digits stand on both sides, or a year: a telephone, a date."""
    if _YEAR.fullmatch(folded, start, end):
        return True
    before, after = folded[max(start - 2, 0) : start], folded[end : end + 2]
    return (before[:1].isdigit() and before[1:] in _SEPARATORS) or (
        after[1:].isdigit() and after[:1] in _SEPARATORS
    )


_SEPARATORS = frozenset(" /.-")


def _digit_count(compact: str) -> int:
    return sum(character.isdigit() for character in compact)


def _is_date(compact: str) -> bool:
    """DDMMYYYY, YYYYMMDD, DDMMYY, YYMMDD or MMYYYY of our time.

    >>> _is_date("24112026"), _is_date("261124"), _is_date("20260041")
    (True, True, False)
    """
    if len(compact) == 8:
        orders = (
            (compact[4:], compact[2:4], compact[:2]),
            (compact[:4], compact[4:6], compact[6:]),
        )
        return any(
            "2015" <= year <= "2045" and "01" <= month <= "12" and "01" <= day <= "31"
            for year, month, day in orders
        )
    if len(compact) == 6:
        first, month, last = compact[:2], compact[2:4], compact[4:]
        if "01" <= first <= "12" and "2015" <= compact[2:] <= "2045":
            return True
        return "01" <= month <= "12" and (
            ("01" <= first <= "31" and "15" <= last <= "45")
            or ("15" <= first <= "45" and "01" <= last <= "31")
        )
    return False


_Index = dict[str, tuple[OpenItem, ...]]


def _put(index: _Index, name: str, item: OpenItem) -> None:
    found = index.get(name)
    index[name] = (item,) if found is None else (*found, item)


def _joined(tokens: Sequence[str]) -> str:
    """Runs of letters and of digits, zeros at the front of each left out.

    Numbers of two series that differ by their separators only stay apart by the digits.

    >>> _joined(["FA", "2026", "0041"])
    'FA|2026|41'
    """
    return "|".join(token.lstrip("0") or "0" for token in tokens)


def _is_weak(compact: str) -> bool:
    """A few digits, or digits that can be a date: met by chance in many texts."""
    return compact.isdigit() and (len(compact) < _SURE_DIGITS_MIN or _is_date(compact))


def _is_part_of_amount(folded: str, start: int, end: int) -> bool:
    """Digits with decimals or a currency after them: an amount, not a number."""
    after = folded[end : end + 6]
    return bool(_DECIMALS.match(after)) or (
        folded[max(start - 1, 0) : start] in {",", "."} and folded[start:end].isdigit()
    )


_DECIMALS = re.compile(r"(?:[,.][0-9]{2})(?![0-9])|\s?(?:EUR|€)")
