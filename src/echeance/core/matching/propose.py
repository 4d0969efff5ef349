"""Explain payments by open items: apply what is proved, ask for the rest, never guess.

A payment is applied only when

* the document numbers it cites each name one open document, of its payer or of somebody that
  nothing contradicts, and what is open on them is exactly the amount (credit notes cited count
  as negative); or
* they are, but for a difference that one line of the policy, and one only, explains; or
* it cites one document of its payer, falls short of it, and nothing but a part payment explains
  that; or
* its payer is identified, one of his open items has exactly that amount, no other set of his
  open items has it, credits included, and the text cites nothing else; or
* its payer is identified and it settles exactly all that he owes, or all that was due at one of
  his due dates, and no other set of his open items has that sum;

and when no other payment of the batch has as good a claim on the same items. What is known of a
group or of a payer that was learnt widens whose items are looked at, and what must be unique.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from math import comb
from typing import Literal

from echeance.core.matching.differences import (
    LABELS,
    difference,
    gross_told,
    lines_for,
    may_be_part,
)
from echeance.core.matching.model import (
    Allocation,
    Difference,
    DifferenceRule,
    Explanation,
    MatchingRules,
    OpenItem,
    PayerLink,
    Payment,
    Proposal,
    Reason,
)
from echeance.core.matching.payers import Payer, PayerIndex
from echeance.core.matching.references import (
    Citation,
    Citations,
    ReferenceIndex,
    deduction_word,
    fold,
    key,
    on_account_word,
    recalls,
    swapped,
)
from echeance.core.matching.solver import is_only_sum
from echeance.core.matching.sums import count_sums, find_sums
from echeance.core.money import ZERO, format_amount, round_amount

_Parts = tuple[Allocation, ...]
_Proof = Literal["reference", "amount", "none"]


def propose(
    payments: Sequence[Payment],
    items: Sequence[OpenItem],
    *,
    known_payers: Mapping[str, int],
    links: Sequence[PayerLink] = (),
    rules: MatchingRules | None = None,
) -> list[Proposal]:
    """Give one proposal per payment, in their order; the order of the facts changes no decision.

    Args:
        payments: The movements of one batch; those of a batch compete for the items.
        items: Every open item, credits included: a missing one would make a proof false. Items
            with nothing left open may be given too: their numbers and the names of their
            debtors are then known, and nothing is set against them.
        known_payers: Debtor by IBAN (compact, upper case), confirmed by a person.
        links: What confirmed answers taught of payers.
        rules: The bounds of the proof.
    """
    matcher = _Matcher(items, known_payers, links, rules or MatchingRules())
    findings = [matcher.examine(payment) for payment in payments]
    return _settle_competition(payments, findings, matcher.open_amounts(findings))


@dataclass(frozen=True, slots=True)
class _Finding:
    """A proposal before competition, and the items it has a claim on.

    Attributes:
        cited: Items whose numbers it cites.
        short: The one item that it cites and does not pay whole, when nothing else is in doubt.
    """

    proposal: Proposal
    proof: _Proof
    cited: frozenset[int]
    short: int | None = None


class _Matcher:
    """The open items, indexed; every decision on one payment."""

    def __init__(
        self,
        items: Iterable[OpenItem],
        known_payers: Mapping[str, int],
        links: Sequence[PayerLink],
        rules: MatchingRules,
    ) -> None:
        self._rules = rules
        # A settled item explains nothing; a fixed order makes the answer deterministic.
        everything = sorted(items, key=lambda item: (item.due_date, item.item_id))
        open_items = [item for item in everything if item.open_amount != ZERO]
        settled = [item for item in everything if item.open_amount == ZERO]
        self._references = ReferenceIndex(
            open_items, settled, length_min=rules.reference_length_min
        )
        self._payers = PayerIndex(everything, known_payers, links)
        self._open = {item.item_id: item.open_amount for item in open_items}
        self._by_debtor: defaultdict[tuple[int, str], list[OpenItem]] = defaultdict(list)
        self._by_amount: defaultdict[tuple[Decimal, str], list[OpenItem]] = defaultdict(list)
        for item in open_items:
            self._by_debtor[item.debtor_id, item.currency].append(item)
            self._by_amount[item.open_amount, item.currency].append(item)
        self._solved = False
        self._told_rules = tuple(
            rule for rule in rules.differences if rule.evidence == "told" and rule.alone
        )

    def open_amounts(self, findings: Iterable[_Finding]) -> Mapping[int, Decimal]:
        """What is open on each item that a payment claims."""
        claimed = {
            item_id
            for finding in findings
            for item_id in (
                *finding.cited,
                *(one.item_id for one in finding.proposal.allocations),
            )
        }
        return {item_id: self._open[item_id] for item_id in claimed}

    def examine(self, payment: Payment) -> _Finding:
        """Decide on one payment as if it were alone."""
        if payment.direction != "CRDT" or payment.amount <= ZERO:
            return self._not_a_receipt(payment)
        found = self._by_parts(payment) if len(payment.parts) > 1 else self._examine_whole(payment)
        comes_back = _COMES_BACK.search(fold(payment.text))
        if found.proposal.decision != "apply" or not (payment.reversal or comes_back):
            return found
        reason = Reason(
            "comes_back",
            "Ce crédit semble un paiement revenu, annulé ou interne, et non un règlement de "
            "client : qu'est-ce ?",
            comes_back.span() if comes_back else None,
        )
        return _Finding(_doubted(found.proposal, reason), "none", frozenset())

    def _examine_whole(self, payment: Payment) -> _Finding:
        self._solved = False
        cited = self._references.cited(payment.text, payment.references, on=payment.booking_date)
        given = self._references.given((*payment.references, *payment.mandate_ids))
        payer = self._payers.identify(
            payment,
            coded=frozenset(item.debtor_id for one in cited.codes for item in one.items),
            given=frozenset(item.debtor_id for item in given),
        )
        cited = self._narrowed(cited, payer, payment)
        if cited.ambiguous:
            return self._ask_ambiguous(payment, payer, cited)
        if cited.documents or cited.orders:
            return self._by_reference(payment, payer, cited)
        if cited.near and (found := self._by_near(payment, payer, cited)):
            return found
        if payer.known:
            return self._by_payer(payment, payer, cited)
        return self._by_amount_alone(payment, payer, cited)

    def _narrowed(self, cited: Citations, payer: Payer, payment: Payment) -> Citations:
        """Read a number that several debtors' documents bear as that of the payer's.

        Numbers of a few digits are documents when they are the payer's own, hints otherwise.
        """

        def his(citation: Citation) -> Citation:
            if len({item.debtor_id for item in citation.items}) == 1:
                return citation
            kept = tuple(
                item
                for item in citation.items
                if self._payers.related({item.debtor_id}, payer.debtors)
            )
            return replace(citation, items=kept) if kept else citation

        documents, tails = [], list(cited.tails)
        first: set[int] = set(payer.debtors) if payer.known else set()
        for found in map(his, cited.documents):
            debtors = {item.debtor_id for item in found.items}
            if found.abridged and not self._payers.related(debtors, first):
                # The last digits are those of another series of numbers.
                tails.append(replace(found, items=()))
                continue
            first |= debtors
            documents.append(found)
        answered = self._references.given(payment.references)
        if len({item.document_number for item in answered}) == 1 and not any(
            set(answered) & set(found.items) for found in documents
        ):
            documents.append(Citation(answered, payment.references[0], None))
        hints = list(cited.hints)
        for found in map(his, cited.weak):
            debtors = {item.debtor_id for item in found.items}
            if self._payers.related(debtors, payer.debtors if payer.known else first):
                documents.append(found)
            else:
                hints.append(found)
        ambiguous = []
        for found in map(his, cited.ambiguous):
            if payer.known and len({item.document_number for item in found.items}) == 1:
                documents.append(found)
            else:
                ambiguous.append(found)
        return replace(
            cited,
            documents=tuple(documents),
            near=tuple(map(his, cited.near)),
            tails=tuple(tails),
            hints=tuple(hints),
            ambiguous=tuple(ambiguous),
        )

    def _pool(self, debtors: Iterable[int], currency: str) -> list[OpenItem]:
        """The open items of debtors and of their groups, in the fixed order."""
        members = self._payers.members(debtors)
        found = [item for one in members for item in self._by_debtor.get((one, currency), ())]
        if len(members) > 1:
            found.sort(key=lambda item: (item.due_date, item.item_id))
        return found

    # --- money that goes out, batches ----------------------------------------------------

    def _not_a_receipt(self, payment: Payment) -> _Finding:
        sentence = "Ce mouvement n'est pas un encaissement : il ne règle aucune créance."
        plain = [Reason("not_a_receipt", sentence)]
        if payment.direction == "CRDT" or payment.amount <= ZERO:
            return _unknown(payment, None, plain, sentence)
        cited = self._references.cited(payment.text, payment.references, on=payment.booking_date)
        given = self._references.given((*payment.references, *payment.mandate_ids))
        items = _distinct(
            [*given, *(item for one in (*cited.documents, *cited.near) for item in one.items)]
        )
        places = (*cited.documents, *cited.near, *cited.settled, *cited.unresolved)
        payer = self._payers.identify(payment, given=frozenset(item.debtor_id for item in given))
        if _RETURN_WORD.search(fold(payment.text)) and (items or places):
            named = items[0].document_number if items else places[0].written
            reason = Reason(
                "returned",
                f"Ce débit semble le retour d'un paiement de {named} : faut-il rouvrir ce "
                "document, et le représenter ?",
                places[0].fragment if places else None,
            )
            return self._ask(payment, payer.debtor_id, [*plain, reason], [], cited=())
        negative = [item for item in items if item.open_amount < ZERO]
        pool = negative or (
            [one for one in self._pool(payer.debtors, payment.currency) if one.open_amount < ZERO]
            if payer.known
            else []
        )
        amounts = [_cents(-item.open_amount) for item in pool]
        ways = find_sums(amounts, _cents(payment.amount), found_max=self._rules.alternatives_max)
        if not ways:
            return _unknown(payment, payer.debtor_id, plain, sentence)
        refund = Reason(
            "refund",
            f"Ce débit a le montant {_of(pool[ways[0][0]])} : est-ce son remboursement ?",
        )
        proposal = Proposal(
            entry_id=payment.entry_id,
            decision="ask",
            allocations=(),
            reasons=(*plain, refund),
            alternatives=tuple(
                Explanation(tuple(_whole(pool[position]) for position in way)) for way in ways
            ),
            debtor_id=payer.debtor_id,
            question=refund.sentence,
            missing_fact=_MISSING["refund"],
        )
        return _Finding(proposal, "none", frozenset())

    def _by_parts(self, payment: Payment) -> _Finding:
        """A batch is applied when each of its transactions is proved, or asked about whole."""
        whole = replace(payment, parts=())
        if sum((part.amount for part in payment.parts), ZERO) != payment.amount:
            return self._examine_whole(whole)
        found = [self._examine_whole(part) for part in payment.parts]
        proved = [one.proposal for one in found if one.proposal.decision == "apply"]
        allocations = tuple(one for proposal in proved for one in proposal.allocations)
        differences = tuple(one for proposal in proved for one in proposal.differences)
        claimed = [
            item_id
            for one in found
            for item_id in one.cited | {part.item_id for part in one.proposal.allocations}
        ]
        distinct = len(set(claimed)) == len(claimed)
        cited = frozenset(claimed)
        if len(proved) == len(found) and distinct:
            debtors = {proposal.debtor_id for proposal in proved}
            proposal = Proposal(
                entry_id=payment.entry_id,
                decision="apply",
                allocations=allocations,
                reasons=tuple(
                    replace(reason, fragment=None)
                    for proposal in proved
                    for reason in proposal.reasons
                ),
                alternatives=(),
                debtor_id=debtors.pop() if len(debtors) == 1 else None,
                question="",
                differences=differences,
                method="parts",
            )
            by_amount = any(one.proof == "amount" for one in found)
            return _Finding(proposal, "amount" if by_amount else "reference", cited)
        alone = self._examine_whole(whole)
        if alone.proposal.decision == "apply" and alone.proof == "reference":
            return alone
        reason = Reason(
            "parts",
            f"{len(proved)} des {len(found)} paiements de cette remise sont prouvés : "
            "que règlent les autres ?",
        )
        proposal = Proposal(
            entry_id=payment.entry_id,
            decision="ask",
            allocations=(),
            reasons=(
                *(
                    replace(one.proposal.reasons[-1], fragment=None)
                    for one in found
                    if one.proposal.reasons
                ),
                reason,
            ),
            alternatives=(Explanation(allocations, differences),) if proved and distinct else (),
            debtor_id=None,
            question=reason.sentence,
            missing_fact=_MISSING["parts"],
        )
        return _Finding(proposal, "none", cited | alone.cited)

    # --- by reference -------------------------------------------------------------------

    def _by_reference(self, payment: Payment, payer: Payer, cited: Citations) -> _Finding:
        """A document or an order is cited whole: it decides, or a person does."""
        citations = cited.documents or cited.orders
        items = _distinct(item for citation in citations for item in citation.items)
        reasons = [_reference_reason(citation) for citation in citations]
        doubt = self._doubt_on_reference(payment, payer, cited, items)
        if doubt is not None:
            return self._ask(payment, payer.debtor_id, [*reasons, doubt], items, cited=items)
        debtors = {item.debtor_id for item in items}
        debtor_id = next(iter(debtors)) if len(debtors) == 1 else None
        explanation = _unique_cover(_distinct_groups(citations), payment.amount)
        if explanation is None:
            also = self._also_recalled(payment, cited, items)
            if also:
                groups = _distinct_groups([*citations, *also])
                explanation = _unique_cover(groups, payment.amount)
                if explanation is not None:
                    reasons.extend(map(_near_reason, also))
                    items = _distinct([*items, *(item for one in also for item in one.items)])
        if explanation is None:
            return self._with_a_gap(payment, payer, items, reasons, cited)
        doubt = _predates(payment, items) or self._other_reference(cited, items)
        if doubt is not None:
            return self._ask(payment, debtor_id, [*reasons, doubt], items, cited=items)
        reasons.append(_exact_amount(payment, explanation))
        reasons.extend(self._payer_reasons(payer))
        return _apply(payment, debtor_id, explanation, reasons, proof="reference")

    def _also_recalled(
        self, payment: Payment, cited: Citations, items: Sequence[OpenItem]
    ) -> list[Citation]:
        """Numbers read nearly whole, or by their last digits, of the debtors already cited."""
        debtors = {item.debtor_id for item in items}
        known = {item.item_id for item in items}
        pool = [item for item in self._pool(debtors, payment.currency) if item.item_id not in known]
        ids = {item.item_id for item in pool}
        found = []
        for citation in (*cited.near, *cited.named, *cited.tails):
            his = [item for item in citation.items if item.item_id in ids]
            written = key(citation.written)
            if citation not in cited.near and written.isdigit():
                named = citation in cited.named
                his = [item for item in pool if recalls(written, item.document_number, named=named)]
            if his and len({item.document_number for item in his}) == 1:
                found.append(replace(citation, items=tuple(his)))
        return found

    def _doubt_on_reference(
        self, payment: Payment, payer: Payer, cited: Citations, items: Sequence[OpenItem]
    ) -> Reason | None:
        """Say why exact references do not settle the matter, if they do not."""
        debtors = {item.debtor_id for item in items}
        if cited.settled:
            first = cited.settled[0]
            return Reason(
                "settled_reference",
                f"« {first.written} » est le numéro d'un document déjà réglé : double paiement, "
                "ou numéro recopié d'un ancien virement ?",
                first.fragment,
            )
        if cited.unresolved:
            first = cited.unresolved[0]
            return Reason(
                "unresolved_reference",
                f"« {first.written} » ressemble à un de vos numéros mais ne désigne aucun document "
                "ouvert : déjà réglé, mal recopié ou inconnu ?",
                first.fragment,
            )
        if (
            len(debtors) > 1
            and not self._may_pay_all(payer, debtors)
            and not self._each_is_cited(payment, payer, cited, items)
        ):
            names = ", ".join(sorted(map(self._payers.name, debtors)))
            return Reason(
                "several_debtors",
                f"Les documents cités appartiennent à plusieurs clients ({names}) : "
                "comment répartir ce paiement ?",
            )
        if payer.clue == "conflict" or (
            payer.debtors and len(debtors) == 1 and not self._payers.related(debtors, payer.debtors)
        ):
            name = self._payers.name(min(debtors))
            return Reason(
                "payer_is_not_debtor",
                f"Le payeur ({payer.shown}) n'est pas {name}, "
                "à qui appartient le document cité : paie-t-il pour ce client ?",
            )
        if not cited.documents and len(items) > 1:
            total = sum((item.open_amount for item in items), ZERO)
            if total != payment.amount:
                return Reason(
                    "several_documents",
                    f"La commande citée a {len(items)} montants ouverts : lesquels sont réglés ?",
                )
        if any(item.currency != payment.currency for item in items):
            return Reason(
                "currency",
                f"Le document cité n'est pas en {payment.currency}, devise du paiement : "
                "à quel montant l'affecter ?",
            )
        return None

    def _may_pay_all(self, payer: Payer, debtors: set[int]) -> bool:
        """Whether a payer pays for every one of these debtors: a group, or a link learnt."""
        if payer.clue == "conflict":
            return False
        if payer.known:
            return self._payers.related(debtors, payer.debtors)
        return self._payers.related(debtors, [min(debtors)])

    def _each_is_cited(
        self, payment: Payment, payer: Payer, cited: Citations, items: Sequence[OpenItem]
    ) -> bool:
        """Whether documents of several debtors are each cited whole, for exactly their total.

        The payer is one of the debtors, or nobody that is known.
        """
        debtors = {item.debtor_id for item in items}
        return (
            payer.clue != "conflict"
            and (not payer.debtors or bool(payer.debtors & debtors))
            and all(len(found.items) == 1 and not found.abridged for found in cited.documents)
            and len({item.document_number for item in items}) == len(items)
            and all(item.open_amount > ZERO for item in items)
            and sum((item.open_amount for item in items), ZERO) == payment.amount
            and not (cited.near or cited.named or cited.orders or cited.ambiguous)
            and deduction_word(payment.text) is None
        )

    def _other_reference(self, cited: Citations, items: Sequence[OpenItem]) -> Reason | None:
        """Another document of the same debtor that the text recalls."""
        debtors = {item.debtor_id for item in items}
        for citation in (*cited.named, *cited.near, *cited.hints):
            others = [item for item in citation.items if item.debtor_id in debtors]
            if others and not any(item in items for item in citation.items):
                return Reason(
                    "other_reference",
                    f"Le libellé rappelle aussi {_named(others[0])} (« {citation.written} ») : "
                    "est-il réglé par ce paiement ?",
                    citation.fragment,
                )
        return None

    def _with_a_gap(
        self,
        payment: Payment,
        payer: Payer,
        items: Sequence[OpenItem],
        reasons: list[Reason],
        cited: Citations,
    ) -> _Finding:
        """The cited documents are not worth the amount: one line explains it, or a person."""
        debtors = {item.debtor_id for item in items}
        debtor_id = next(iter(debtors)) if len(debtors) == 1 else None
        gap = payment.amount - sum((item.open_amount for item in items), ZERO)
        told = self._difference(payment, items)
        doubt = _predates(payment, items) or self._other_reference(cited, items)
        if gap == ZERO or told.code == "several_readings" or doubt is not None:
            last = doubt or told
            return self._ask(payment, debtor_id, [*reasons, last], items, cited=items)
        known = {item.item_id for item in items}
        pool = [
            item
            for item in self._pool(debtors | payer.debtors, payment.currency)
            if item.item_id not in known
        ]
        lines = lines_for(self._rules.differences, payment, items, gap)
        whole = tuple(map(_whole, items))
        offered = [Explanation(whole, (difference(line, items, gap),)) for line in lines]
        certain = {"told", "terms"}
        if len(lines) == 1 and lines[0].alone:
            plain = lines[0].evidence in certain
            if plain or not self._another_way(payment, pool, gap):
                reasons.append(_gap_reason(payment, lines[0], gap))
                reasons.extend(self._payer_reasons(payer))
                return _apply(
                    payment,
                    debtor_id,
                    whole,
                    reasons,
                    proof="reference",
                    differences=offered[0].differences,
                )
        if len(lines) > 1:
            named = ", ".join(LABELS[line.kind] for line in lines)
            told = Reason(
                "several_lines",
                f"L'écart de {format_amount(abs(gap), payment.currency)} s'explique par plusieurs "
                f"lignes de la règle ({named}) : laquelle est la bonne ?",
            )
        sums = self._sums(pool, gap)
        if (
            not lines
            and len(sums) == 1
            and gap < ZERO
            and self._credits_meant(payment, payer, debtors, gap)
        ):
            extra = [pool[position] for position in sums[0]]
            if all(item.open_amount < ZERO for item in extra) and self._is_only(pool, gap, sums[0]):
                numbers = ", ".join(item.document_number for item in extra)
                reasons.append(
                    Reason(
                        "credit_deducted",
                        f"L'écart de {format_amount(abs(gap), payment.currency)} est exactement "
                        f"{numbers}, et rien d'autre ne l'explique.",
                        deduction_word(payment.text),
                    )
                )
                reasons.extend(self._payer_reasons(payer))
                allocations = (*whole, *map(_whole, extra))
                if _predates(payment, extra) is None:
                    return _apply(payment, debtor_id, allocations, reasons, proof="reference")
        if (
            not lines
            and gap > ZERO
            and gap % _ROUND
            and gap not in {payment.amount - gap, *(item.open_amount for item in items)}
            and len(sums) == 1
            and self._also_paid(payment, payer, cited)
        ):
            more = pool[sums[0][0]]
            if (
                len(sums[0]) == 1
                and self._is_only(pool, gap, sums[0])
                and _predates(payment, [more]) is None
            ):
                reasons.append(
                    Reason(
                        "completed",
                        f"Les {format_amount(gap, payment.currency)} de plus sont exactement "
                        f"{_named(more)}, et aucune autre somme de ses documents.",
                    )
                )
                reasons.extend(self._payer_reasons(payer))
                debtor_id = debtor_id if debtor_id == more.debtor_id else None
                return _apply(
                    payment, debtor_id, (*whole, _whole(more)), reasons, proof="reference"
                )
        offered.extend(
            Explanation((*whole, *(_whole(pool[position]) for position in way))) for way in sums
        )
        clean = len(items) == 1 and gap < ZERO and items[0].open_amount > ZERO
        if clean and not lines and self._only_a_part(payment, payer, items[0], pool, cited):
            reasons.append(
                Reason(
                    "part_payment",
                    f"Le paiement ({format_amount(payment.amount, payment.currency)}) n'en règle "
                    "qu'une partie : aucun avoir ni autre document de ce client ne l'explique ; "
                    "le reste demeure ouvert.",
                )
            )
            reasons.extend(self._payer_reasons(payer))
            part = (Allocation(items[0].item_id, payment.amount),)
            return _apply(
                payment, debtor_id, part, reasons, proof="reference", short=items[0].item_id
            )
        reasons.append(told)
        asked = self._ask(payment, debtor_id, reasons, items, cited=items, offered=offered)
        return replace(asked, short=items[0].item_id) if clean and not lines else asked

    def _another_way(self, payment: Payment, pool: Sequence[OpenItem], gap: Decimal) -> bool:
        """Other documents of the payer give the gap exactly, or one of them the whole amount."""
        return bool(self._sums(pool, gap)) or any(
            item.open_amount == payment.amount for item in pool
        )

    def _sums(self, pool: Sequence[OpenItem], gap: Decimal) -> list[tuple[int, ...]]:
        """Some sets of the pool that are worth a gap, credits for a shortfall."""
        sign = 1 if gap > ZERO else -1
        if gap < ZERO and not any(item.open_amount < ZERO for item in pool):
            return []
        amounts = [sign * _cents(item.open_amount) for item in pool]
        return find_sums(amounts, _cents(abs(gap)), found_max=self._rules.alternatives_max)

    def _credits_meant(
        self, payment: Payment, payer: Payer, debtors: set[int], gap: Decimal
    ) -> bool:
        """Whether a shortfall worth a credit to the cent is that credit.

        The text says so, or the shortfall is neither round nor a usual share of what is owed.
        """
        if not (payer.known and self._payers.related(debtors, payer.debtors)):
            return False
        if _CREDIT_WORD.search(fold(payment.text)):
            return True
        owed = payment.amount - gap
        usual = {round_amount(owed * share / 100) for share in _USUAL_SHARES}
        return (
            payer.clue in {"iban", "name", "link"}
            and gap % _ROUND != 0
            and -gap not in usual
            and deduction_word(payment.text) is None
            and not payment.charges
            and payment.original_amount is None
        )

    def _also_paid(self, payment: Payment, payer: Payer, cited: Citations) -> bool:
        """Whether a known payer may have left a number out: nothing else is said of the amount."""
        return (
            payer.clue in {"iban", "name", "link"}
            and payer.known
            and not (cited.orders or cited.named or cited.near)
            and deduction_word(payment.text) is None
        )

    def _only_a_part(
        self,
        payment: Payment,
        payer: Payer,
        item: OpenItem,
        pool: Sequence[OpenItem],
        cited: Citations,
    ) -> bool:
        """Nothing but a part payment explains that one cited document is not paid whole."""
        return (
            self._rules.part_payments
            and payer.clue in {"iban", "name", "link"}
            and payer.known
            and self._payers.related({item.debtor_id}, payer.debtors)
            and bool(cited.documents)
            and not (cited.orders or cited.near)
            and may_be_part(payment, item)
            and not any(one.open_amount < ZERO for one in pool)
            and not any(one.open_amount == payment.amount for one in pool)
            and not self._small_sums(pool, payment.amount)
        )

    def _small_sums(self, pool: Sequence[OpenItem], amount: Decimal) -> bool:
        """Two documents, or a few of a short list, are worth the amount."""
        amounts = [_cents(item.open_amount) for item in pool]
        if len(amounts) <= _SHORT_LIST:
            return bool(find_sums(amounts, _cents(amount), found_max=1))
        wanted = set(amounts)
        return any((other := _cents(amount) - one) in wanted and other != one for one in amounts)

    def _difference(self, payment: Payment, items: Sequence[OpenItem]) -> Reason:
        """The cited documents are not worth the amount, or in several ways."""
        total = sum((item.open_amount for item in items), ZERO)
        gap = payment.amount - total
        received = format_amount(payment.amount, payment.currency)
        if gap == ZERO or _covers(items, payment.amount):
            return Reason(
                "several_readings",
                f"Le montant reçu ({received}) ne dit pas lesquels des documents cités il règle : "
                "lesquels solder ?",
            )
        expected = format_amount(total, payment.currency)
        gap_text = format_amount(abs(gap), payment.currency)
        if gap < ZERO:
            return Reason(
                "short_payment",
                f"Le paiement ({received}) est inférieur de {gap_text} à ce qui reste dû sur les "
                f"documents cités ({expected}) : acompte, retenue, avoir déduit ou erreur ?",
            )
        return Reason(
            "over_payment",
            f"Le paiement ({received}) dépasse de {gap_text} ce qui reste dû sur les documents "
            f"cités ({expected}) : que règle le surplus ?",
        )

    def _ask_ambiguous(self, payment: Payment, payer: Payer, cited: Citations) -> _Finding:
        first = cited.ambiguous[0]
        items = _distinct(item for citation in cited.ambiguous for item in citation.items)
        numbers = ", ".join(sorted({item.document_number for item in items}))
        reason = Reason(
            "ambiguous_reference",
            f"« {first.written} » peut désigner plusieurs documents ({numbers}) : "
            "lequel est réglé ?",
            first.fragment,
        )
        return self._ask(payment, payer.debtor_id, [reason], items, cited=items)

    def _by_near(self, payment: Payment, payer: Payer, cited: Citations) -> _Finding | None:
        """Numbers read nearly whole prove with the exact amount; else they are hints."""
        if payer.clue == "conflict" or cited.unresolved or deduction_word(payment.text):
            return None
        choices = []
        for citation in cited.near:
            documents: defaultdict[str, list[OpenItem]] = defaultdict(list)
            for item in citation.items:
                if item.currency == payment.currency:
                    documents[item.document_number].append(item)
            choices.append([replace(citation, items=tuple(one)) for one in documents.values()])
        if len(choices) > _NEAR_MAX or any(not 0 < len(one) <= _READINGS_MAX for one in choices):
            return None
        ways = set()
        for chosen in product(*choices):
            if found := _unique_cover(_distinct_groups(chosen), payment.amount):
                ways.add((found, chosen))
        if len({frozenset(found) for found, _ in ways}) != 1:
            return None
        explanation, chosen = min(ways, key=lambda way: [one.written for one in way[1]])
        items = _distinct(item for one in chosen for item in one.items)
        debtors = {item.debtor_id for item in items}
        if len(debtors) > 1 or (payer.debtors and not self._payers.related(debtors, payer.debtors)):
            return None
        if _predates(payment, items) or self._other_reference(replace(cited, near=()), items):
            return None
        reasons = [*map(_near_reason, chosen), _exact_amount(payment, explanation)]
        reasons.extend(self._payer_reasons(payer))
        return _apply(payment, min(debtors), explanation, reasons, proof="reference")

    # --- by payer and amount ------------------------------------------------------------

    def _by_payer(self, payment: Payment, payer: Payer, cited: Citations) -> _Finding:
        """No number found: the payer's open items must leave one explanation only."""
        items = self._pool(payer.debtors, payment.currency)
        reasons = self._payer_reasons(payer)
        if not items:
            return _unknown(
                payment,
                payer.debtor_id,
                reasons,
                "Le payeur est connu mais n'a aucun document ouvert : double paiement, acompte ou "
                "virement reçu par erreur ?",
            )
        if found := self._by_last_digits(payment, payer, items, cited):
            return found
        if found := self._by_date(payment, payer, items, cited):
            return found
        exact = [item for item in items if item.open_amount == payment.amount]
        if not exact and (found := self._by_balance(payment, payer, items, cited)):
            return found
        if not exact and (found := self._by_gross(payment, payer, items, cited)):
            return found
        doubt = self._doubt_on_amount(payment, items, exact, cited)
        if doubt is not None:
            return self._ask(payment, payer.debtor_id, [*reasons, doubt], exact or items)
        reasons.append(
            Reason(
                "unique_amount",
                f"Parmi ses documents ouverts, seul {_named(exact[0])} fait "
                f"{format_amount(payment.amount, payment.currency)}, et aucune autre somme de ses "
                "documents ne donne ce montant.",
            )
        )
        allocations = (_whole(exact[0]),)
        return _apply(
            payment,
            exact[0].debtor_id,
            allocations,
            reasons,
            proof="amount",
            method="solver" if self._solved else "amount",
        )

    def _by_last_digits(
        self, payment: Payment, payer: Payer, items: Sequence[OpenItem], cited: Citations
    ) -> _Finding | None:
        """The last digits of the payer's own numbers, with exactly what they owe."""
        places = [*cited.named, *cited.tails]
        if not places or cited.unresolved or deduction_word(payment.text):
            return None
        citations = []
        for citation in places:
            written = key(citation.written)
            named = citation in cited.named
            if not written.isdigit():
                if named:
                    return None
                continue
            found = [item for item in items if recalls(written, item.document_number, named=named)]
            if len({item.document_number for item in found}) == 1 and (
                named or (len(written) >= _TAIL_MIN and not written.startswith(("19", "20")))
            ):
                citations.append(replace(citation, items=tuple(found)))
            elif named:
                return None
        if not citations:
            return None
        explanation = _unique_cover(_distinct_groups(citations), payment.amount)
        if explanation is None:
            return None
        paid = _distinct(item for one in citations for item in one.items)
        debtors = {item.debtor_id for item in paid}
        if _predates(payment, paid) or len(debtors) > 1:
            return None
        reasons = [
            *self._payer_reasons(payer),
            *map(_near_reason, citations),
            _exact_amount(payment, explanation),
        ]
        return _apply(payment, min(debtors), explanation, reasons, proof="reference")

    def _by_date(
        self, payment: Payment, payer: Payer, items: Sequence[OpenItem], cited: Citations
    ) -> _Finding | None:
        """The date of the payer's own documents after the word "facture", with what they owe."""
        if cited.near or cited.unresolved or deduction_word(payment.text):
            return None
        citations = []
        for place in _DATED.finditer(fold(payment.text)):
            year = int(place["year"]) + (2000 if len(place["year"]) == 2 else 0)
            day = f"{year:04}-{place['month']}-{place['day']}"
            found = tuple(item for item in items if item.issue_date.isoformat() == day)
            if not found:
                return None
            citations.append(Citation(found, payment.text[slice(*place.span())], place.span()))
        explanation = _unique_cover(_distinct_groups(citations), payment.amount)
        if not citations or explanation is None:
            return None
        debtors = {item.debtor_id for one in citations for item in one.items}
        if len(debtors) > 1:
            return None
        reasons = [
            *self._payer_reasons(payer),
            *(
                Reason(
                    "document_date",
                    f"« {one.written} » est la date {_of(one.items[0])}.",
                    one.fragment,
                )
                for one in citations
            ),
            _exact_amount(payment, explanation),
        ]
        return _apply(payment, min(debtors), explanation, reasons, proof="reference")

    def _by_balance(
        self, payment: Payment, payer: Payer, items: Sequence[OpenItem], cited: Citations
    ) -> _Finding | None:
        """All that the payer owes, or all that was due at a date, and no other sum of his."""
        if (
            cited.named
            or cited.hints
            or cited.near
            or cited.unresolved
            or deduction_word(payment.text)
            or on_account_word(payment.text)
            or payment.amount % _ROUND == 0
        ):
            return None
        for chosen in self._sets(items, payment.amount):
            if sum((item.open_amount for item in chosen), ZERO) != payment.amount:
                continue
            ids = {item.item_id for item in chosen}
            positions = [rank for rank, item in enumerate(items) if item.item_id in ids]
            if _predates(payment, chosen) or not self._is_only(items, payment.amount, positions):
                return None
            received = format_amount(payment.amount, payment.currency)
            what = "tout ce qu'il doit" if len(chosen) == len(items) else "la somme"
            reason = Reason(
                "whole_balance" if len(chosen) == len(items) else "unique_sum",
                f"Le montant reçu, {received}, est exactement {what} ({len(chosen)} documents), "
                "et aucune autre somme de ses documents ne donne ce montant.",
            )
            debtors = {item.debtor_id for item in chosen}
            return _apply(
                payment,
                debtors.pop() if len(debtors) == 1 else None,
                tuple(map(_whole, chosen)),
                [*self._payer_reasons(payer), reason],
                proof="amount",
                method="solver" if self._solved else "enumeration",
            )
        return None

    def _sets(self, items: Sequence[OpenItem], amount: Decimal) -> Iterator[list[OpenItem]]:
        """Sets of several documents that a payment without a number may be for.

        The natural ones; any other only where the sets are so few, against the cents of the
        amount, that one of them cannot well be worth it by chance.
        """
        if len({item.debtor_id for item in items}) == 1:
            yield from _balances(items)
        amounts = [_cents(item.open_amount) for item in items]
        if len(amounts) > _SUBSETS_MAX:
            return
        for way in find_sums(amounts, _cents(amount), found_max=1):
            sets = sum(comb(len(items), size) for size in range(2, len(way) + 1))
            if sets * _CENTS_PER_SET <= _cents(amount):
                yield [items[position] for position in way]

    def _by_gross(
        self, payment: Payment, payer: Payer, items: Sequence[OpenItem], cited: Citations
    ) -> _Finding | None:
        """The bank tells what was sent before its charges: that amount is looked for."""
        gross = gross_told(payment)
        if gross is None or len(self._told_rules) != 1:
            return None
        gap = payment.amount - gross
        exact = [item for item in items if item.open_amount == gross]
        before = replace(payment, amount=gross)
        if len(exact) != 1 or lines_for(self._rules.differences, payment, exact, gap) != [
            self._told_rules[0]
        ]:
            return None
        if self._doubt_on_amount(before, items, exact, cited) is not None:
            return None
        if find_sums(
            [_cents(item.open_amount) for item in items], _cents(payment.amount), found_max=1
        ):
            return None
        rule = self._told_rules[0]
        reasons = [*self._payer_reasons(payer), _gap_reason(payment, rule, gap)]
        return _apply(
            payment,
            exact[0].debtor_id,
            (_whole(exact[0]),),
            reasons,
            proof="amount",
            differences=(difference(rule, exact, gap),),
        )

    def _doubt_on_amount(
        self,
        payment: Payment,
        items: Sequence[OpenItem],
        exact: Sequence[OpenItem],
        cited: Citations,
    ) -> Reason | None:
        """Say why the amount does not settle the matter, if it does not."""
        received = format_amount(payment.amount, payment.currency)
        if len(exact) > 1:
            return Reason(
                "equal_amounts",
                f"{len(exact)} documents ouverts de ce client font {received} : lequel est réglé ?",
            )
        if not exact:
            return Reason(
                "no_exact_amount",
                f"Aucun document ouvert de ce client ne fait {received} : que règle ce paiement ?",
            )
        target = exact[0]
        for citation in (*cited.near, *cited.unresolved, *cited.named, *cited.hints):
            if (citation in cited.near and target not in citation.items) or not _agrees(
                citation, target, payment, cited
            ):
                return Reason(
                    "other_reference",
                    f"Le montant est exactement ce que doit {_named(target)}, mais le libellé cite "
                    f"« {citation.written} » : lequel est réglé ?",
                    citation.fragment,
                )
        if fragment := deduction_word(payment.text) or on_account_word(payment.text):
            return Reason(
                "deduction_named",
                f"Le montant est exactement ce que doit {_named(target)}, mais le libellé parle de "
                f"« {payment.text[slice(*fragment)]} » : que règle ce paiement ?",
                fragment,
            )
        only = self._is_only(items, payment.amount, [items.index(target)])
        if only is None:
            return Reason(
                "too_many_sums",
                f"Ce client a trop de documents ouverts ({len(items)}) pour prouver qu'une seule "
                f"explication donne {received} : est-ce bien {_named(target)} ?",
            )
        if not only:
            return Reason(
                "several_sums",
                f"{_named(target, capital=True)} fait {received}, mais d'autres documents de ce "
                "client additionnés aussi : lesquels sont réglés ?",
            )
        return _predates(payment, [target])

    def _is_only(
        self, items: Sequence[OpenItem], amount: Decimal, known: Sequence[int]
    ) -> bool | None:
        """Whether no other set of items is worth the amount; None when a bound is reached."""
        sign = 1 if amount > ZERO else -1
        amounts = [sign * _cents(item.open_amount) for item in items]
        target = _cents(abs(amount))
        if len(known) == 1 and _has_pair(amounts, target):
            return False
        count = count_sums(amounts, target, work_max=self._rules.sum_work_max)
        if count is not None:
            return count == 1
        if len(find_sums(amounts, target, found_max=2)) > 1:
            return False
        self._solved = True
        return is_only_sum(amounts, target, known, seconds=self._rules.solver_seconds)

    # --- by amount, payer unknown -------------------------------------------------------

    def _by_amount_alone(self, payment: Payment, payer: Payer, cited: Citations) -> _Finding:
        """Nobody known, nothing cited whole: at most a question."""
        limit = self._rules.alternatives_max
        same_amount = self._by_amount.get((payment.amount, payment.currency), [])[:limit]
        places = (*cited.near, *cited.hints)
        hinted = _distinct(item for citation in (*places, *cited.named) for item in citation.items)
        reasons = [
            Reason(
                "near_reference",
                f"« {citation.written} » rappelle le numéro "
                f"{_of(citation.items[0])} sans l'être exactement.",
                citation.fragment,
            )
            for citation in places
            if len(citation.items) == 1
        ]
        reasons.extend(
            Reason(
                "unresolved_reference",
                f"« {citation.written} » ressemble à un de vos numéros mais ne désigne aucun "
                "document ouvert.",
                citation.fragment,
            )
            for citation in cited.unresolved
        )
        label = payer.shown
        if payer.clue in {"conflict", "namesakes"}:
            reasons.append(
                Reason("payer_unsure", f"Le payeur ({label}) peut être plusieurs de vos clients.")
            )
        received = format_amount(payment.amount, payment.currency)
        if not (same_amount or hinted or cited.unresolved):
            return _unknown(
                payment,
                None,
                reasons,
                f"Qui a payé {received} ({label}) et pour quoi ? Rien de connu n'y correspond.",
            )
        # A hint with the right amount first, then the amount alone, then the hint alone.
        confirmed = [item for item in hinted if item.open_amount == payment.amount]
        candidates = _distinct((*confirmed, *same_amount, *hinted))[:limit]
        doubt = Reason(
            "payer_unknown",
            f"Le payeur ({label}) n'est pas identifié et aucun numéro n'est cité exactement : "
            f"que règle ce paiement de {received} ?",
        )
        return self._ask(payment, None, [*reasons, doubt], candidates)

    # --- answers ------------------------------------------------------------------------

    def _payer_reasons(self, payer: Payer) -> list[Reason]:
        if not payer.known:
            return []
        known = payer.debtors & self._payers.names.keys() or payer.debtors
        names = ", ".join(sorted(map(self._payers.name, known)))
        said = {
            "iban": f"L'IBAN du payeur est connu : {names}.",
            "name": f"Le nom du payeur est celui du client {names}.",
            "link": f"Ce payeur a déjà payé pour {names} : une personne l'a confirmé.",
            "code": f"Le code client cité est celui de {names}.",
            "mandate": f"Le mandat ou la référence du paiement est de {names}.",
        }
        return [Reason(f"payer_{payer.clue}", said[payer.clue])]

    def _ask(
        self,
        payment: Payment,
        debtor_id: int | None,
        reasons: Sequence[Reason],
        candidates: Sequence[OpenItem],
        *,
        cited: Sequence[OpenItem] = (),
        offered: Sequence[Explanation] = (),
    ) -> _Finding:
        """A question whose sentence is the last reason's, with explanations to choose from."""
        if debtor_id is None and len(debtors := {item.debtor_id for item in cited}) == 1:
            debtor_id = next(iter(debtors))
        ways = self._alternatives(payment, debtor_id, candidates, whole=bool(cited))
        found = dict.fromkeys((*offered, *(_explanation(payment, parts) for parts in ways)))
        proposal = Proposal(
            entry_id=payment.entry_id,
            decision="ask",
            allocations=(),
            reasons=tuple(reasons),
            alternatives=tuple(found)[: self._rules.alternatives_max],
            debtor_id=debtor_id,
            question=reasons[-1].sentence,
            missing_fact=_MISSING.get(reasons[-1].code, ""),
        )
        return _Finding(proposal, "none", frozenset(item.item_id for item in cited))

    def _alternatives(
        self,
        payment: Payment,
        debtor_id: int | None,
        candidates: Sequence[OpenItem],
        *,
        whole: bool,
    ) -> tuple[_Parts, ...]:
        """Explanations worth showing: exact ones first, then the candidates as far as they go."""
        limit = self._rules.alternatives_max
        same = [item for item in candidates if item.currency == payment.currency]
        exact = [item for item in same if item.open_amount == payment.amount]
        explanations: list[_Parts] = [(_whole(item),) for item in exact[:limit]]
        pools = [same] if whole or debtor_id is not None else []
        if debtor_id is not None:
            pools.append(self._by_debtor.get((debtor_id, payment.currency), []))
        for pool in pools:
            amounts = [_cents(item.open_amount) for item in pool]
            explanations += (
                tuple(_whole(pool[position]) for position in positions)
                for positions in find_sums(amounts, _cents(payment.amount), found_max=limit)
            )
        if not explanations:
            explanations += _partial(payment, same[:_SHOWN_MAX], whole=whole)
        return tuple(dict.fromkeys(explanations))[:limit]


