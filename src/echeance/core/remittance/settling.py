"""Settle an advice on the items of its payer: exact numbers, exact cents, the rest is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from echeance.core.matching.references import key
from echeance.core.money import ZERO, format_amount
from echeance.core.remittance.model import (
    RemittanceItem,
    RemittanceLine,
    RemittanceReading,
    SettledLine,
    Settlement,
)

_TAIL_DIGITS_MIN = 3


def settle(
    reading: RemittanceReading,
    items: Iterable[RemittanceItem],
    *,
    received: Decimal | None = None,
) -> Settlement:
    """What an advice pays of the items of a payer. Nothing is given on a guess.

    A number is recognised whole (letters and digits, whatever stands between them), or by its
    end (three digits or more) when one document alone ends so *and* its open amount is the one
    of the line. Items of one document are settled by due date.

    Args:
        reading: The advice.
        items: Items of the payer, or of whoever the advice may pay; settled ones included, so
            that a document already settled is told from an unknown one.
        received: The payment it explains, when known: its difference with the advice is told.

    Returns:
        One settled line a line of the advice; allocations never exceed what is open.
    """
    by_key: dict[str, list[RemittanceItem]] = defaultdict(list)
    for item in sorted(items, key=lambda item: (item.due_date, item.item_id)):
        by_key[key(item.document_number)].append(item)
    left = {item.item_id: item.open_amount for found in by_key.values() for item in found}
    seen: set[str] = set()
    lines = [_line(line, by_key, left, seen) for line in reading.lines]
    return Settlement(tuple(lines), _warnings(reading, lines, received), received)


def _warnings(
    reading: RemittanceReading, lines: Sequence[SettledLine], received: Decimal | None
) -> tuple[str, ...]:
    warnings = [
        f"Ligne {one.row} non lue ({one.reason}) : « {one.raw} »." for one in reading.unread
    ]
    has_every_amount = all(line.amount is not None for line in reading.lines)
    given = sum((line.given for line in lines), ZERO)
    said = reading.sum if has_every_amount else given
    if reading.total is not None and reading.total != said:
        warnings.append(
            f"Les lignes de l'avis font {format_amount(said)}, son total annonce "
            f"{format_amount(reading.total)}."
        )
    if received is not None and received != said:
        over = said > received
        warnings.append(
            f"L'avis annonce {format_amount(said)}, la banque a reçu {format_amount(received)} : "
            f"{format_amount(abs(received - said))} {'manquent' if over else 'en trop'}."
        )
    return tuple(warnings)


def _line(
    line: RemittanceLine,
    by_key: dict[str, list[RemittanceItem]],
    left: dict[int, Decimal],
    seen: set[str],
) -> SettledLine:
    if not line.document:
        amount = f" de {format_amount(line.amount)}" if line.amount is not None else ""
        return SettledLine(
            line, "unknown", sentence=f"Ligne {line.row} : montant{amount} sans numéro de pièce."
        )
    number, found = _found(line, by_key, left)
    name = line.document
    if not found:
        return SettledLine(line, "unknown", sentence=f"{name} : aucune pièce de ce numéro.")
    if len({item.party_id for item in found}) > 1:
        sentence = f"{name} : ce numéro est celui de pièces de plusieurs clients."
        return SettledLine(line, "ambiguous", sentence=sentence)
    if number in seen:
        return SettledLine(line, "repeated", sentence=f"{name} : déjà cité plus haut dans l'avis.")
    seen.add(number)
    return _settled(line, found, left)


def _found(
    line: RemittanceLine, by_key: dict[str, list[RemittanceItem]], left: dict[int, Decimal]
) -> tuple[str, list[RemittanceItem]]:
    number = key(line.document)
    if number in by_key:
        return number, by_key[number]
    digits = sum(character.isdigit() for character in number)
    if digits < _TAIL_DIGITS_MIN or line.amount is None:
        return number, []
    near = [
        (whole, found)
        for whole, found in by_key.items()
        if whole and (whole.endswith(number) or (number.endswith(whole) and len(whole) >= 4))
    ]
    if len(near) == 1 and sum((left[item.item_id] for item in near[0][1]), ZERO) == line.amount:
        return near[0]
    return number, []


def _settled(
    line: RemittanceLine, found: Sequence[RemittanceItem], left: dict[int, Decimal]
) -> SettledLine:
    name = found[0].document_number
    was_open = sum((left[item.item_id] for item in found), ZERO)
    if not any(left[item.item_id] for item in found):
        return SettledLine(
            line, "settled", open_amount=ZERO, sentence=f"{name} : déjà soldée, rien n'y reste dû."
        )
    amount = was_open if line.amount is None else line.amount
    if not amount or (amount < 0) != (was_open < 0):
        is_credit = was_open < 0
        sentence = (
            f"{name} : c'est un avoir, l'avis le paie au lieu de le déduire."
            if is_credit
            else f"{name} : l'avis annonce {format_amount(amount)} pour une facture."
        )
        return SettledLine(line, "wrong_sign", open_amount=was_open, sentence=sentence)
    allocations = []
    rest = amount
    for item in found:
        here = left[item.item_id]
        if not rest or not here or (here < 0) != (rest < 0):
            continue
        part = max(here, rest) if rest < 0 else min(here, rest)
        allocations.append((item.item_id, part))
        left[item.item_id] = here - part
        rest -= part
    if rest:
        sentence = (
            f"{name} : {format_amount(abs(amount))} annoncés, il n'y reste que "
            f"{format_amount(abs(was_open))}."
        )
        return SettledLine(line, "excess", tuple(allocations), was_open, sentence)
    if amount != was_open:
        sentence = f"{name} : {format_amount(amount)} annoncés sur {format_amount(was_open)}"
        if line.deduction:
            sentence += f", {format_amount(line.deduction)} déduits par le client"
        return SettledLine(
            line,
            "part",
            tuple(allocations),
            was_open,
            f"{sentence} : {format_amount(was_open - amount)} resteront dus.",
        )
    return SettledLine(line, "exact", tuple(allocations), was_open)
