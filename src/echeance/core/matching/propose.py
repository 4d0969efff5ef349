"""Explain payments by open items: apply what is proved, ask for the rest, never guess.

A payment is applied only when

* the document numbers it cites each name one open document of one debtor, and what is open on
  them is exactly the amount (credit notes cited count as negative); or
* its payer is identified, one of his open items has exactly that amount, no other set of his
  open items has it, credits included, and the text cites nothing else;

and when no other payment of the batch has as good a claim on the same items.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from echeance.core.matching.model import (
    Allocation,
    Explanation,
    MatchingRules,
    OpenItem,
    PayerLink,
    Payment,
    Proposal,
    Reason,
)
from echeance.core.matching.references import (
    Citation,
    Citations,
    ReferenceIndex,
    deduction_word,
    key,
)
from echeance.core.matching.sums import count_sums, find_sums
from echeance.core.money import CENT, ZERO, format_amount

_Parts = tuple[Allocation, ...]


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
        items: Every open item, credits included: a missing one would make a proof false.
        known_payers: Debtor by IBAN (compact, upper case), confirmed by a person.
        links: What confirmed answers taught of payers.
        rules: The bounds of the proof.
    """
    del links
    matcher = _Matcher(items, known_payers, rules or MatchingRules())
    findings = [matcher.examine(payment) for payment in payments]
    return _settle_competition(payments, findings)


@dataclass(frozen=True, slots=True)
class _Payer:
    """Who pays: ``debtor_id`` is None when unknown or when the clues disagree."""

    debtor_id: int | None
    clue: Literal["iban", "name", "conflict", "none"]


@dataclass(frozen=True, slots=True)
class _Finding:
    """A proposal before competition, and the items it has a claim on."""

    proposal: Proposal
    proof: Literal["reference", "amount", "none"]
    cited: frozenset[int]