def _settle_competition(
    payments: Sequence[Payment],
    findings: Sequence[_Finding],
    open_amounts: Mapping[int, Decimal],
) -> list[Proposal]:
    """Turn into questions the payments that claim the same item with no better right.

    A reference beats an amount; of two references the strictly earlier payment comes first, and
    the later looks like a double payment; two amounts, or two payments of one day, ask both.
    Payments that each pay a part of an item leave each other in peace as long as they fit in
    what is open and are no repetition; together worth exactly what is open, they prove
    themselves instalments.
    """
    claims: defaultdict[int, list[int]] = defaultdict(list)
    for rank, finding in enumerate(findings):
        allocated = {allocation.item_id for allocation in finding.proposal.allocations}
        for item_id in sorted(allocated | finding.cited):
            claims[item_id].append(rank)
    findings = list(findings)
    shared: set[int] = set()
    for item_id, ranks in claims.items():
        if len(ranks) < 2 or any(findings[rank].short != item_id for rank in ranks):
            continue
        amounts = [payments[rank].amount for rank in ranks]
        if sum(amounts, ZERO) == open_amounts[item_id]:
            shared.add(item_id)
            for rank in ranks:
                if findings[rank].proposal.decision != "apply":
                    findings[rank] = _instalment(payments[rank], findings[rank], item_id)
        elif (
            sum(amounts, ZERO) < open_amounts[item_id]
            and len(set(amounts)) == len(amounts)
            and all(findings[rank].proposal.decision == "apply" for rank in ranks)
        ):
            shared.add(item_id)

    def beats(rank: int, other: int) -> bool:
        if findings[rank].proof != "reference":
            return False
        if findings[other].proof == "amount":
            return True
        return payments[rank].booking_date < payments[other].booking_date

    proposals: list[Proposal] = []
    for rank, (payment, finding) in enumerate(zip(payments, findings, strict=True)):
        proposal = finding.proposal
        rivals = sorted(
            {
                other
                for allocation in proposal.allocations
                if allocation.item_id not in shared
                for other in claims[allocation.item_id]
                if other != rank and not beats(rank, other)
            }
        )
        proposals.append(_contested(payment, proposal, len(rivals)) if rivals else proposal)
    return proposals


