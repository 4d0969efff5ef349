"""Who pays: what the bank says of a payer, against what is known of the debtors."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from echeance.core.matching.model import OpenItem, PayerLink, Payment
from echeance.core.matching.references import fold, key

Clue = Literal["iban", "name", "link", "code", "mandate", "namesakes", "conflict", "none"]

_WORD = re.compile(r"[0-9A-Z]+")
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")
# Legal forms and courtesies: they tell nobody apart.
_FORMS = frozenset(
    {
        *("SARL", "SAS", "SASU", "EURL", "SA", "SNC", "SCI", "SCOP", "SELARL", "SELAS", "SCP"),
        *("SCM", "SCEA", "EARL", "GAEC", "GIE", "EI", "EIRL", "LTD", "LIMITED", "GMBH", "AG"),
        *("BV", "NV", "SPRL", "SRL", "SPA", "INC", "LLC", "PLC", "STE", "SOCIETE", "ETS"),
        *("ETABLISSEMENTS", "M", "MR", "MME", "MLLE", "MONSIEUR", "MADAME"),
    }
)
# Banks cut names at 35 characters at least in SEPA, at less in older formats.
_CUT_LENGTH_MIN = 24


@dataclass(frozen=True, slots=True)
class Payer:
    """Who a payment can be from.

    Attributes:
        debtors: Whose documents the payer pays; empty when unknown or when clues disagree.
        clue: What told it. ``namesakes``: a name that several debtors bear, in ``debtors``.
        shown: The payer as it is named in a sentence.
    """

    debtors: frozenset[int]
    clue: Clue
    shown: str = ""

    @property
    def known(self) -> bool:
        """Whether it is sure whose documents are paid."""
        return bool(self.debtors) and self.clue not in {"namesakes", "conflict", "none"}

    @property
    def debtor_id(self) -> int | None:
        """The one debtor, when it is sure."""
        return next(iter(self.debtors)) if self.known and len(self.debtors) == 1 else None


class PayerIndex:
    """Debtors by name, by IBAN and by what was learnt.

    Args:
        items: Every item, settled ones too: a name borne by two customers proves nobody.
        known_payers: Debtor by IBAN.
        links: What confirmed answers taught.
    """

    def __init__(
        self,
        items: Iterable[OpenItem],
        known_payers: Mapping[str, int],
        links: Sequence[PayerLink],
    ) -> None:
        self._known = known_payers
        self._exact: defaultdict[str, set[int]] = defaultdict(set)
        self._plain: defaultdict[str, set[int]] = defaultdict(set)
        self._group: dict[int, int] = {}
        self.names: dict[int, str] = {}
        cut: defaultdict[str, set[int]] = defaultdict(set)
        seen: set[tuple[int, tuple[str, ...]]] = set()
        for item in items:
            if item.group_id is not None:
                self._group[item.debtor_id] = item.group_id
            if (item.debtor_id, item.debtor_names) in seen:
                continue
            seen.add((item.debtor_id, item.debtor_names))
            if item.debtor_names:
                self.names.setdefault(item.debtor_id, item.debtor_names[0])
            for name in item.debtor_names:
                if exact := key(name):
                    self._exact[exact].add(item.debtor_id)
                    words = _words(name)
                    self._plain["".join(sorted(words))].add(item.debtor_id)
                    cut["".join(words)].add(item.debtor_id)
        self._members: defaultdict[int, set[int]] = defaultdict(set)
        for debtor_id, group_id in self._group.items():
            self._members[group_id].add(debtor_id)
        self._cut = cut
        self._cut_sorted = sorted(cut)
        self._by_iban: defaultdict[str, set[int]] = defaultdict(set)
        self._by_name: defaultdict[str, set[int]] = defaultdict(set)
        self._by_text: list[tuple[str, frozenset[int]]] = []
        for link in links:
            if link.kind == "iban":
                self._by_iban[key(link.value)] |= link.debtor_ids
            elif link.kind == "name":
                self._by_name[key(link.value)] |= link.debtor_ids
            elif phrase := " ".join(_WORD.findall(fold(link.value))):
                self._by_text.append((f" {phrase} ", link.debtor_ids))

    def name(self, debtor_id: int) -> str:
        """How a debtor is named in a sentence."""
        return self.names.get(debtor_id, f"n° {debtor_id}")

    def identify(
        self, payment: Payment, *, coded: frozenset[int] = frozenset(), given: frozenset[int]
    ) -> Payer:
        """Put the clues together: IBAN and links, then name, then codes and mandates.

        Args:
            payment: What the bank says.
            coded: Debtors whose customer code is in the text.
            given: Debtors whose mandate or reference the bank gives back.
        """
        iban = "".join(payment.payer_iban.split()).upper()
        by_iban: set[int] = set(self._by_iban.get(iban, ()))
        if (known := self._known.get(iban)) is not None:
            by_iban.add(known)
        by_link: set[int] = set(self._by_name.get(key(payment.payer_name), ()))
        if self._by_text:
            text = f" {' '.join(_WORD.findall(fold(payment.text)))} "
            for phrase, debtors in self._by_text:
                if phrase in text:
                    by_link |= debtors
        named = self._named(payment.payer_name)
        shown = payment.payer_name or payment.payer_iban or "payeur non nommé"
        if by_iban:
            if named and not named & by_iban and not self.related(named, by_iban):
                return Payer(frozenset(), "conflict", shown)
            return self._with(Payer(frozenset(by_iban | by_link), "iban", shown), given)
        if by_link:
            return self._with(Payer(frozenset(by_link), "link", shown), given)
        if len(named) == 1:
            return self._with(Payer(frozenset(named), "name", shown), given)
        if given:
            return Payer(given, "mandate", shown) if not named or named & given else _no(shown)
        if len(coded) == 1 and (not named or coded <= named):
            return Payer(coded, "code", shown)
        if named:
            return Payer(frozenset(named), "namesakes", shown)
        return Payer(frozenset(), "none", shown)

    def _with(self, payer: Payer, given: frozenset[int]) -> Payer:
        """A mandate of another debtor contradicts the rest; that of one of several tells which."""
        if not given or given & payer.debtors:
            return payer
        return payer if self.related(given, payer.debtors) else _no(payer.shown)

    def related(self, some: Iterable[int], others: Iterable[int]) -> bool:
        """Whether every debtor of ``some`` is, or is of the group of, one of ``others``."""
        others = set(others)
        groups = {self._group[one] for one in others if one in self._group}
        return all(one in others or self._group.get(one, -1) in groups for one in some)

    def members(self, debtors: Iterable[int]) -> frozenset[int]:
        """The debtors and the others of their groups."""
        found: set[int] = set()
        for one in debtors:
            found.add(one)
            if one in self._group:
                found |= self._members[self._group[one]]
        return frozenset(found)

    def _named(self, name: str) -> set[int]:
        """Debtors that bear a name, legal form and order of the words aside, or cut by a bank."""
        words = _words(name)
        if not words:
            return set()
        plain = self._plain.get("".join(sorted(words)), set())
        if len(plain) > 1 and _has_form(name):
            # Of namesakes, the one whose legal form is written.
            same = self._exact.get(key(name), set())
            return same if len(same) == 1 else plain
        if plain:
            return plain
        if exact := self._exact.get(key(name)):
            return exact
        if len(name.strip()) >= _CUT_LENGTH_MIN:
            start = "".join(words)
            rank = bisect_left(self._cut_sorted, start)
            found: set[int] = set()
            while rank < len(self._cut_sorted) and self._cut_sorted[rank].startswith(start):
                found |= self._cut[self._cut_sorted[rank]]
                rank += 1
                if len(found) > 1:
                    break
            return found
        return set()


def _no(shown: str) -> Payer:
    return Payer(frozenset(), "conflict", shown)


def _has_form(name: str) -> bool:
    return bool(_FORMS.intersection(_WORD.findall(fold(name))))


def _words(name: str) -> list[str]:
    """The words that tell a name apart: no legal form, no accent, "&" read as "et".

    >>> _words("S.A.R.L. Durand & Fils"), _words("SAS")
    (['DURAND', 'ET', 'FILS'], ['SAS'])
    """
    folded = fold(name).replace("&", " ET ")
    folded = _INITIALS.sub(lambda found: found[0].replace(".", "") + " ", folded)
    words = _WORD.findall(folded)
    return [word for word in words if word not in _FORMS] or words