class _Matcher:
    """The open items, indexed; every decision on one payment."""

    def __init__(
        self, items: Iterable[OpenItem], known_payers: Mapping[str, int], rules: MatchingRules
    ) -> None:
        self._rules = rules
        self._known_payers = known_payers
        # A settled item explains nothing; a fixed order makes the answer deterministic.
        open_items = sorted(
            (item for item in items if item.open_amount != ZERO),
            key=lambda item: (item.due_date, item.item_id),
        )
        self._references = ReferenceIndex(open_items, length_min=rules.reference_length_min)
        self._by_debtor: defaultdict[tuple[int, str], list[OpenItem]] = defaultdict(list)
        self._by_amount: defaultdict[tuple[Decimal, str], list[OpenItem]] = defaultdict(list)
        self._debtors_by_name: defaultdict[str, set[int]] = defaultdict(set)
        self._names: dict[int, str] = {}
        for item in open_items:
            self._by_debtor[item.debtor_id, item.currency].append(item)
            self._by_amount[item.open_amount, item.currency].append(item)
        for debtor_id, names in {(item.debtor_id, item.debtor_names) for item in open_items}:
            self._names[debtor_id] = names[0] if names else f"n° {debtor_id}"
            for name in filter(None, map(key, names)):
                self._debtors_by_name[name].add(debtor_id)

    def examine(self, payment: Payment) -> _Finding:
        """Decide on one payment as if it were alone."""
        if payment.direction != "CRDT" or payment.amount <= ZERO:
            sentence = "Ce mouvement n'est pas un encaissement : il ne règle aucune créance."
            return _unknown(payment, None, [Reason("not_a_receipt", sentence)], sentence)
        cited = self._references.cited(payment.text, payment.references)
        payer = self._payer(payment)
        if cited.ambiguous:
            return self._ask_ambiguous(payment, payer, cited)
        if cited.documents or cited.orders:
            return self._by_reference(payment, payer, cited)
        if payer.debtor_id is not None:
            return self._by_payer(payment, payer, payer.debtor_id, cited)
        return self._by_amount_alone(payment, payer, cited)

    def _payer(self, payment: Payment) -> _Payer:
        by_iban = self._known_payers.get("".join(payment.payer_iban.split()).upper())
        named = self._debtors_by_name.get(key(payment.payer_name), set())
        if by_iban is not None:
            if named and by_iban not in named:
                return _Payer(None, "conflict")
            return _Payer(by_iban, "iban")
        if len(named) == 1:
            return _Payer(next(iter(named)), "name")
        return _Payer(None, "conflict" if named else "none")

    # --- by reference -------------------------------------------------------------------

    def _by_reference(self, payment: Payment, payer: _Payer, cited: Citations) -> _Finding:
        """A document or an order is cited whole: it decides, or a person does."""
        citations = cited.documents or cited.orders
        items = _distinct(item for citation in citations for item in citation.items)
        debtors = {item.debtor_id for item in items}
        reasons = [_reference_reason(citation) for citation in citations]
        question = self._doubt_on_reference(payment, payer, cited, items)
        if question is not None:
            return self._ask(payment, payer.debtor_id, [*reasons, question], items, cited=items)
        debtor_id = next(iter(debtors))
        groups = _distinct_groups(citations)
        explanation = _unique_cover(groups, payment.amount)
        if explanation is None:
            reasons.append(self._difference(payment, items))
            return self._ask(payment, debtor_id, reasons, items, cited=items)
        reasons.append(_exact_amount(payment, explanation))
        reasons.extend(self._payer_reasons(payer, debtor_id))
        return _apply(payment, debtor_id, explanation, reasons, proof="reference")

    def _doubt_on_reference(
        self, payment: Payment, payer: _Payer, cited: Citations, items: Sequence[OpenItem]
    ) -> Reason | None:
        """Say why exact references do not settle the matter, if they do not."""
        debtors = {item.debtor_id for item in items}
        if cited.unresolved:
            first = cited.unresolved[0]
            return Reason(
                "unresolved_reference",
                f"« {first.written} » ressemble à un de vos numéros mais ne désigne aucun document "
                "ouvert : déjà réglé, mal recopié ou inconnu ?",
                first.fragment,
            )
        if len(debtors) > 1:
            names = ", ".join(sorted(self._names[debtor_id] for debtor_id in debtors))
            return Reason(
                "several_debtors",
                f"Les documents cités appartiennent à plusieurs clients ({names}) : "
                "comment répartir ce paiement ?",
            )
        debtor_id = next(iter(debtors))
        if payer.clue == "conflict" or payer.debtor_id not in {None, debtor_id}:
            return Reason(
                "payer_is_not_debtor",
                f"Le payeur ({_payer_label(payment)}) n'est pas {self._names[debtor_id]}, "
                "à qui appartient le document cité : paie-t-il pour ce client ?",
            )
        if not cited.documents and len(items) > 1:
            return Reason(
                "several_documents",
                f"La commande citée a {len(items)} montants ouverts : lesquels sont réglés ?",
            )
        for citation in (*cited.named, *cited.hints):
            others = [item for item in citation.items if item.debtor_id == debtor_id]
            if others and not any(item in items for item in citation.items):
                return Reason(
                    "other_reference",
                    f"Le libellé rappelle aussi {_named(others[0])} (« {citation.written} ») : "
                    "est-il réglé par ce paiement ?",
                    citation.fragment,
                )
        if any(item.currency != payment.currency for item in items):
            return Reason(
                "currency",
                f"Le document cité n'est pas en {payment.currency}, devise du paiement : "
                "à quel montant l'affecter ?",
            )
        return _predates(payment, items)

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
        difference = format_amount(abs(gap), payment.currency)
        if gap < ZERO:
            return Reason(
                "short_payment",
                f"Le paiement ({received}) est inférieur de {difference} à ce qui reste dû sur les "
                f"documents cités ({expected}) : acompte, retenue, avoir déduit ou erreur ?",
            )
        return Reason(
            "over_payment",
            f"Le paiement ({received}) dépasse de {difference} ce qui reste dû sur les documents "
            f"cités ({expected}) : que règle le surplus ?",
        )

    def _ask_ambiguous(self, payment: Payment, payer: _Payer, cited: Citations) -> _Finding:
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

    # --- by payer and amount ------------------------------------------------------------

    def _by_payer(
        self, payment: Payment, payer: _Payer, debtor_id: int, cited: Citations
    ) -> _Finding:
        """No number found: the payer's open items must leave one explanation only."""
        items = self._by_debtor.get((debtor_id, payment.currency), [])
        reasons = self._payer_reasons(payer, debtor_id)
        if not items:
            return _unknown(
                payment,
                debtor_id,
                reasons,
                "Le payeur est connu mais n'a aucun document ouvert : double paiement, acompte ou "
                "virement reçu par erreur ?",
            )
        exact = [item for item in items if item.open_amount == payment.amount]
        doubt = self._doubt_on_amount(payment, items, exact, cited)
        if doubt is not None:
            return self._ask(payment, debtor_id, [*reasons, doubt], exact or items)
        reasons.append(
            Reason(
                "unique_amount",
                f"Parmi ses documents ouverts, seul {_named(exact[0])} fait "
                f"{format_amount(payment.amount, payment.currency)}, et aucune autre somme de ses "
                "documents ne donne ce montant.",
            )
        )
        return _apply(payment, debtor_id, (_whole(exact[0]),), reasons, proof="amount")

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
        for citation in (*cited.unresolved, *cited.named, *cited.hints):
            if not _agrees(citation, target):
                return Reason(
                    "other_reference",
                    f"Le montant est exactement ce que doit {_named(target)}, mais le libellé cite "
                    f"« {citation.written} » : lequel est réglé ?",
                    citation.fragment,
                )
        if fragment := deduction_word(payment.text):
            return Reason(
                "deduction_named",
                f"Le montant est exactement ce que doit {_named(target)}, mais le libellé parle de "
                f"« {payment.text[slice(*fragment)]} » : que règle ce paiement ?",
                fragment,
            )
        count = count_sums(
            [_cents(item.open_amount) for item in items],
            _cents(payment.amount),
            work_max=self._rules.sum_work_max,
        )
        if count is None:
            return Reason(
                "too_many_sums",
                f"Ce client a trop de documents ouverts ({len(items)}) pour prouver qu'une seule "
                f"explication donne {received} : est-ce bien {_named(target)} ?",
            )
        if count > 1:
            return Reason(
                "several_sums",
                f"{_named(target, capital=True)} fait {received}, mais d'autres documents de ce "
                "client additionnés aussi : lesquels sont réglés ?",
            )
        return _predates(payment, [target])

    # --- by amount, payer unknown -------------------------------------------------------

    def _by_amount_alone(self, payment: Payment, payer: _Payer, cited: Citations) -> _Finding:
        """Nobody known, nothing cited whole: at most a question."""
        limit = self._rules.alternatives_max
        same_amount = self._by_amount.get((payment.amount, payment.currency), [])[:limit]
        hinted = _distinct(
            item for citation in (*cited.hints, *cited.named) for item in citation.items
        )
        reasons = [
            Reason(
                "near_reference",
                f"« {citation.written} » rappelle le numéro de "
                f"{_named(citation.items[0])} sans l'être exactement.",
                citation.fragment,
            )
            for citation in cited.hints
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
        label = _payer_label(payment)
        if payer.clue == "conflict":
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

    def _payer_reasons(self, payer: _Payer, debtor_id: int) -> list[Reason]:
        if payer.debtor_id != debtor_id:
            return []
        name = self._names.get(debtor_id, f"n° {debtor_id}")
        if payer.clue == "iban":
            return [Reason("payer_iban", f"L'IBAN du payeur est connu : {name}.")]
        return [Reason("payer_name", f"Le nom du payeur est exactement celui du client {name}.")]

    def _ask(
        self,
        payment: Payment,
        debtor_id: int | None,
        reasons: Sequence[Reason],
        candidates: Sequence[OpenItem],
        *,
        cited: Sequence[OpenItem] = (),
    ) -> _Finding:
        """A question whose sentence is the last reason's, with explanations to choose from."""
        if debtor_id is None and len(debtors := {item.debtor_id for item in cited}) == 1:
            debtor_id = next(iter(debtors))
        proposal = Proposal(
            entry_id=payment.entry_id,
            decision="ask",
            allocations=(),
            reasons=tuple(reasons),
            alternatives=tuple(
                Explanation(parts)
                for parts in self._alternatives(payment, debtor_id, candidates, whole=bool(cited))
            ),
            debtor_id=debtor_id,
            question=reasons[-1].sentence,
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
            explanations += _partial(payment, same, whole=whole)
        return tuple(dict.fromkeys(explanations))[:limit]


def _settle_competition(
    payments: Sequence[Payment], findings: Sequence[_Finding]
) -> list[Proposal]:
    """Turn into questions the payments that claim the same item with no better right.

    A reference beats an amount; of two references the strictly earlier payment comes first, and
    the later looks like a double payment; two amounts, or two payments of one day, ask both.
    """
    claims: defaultdict[int, list[int]] = defaultdict(list)
    for rank, finding in enumerate(findings):
        allocated = {allocation.item_id for allocation in finding.proposal.allocations}
        for item_id in sorted(allocated | finding.cited):
            claims[item_id].append(rank)

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
                payments[other].entry_id
                for allocation in proposal.allocations
                for other in claims[allocation.item_id]
                if other != rank and not beats(rank, other)
            }
        )
        proposals.append(_contested(payment, proposal, len(rivals)) if rivals else proposal)
    return proposals