def _instalment(payment: Payment, finding: _Finding, item_id: int) -> _Finding:
    """A part of a document that the payments of the batch pay exactly together."""
    asked = finding.proposal
    reason = Reason(
        "instalments",
        "Les paiements du relevé qui citent ce document en font ensemble exactement le reste dû : "
        f"celui-ci en règle {format_amount(payment.amount, payment.currency)}.",
    )
    proposal = replace(
        asked,
        decision="apply",
        allocations=(Allocation(item_id, payment.amount),),
        reasons=(*asked.reasons[:-1], reason),
        alternatives=(),
        question="",
        missing_fact="",
        method="reference",
    )
    return replace(finding, proposal=proposal, proof="reference")


def _contested(payment: Payment, proposal: Proposal, rivals: int) -> Proposal:
    received = format_amount(payment.amount, payment.currency)
    others = "un autre paiement vise" if rivals == 1 else f"{rivals} autres paiements visent"
    reason = Reason(
        "competing_payments",
        f"{others[0].upper()}{others[1:]} le même document que ce paiement de {received} : "
        "double paiement, ou deux règlements distincts ?",
    )
    return _doubted(proposal, reason)


def _doubted(proposal: Proposal, reason: Reason) -> Proposal:
    """What was to be applied, as a question with its one alternative."""
    return replace(
        proposal,
        decision="ask",
        allocations=(),
        differences=(),
        reasons=(*proposal.reasons, reason),
        alternatives=(Explanation(proposal.allocations, proposal.differences),),
        question=reason.sentence,
        missing_fact=_MISSING[reason.code],
        method="",
    )


def _apply(
    payment: Payment,
    debtor_id: int | None,
    allocations: _Parts,
    reasons: Sequence[Reason],
    *,
    proof: Literal["reference", "amount"],
    differences: tuple[Difference, ...] = (),
    short: int | None = None,
    method: str = "",
) -> _Finding:
    given = sum((one.amount for one in allocations), ZERO)
    given += sum((one.amount for one in differences), ZERO)
    assert given == payment.amount
    proposal = Proposal(
        entry_id=payment.entry_id,
        decision="apply",
        allocations=allocations,
        reasons=tuple(reasons),
        alternatives=(),
        debtor_id=debtor_id,
        question="",
        differences=differences,
        method=method or proof,
    )
    cited = {allocation.item_id for allocation in allocations} if proof == "reference" else set()
    return _Finding(proposal, proof, frozenset(cited), short)


def _unknown(
    payment: Payment, debtor_id: int | None, reasons: Sequence[Reason], question: str
) -> _Finding:
    proposal = Proposal(
        entry_id=payment.entry_id,
        decision="unknown",
        allocations=(),
        reasons=tuple(reasons),
        alternatives=(),
        debtor_id=debtor_id,
        question=question,
        missing_fact=_MISSING["payer_unknown"],
    )
    return _Finding(proposal, "none", frozenset())