def _contested(payment: Payment, proposal: Proposal, rivals: int) -> Proposal:
    received = format_amount(payment.amount, payment.currency)
    others = "un autre paiement vise" if rivals == 1 else f"{rivals} autres paiements visent"
    reason = Reason(
        "competing_payments",
        f"{others[0].upper()}{others[1:]} le même document que ce paiement de {received} : "
        "double paiement, ou deux règlements distincts ?",
    )
    return replace(
        proposal,
        decision="ask",
        allocations=(),
        reasons=(*proposal.reasons, reason),
        alternatives=(Explanation(proposal.allocations),),
        question=reason.sentence,
    )


def _apply(
    payment: Payment,
    debtor_id: int,
    allocations: _Parts,
    reasons: Sequence[Reason],
    *,
    proof: Literal["reference", "amount"],
) -> _Finding:
    assert sum((allocation.amount for allocation in allocations), ZERO) == payment.amount
    proposal = Proposal(
        entry_id=payment.entry_id,
        decision="apply",
        allocations=allocations,
        reasons=tuple(reasons),
        alternatives=(),
        debtor_id=debtor_id,
        question="",
    )
    cited = {allocation.item_id for allocation in allocations} if proof == "reference" else set()
    return _Finding(proposal, proof, frozenset(cited))


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
    )
    return _Finding(proposal, "none", frozenset())


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


def _agrees(citation: Citation, target: OpenItem) -> bool:
    """Tell whether what is written may well be the target, or nothing of this debtor."""
    if target in citation.items:
        return True
    if citation.items:
        # A hint at another customer's document is chance; at this one's, a contradiction.
        return all(item.debtor_id != target.debtor_id for item in citation.items)
    written = key(citation.written)
    return written in key(target.document_number) or written in key(target.order_reference)


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


def _payer_label(payment: Payment) -> str:
    return payment.payer_name or payment.payer_iban or "payeur non nommé"


def _whole(item: OpenItem) -> Allocation:
    return Allocation(item.item_id, item.open_amount)


def _distinct(items: Iterable[OpenItem]) -> list[OpenItem]:
    return list({item.item_id: item for item in items}.values())


def _cents(amount: Decimal) -> int:
    return int(amount / CENT)