def _explanation(payment: Payment, parts: _Parts) -> Explanation:
    """Allocations, and what they leave of the payment on the debtor's account."""
    left = payment.amount - sum((part.amount for part in parts), ZERO)
    differences = (Difference("unapplied", left),) if left > ZERO else ()
    return Explanation(parts, differences)


def _balances(items: Sequence[OpenItem]) -> Iterator[list[OpenItem]]:
    """Natural sets of several documents: all of them, or all that was due up to a date."""
    if len(items) < 2:
        return
    yield list(items)
    invoices = [item for item in items if item.open_amount > ZERO]
    if len(invoices) != len(items) and len(invoices) > 1:
        yield invoices
    days = sorted({item.due_date for item in items})[:_DUE_DATES_MAX]
    for day in days[:-1]:
        until = [item for item in items if item.due_date <= day]
        if len(until) > 1:
            yield until
    for day in days[1:]:
        on = [item for item in items if item.due_date == day]
        if len(on) > 1:
            yield on


_RETURN_WORD = re.compile(
    r"\b(?:REJETS?|REJ|IMPAYES?|RETOURS?|RETURNS?|CONTREPASSATIONS?|REPRESENTATIONS?|AM04|MD0[1267]"
    r"|AC0[146]|MS0[23]|EXTOURNES?)\b"
)
_COMES_BACK = re.compile(
    r"\b(?:REJETS?|REJ|IMPAYES?|RETOURS?|RETURNS?|RETURNED|ANNULATIONS?|EXTOURNES?"
    r"|CONTREPASSATIONS?|VIR(?:EMENT)? EMIS|VIR(?:EMENT)? INTERNE|RECREDITS?|REMBOURSEMENTS?"
    r"|REMBT|REMB)\b"
)
_CREDIT_WORD = re.compile(r"\bAVOIRS?\b")
_DATED = re.compile(
    r"\b(?:FACTURES?|FACTS?|FACS?|FCT|INVOICE)\.? (?:EN DATE )?(?:DU|OF) "
    r"(?P<day>[0-3][0-9])[/.-](?P<month>[01][0-9])[/.-](?P<year>20[0-9]{2}|[0-9]{2})\b"
)
_SHOWN_MAX = 20
_SUBSETS_MAX = 16
_SHORT_LIST = 12
_NEAR_MAX = 6
_READINGS_MAX = 4
_TAIL_MIN = 4
_DUE_DATES_MAX = 24
# Discounts, retentions and commissions come in these shares, in per cent.
_USUAL_SHARES = (1, Decimal("1.5"), 2, Decimal("2.5"), 3, 4, 5, 10)
# One set of documents in that many cents: a sum met by chance in one of 20,000 payments.
_CENTS_PER_SET = 20_000
# A round amount is a deposit as often as a total.
_ROUND = Decimal(50)
_MISSING = {
    "payer_unknown": "Le nom du client, ou le numéro de la facture réglée.",
    "equal_amounts": "Le numéro de la facture réglée.",
    "several_sums": "L'avis de règlement du client, ou les numéros des factures réglées.",
    "too_many_sums": "L'avis de règlement du client, ou les numéros des factures réglées.",
    "no_exact_amount": "L'avis de règlement du client : quelles factures, quelles déductions.",
    "short_payment": "La raison de l'écart : acompte, retenue, avoir, frais.",
    "over_payment": "Ce que règle le surplus.",
    "several_lines": "La nature de l'écart.",
    "several_readings": "Les numéros des documents soldés.",
    "several_documents": "Les numéros des factures réglées.",
    "several_debtors": "La répartition entre les clients, ou le lien entre eux.",
    "payer_is_not_debtor": "La confirmation que ce payeur paie pour ce client.",
    "unresolved_reference": "Le bon numéro de document.",
    "settled_reference": "Le bon numéro de document, ou le remboursement à faire.",
    "other_reference": "Les numéros des documents réglés.",
    "ambiguous_reference": "Le numéro tel qu'il est imprimé.",
    "currency": "Le cours, ou le montant dans la devise du document.",
    "deduction_named": "L'avoir ou la déduction dont parle le libellé.",
    "payment_predates_document": "Le document réglé, ou la commande de l'acompte.",
    "competing_payments": "Si le client a payé deux fois.",
    "parts": "Le bordereau détaillé de la remise.",
    "comes_back": "Le paiement qui revient, ou le compte d'où vient l'argent.",
    "returned": "Le motif du rejet.",
    "refund": "La confirmation du remboursement.",
}


def _unique_cover(groups: Sequence[Sequence[OpenItem]], amount: Decimal) -> _Parts | None:
    """The one way to settle every cited document, at least one instalment each, or None."""
    ways: dict[Decimal, list[_Parts]] = {ZERO: [()]}
    for group in groups:
        subsets = _instalment_subsets(group)
        if subsets is None:
            return None
        extended: defaultdict[Decimal, list[_Parts]] = defaultdict(list)
        for total, explanations in ways.items():
            for subset_total, subset in subsets:
                # Two are enough to know that there are several.
                merged = [(*explanation, *subset) for explanation in explanations]
                extended[total + subset_total] = (extended[total + subset_total] + merged)[:2]
        if len(extended) > _WAYS_MAX:
            return None
        ways = extended
    found = ways.get(amount, [])
    return found[0] if len(found) == 1 else None


# Beyond that, a payment that cites many invoices in instalments is a question.
_WAYS_MAX = 4096
_INSTALMENTS_MAX = 8


def _instalment_subsets(group: Sequence[OpenItem]) -> list[tuple[Decimal, _Parts]] | None:
    """Every non-empty set of the open instalments of one document, with its sum."""
    if len(group) > _INSTALMENTS_MAX:
        return None
    subsets: list[tuple[Decimal, _Parts]] = [(ZERO, ())]
    for item in group:
        subsets += [(total + item.open_amount, (*taken, _whole(item))) for total, taken in subsets]
    return subsets[1:]


def _distinct_groups(citations: Sequence[Citation]) -> list[tuple[OpenItem, ...]]:
    """The items of each cited document, a document cited twice counted once."""
    return list(dict.fromkeys(citation.items for citation in citations))


def _covers(items: Sequence[OpenItem], amount: Decimal) -> bool:
    amounts = [_cents(item.open_amount) for item in items]
    return bool(find_sums(amounts, _cents(amount), found_max=1))


def _partial(payment: Payment, items: Sequence[OpenItem], *, whole: bool) -> list[_Parts]:
    """Set the payment against the candidates, oldest due first, as far as it goes.

    Cited documents go together; other candidates are one explanation each.
    """
    groups = [items] if whole else [[item] for item in items]
    explanations: list[_Parts] = []
    for group in groups:
        # Cited credits are deducted in full before the rest is spread.
        left = payment.amount - sum((i.open_amount for i in group if i.open_amount < ZERO), ZERO)
        taken: list[Allocation] = [_whole(item) for item in group if item.open_amount < ZERO]
        for item in group:
            if item.open_amount > ZERO and left > ZERO:
                amount = min(left, item.open_amount)
                taken.append(Allocation(item.item_id, amount))
                left -= amount
        if any(allocation.amount > ZERO for allocation in taken):
            explanations.append(tuple(taken))
    return explanations


def _agrees(citation: Citation, target: OpenItem, payment: Payment, cited: Citations) -> bool:
    """Tell whether what is written may well be the target, or nothing of this debtor.

    The last digits may be it, or its beginning where the bank cut the text.
    """
    if target in citation.items:
        return True
    if citation in cited.settled:
        return False
    if citation.items:
        # A hint at another customer's document is chance, unless it owes the very amount; at
        # this one's, a contradiction.
        if any(item.open_amount == payment.amount for item in citation.items):
            return False
        return all(item.debtor_id != target.debtor_id for item in citation.items)
    written = key(citation.written)
    number = key(target.document_number)
    if number.endswith(written) or key(target.order_reference).endswith(written):
        return True
    if swapped(written, number) or (
        written.isdigit() and recalls(written, target.document_number, named=True)
    ):
        return True
    at_end = citation.fragment is not None and not key(payment.text[citation.fragment[1] :])
    return at_end and number.startswith(written)


def _predates(payment: Payment, items: Sequence[OpenItem]) -> Reason | None:
    later = [item for item in items if item.issue_date > payment.booking_date]
    if not later:
        return None
    return Reason(
        "payment_predates_document",
        f"{_named(later[0], capital=True)} est daté du {later[0].issue_date:%d/%m/%Y}, après le "
        f"paiement du {payment.booking_date:%d/%m/%Y} : est-ce bien ce document qui est réglé ?",
    )


def _reference_reason(citation: Citation) -> Reason:
    where = "dans le libellé" if citation.fragment else "en référence du virement"
    return Reason(
        "reference",
        f"« {citation.written} », {where}, désigne {_named(citation.items[0])}.",
        citation.fragment,
    )


def _near_reason(citation: Citation) -> Reason:
    where = "dans le libellé" if citation.fragment else "en référence du virement"
    return Reason(
        "near_reference",
        f"« {citation.written} », {where}, est le numéro {_of(citation.items[0])} écrit autrement.",
        citation.fragment,
    )


def _gap_reason(payment: Payment, rule: DifferenceRule, gap: Decimal) -> Reason:
    size = format_amount(abs(gap), payment.currency)
    side = "manquent" if gap < ZERO else "sont en trop"
    return Reason(
        "difference",
        f"{size} {side} : seule la ligne « {LABELS[rule.kind]} » de la règle l'explique.",
    )


def _exact_amount(payment: Payment, explanation: _Parts) -> Reason:
    received = format_amount(payment.amount, payment.currency)
    if len(explanation) == 1:
        return Reason("exact_amount", f"Le montant reçu, {received}, est exactement son reste dû.")
    return Reason(
        "exact_total",
        f"Le montant reçu, {received}, est exactement le total des {len(explanation)} "
        "montants ouverts cités.",
    )


def _named(item: OpenItem, *, capital: bool = False) -> str:
    """Le document, comme on le nomme dans une phrase."""
    text = f"{'l’avoir' if item.open_amount < ZERO else 'le document'} {item.document_number}"
    return text[0].upper() + text[1:] if capital else text


def _of(item: OpenItem) -> str:
    """Du document, comme on le dit dans une phrase."""
    return f"{'de l’avoir' if item.open_amount < ZERO else 'du document'} {item.document_number}"


def _whole(item: OpenItem) -> Allocation:
    return Allocation(item.item_id, item.open_amount)


def _distinct(items: Iterable[OpenItem]) -> list[OpenItem]:
    return list({item.item_id: item for item in items}.values())


def _has_pair(amounts: Sequence[int], target: int) -> bool:
    """Whether two of the amounts sum to the target: the quickest second explanation.

    >>> _has_pair([100, 60, 40], 100), _has_pair([100, 50], 100)
    (True, False)
    """
    seen: set[int] = set()
    for amount in amounts:
        if target - amount in seen:
            return True
        seen.add(amount)
    return False


def _cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))
