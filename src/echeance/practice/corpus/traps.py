"""Every situation of the corpus: a function adds its items and its lines to a customer's case.

``TRAPS`` gives each its French label and its weight in a thousand lines. A situation that makes
several lines is drawn less often for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from echeance.core.matching import PayerLink, Payment
from echeance.practice.corpus import words
from echeance.practice.corpus.cases import Debtor, Draft, Item, Workshop, euros, money, whole

Maker = Callable[[Workshop, Debtor], None]


@dataclass(frozen=True, slots=True)
class Trap:
    """A situation: ``weight`` is its share of a thousand lines, ``lines`` how many it makes."""

    make: Maker
    label: str
    weight: int
    lines: int = 1


def _cited(w: Workshop, *items: Item) -> str:
    between = w.chance.choice((" ", ", ", " / ", " + ", " ET "))
    return between.join(words.cite(w.chance, one.number) for one in items)


def _invoices(w: Workshop, d: Debtor, low: int, high: int) -> list[Item]:
    return [w.invoice(d) for _ in range(w.chance.randint(low, high))]


# Clean lines.


def reference(w: Workshop, d: Debtor) -> None:
    """One document, its number, its amount."""
    one = w.invoice(d)
    w.line("reference", one.cents, _cited(w, one), (whole([one]), ()), "cited", payer=d)


def structured(w: Workshop, d: Debtor) -> None:
    """The RF reference of the invoice, or its number as end-to-end id."""
    one = w.invoice(d)
    draft = w.line("structured", one.cents, "", (whole([one]), ()), "cited", payer=d)
    draft.references = (one.rf,) if w.chance.random() < 0.6 else (one.number,)


def direct_debit(w: Workshop, d: Debtor) -> None:
    """A direct debit collected: mandate and end-to-end id that we gave."""
    one = w.invoice(d)
    end_to_end, mandate = f"PRLV{one.item_id:09d}", f"RUM{d.debtor_id:07d}"
    one.references = (end_to_end, mandate)
    draft = w.line(
        "direct_debit", one.cents, "", (whole([one]), ()), "cited", payer=d, label="PRLV SEPA EMIS"
    )
    draft.references, draft.mandate_ids = (end_to_end,), (mandate,)
    draft.needs = ("payment_reference",)


def amount(w: Workshop, d: Debtor) -> None:
    """No reference; the payer is known and the amount is an item's."""
    one = w.invoice(d)
    w.line("amount", one.cents, words.silent(w.chance), (whole([one]), ()), "amount", payer=d)


def several(w: Workshop, d: Debtor) -> None:
    """Two to six documents cited, the sum exact."""
    items = _invoices(w, d, 2, 6)
    w.line(
        "several",
        sum(one.cents for one in items),
        _cited(w, *items),
        (whole(items), ()),
        "cited",
        payer=d,
    )


def everything(w: Workshop, _debtor: Debtor) -> None:
    """All that a customer of its own owes, no reference."""
    other = w.debtor()
    items = _invoices(w, other, 2, 5)
    text = w.chance.choice(("SOLDE DE COMPTE", "SOLDE", "VOTRE RELEVE"))
    total = sum(one.cents for one in items)
    w.line("everything", total, text, (whole(items), ()), "amount", payer=other)


# References that are not whole.


def _noisy(w: Workshop, d: Debtor, trap: str, one: Item, text: str, *, exists: bool) -> None:
    mode = "never" if exists else "noisy"
    w.line(trap, one.cents, text, (whole([one]), ()), mode, payer=d)  # type: ignore[arg-type]


def permuted(w: Workshop, d: Debtor) -> None:
    """Two figures of the number changed places; sometimes it is then another document's number."""
    one = w.invoice(d)
    figures = w.numbering.digits(one.rank)
    swapped = words.swap(w.chance, figures)
    at = one.number.rfind(figures)
    text = one.number[:at] + swapped + one.number[at + len(figures) :]
    exists = w.numbering.exists(text, w.numbering.rank_of_digits(swapped))
    _noisy(w, d, "permuted", one, "FACTURE " + text, exists=exists)


def truncated(w: Workshop, d: Debtor) -> None:
    """The beginning, or the end, of the number is lost."""
    one = w.invoice(d)
    figures = w.numbering.digits(one.rank)
    turn = w.chance.random()
    if turn < 0.5:
        text = f"FACT {figures}"
    elif turn < 0.75:
        text = f"REGLEMENT N {figures[-4:]}"
    else:
        text = "REGLEMENT DE VOTRE FACTURE NUMERO " + one.number[: -w.chance.choice((1, 2, 3))]
    _noisy(w, d, "truncated", one, text, exists=False)


def misread(w: Workshop, d: Debtor) -> None:
    """A scanner read it: O for 0, I for 1."""
    one = w.invoice(d)
    _noisy(w, d, "misread", one, words.misread(w.chance, one.number), exists=False)


def abbreviated(w: Workshop, d: Debtor) -> None:
    """The first number whole, the next ones by their last figures."""
    items = sorted(_invoices(w, d, 2, 4), key=lambda one: one.rank)
    tails = [w.numbering.digits(one.rank)[-4:] for one in items[1:]]
    total = sum(one.cents for one in items)
    text = w.chance.choice(("/", " / ", "-", ", ")).join([items[0].number, *tails])
    w.line("abbreviated", total, text, (whole(items), ()), "noisy", payer=d)


def partly_cited(w: Workshop, d: Debtor) -> None:
    """Three documents paid, two cited: the bank cut the text."""
    items = _invoices(w, d, 3, 5)
    total = sum(one.cents for one in items)
    text = _cited(w, *items[:-1])
    w.line("partly_cited", total, text, (whole(items), ()), "noisy", payer=d)


# Amounts that do not tell.


def equal_amounts(w: Workshop, d: Debtor) -> None:
    """A subscription: several items of one amount, no reference."""
    cents = money(w.chance)
    items = [w.invoice(d, cents) for _ in range(w.chance.randint(2, 6))]
    plan = w.among([(whole([one]), ()) for one in items])
    w.line("equal_amounts", cents, words.silent(w.chance), plan, "never", payer=d)


def equal_cited(w: Workshop, d: Debtor) -> None:
    """A subscription, and the number of one of its invoices."""
    cents = money(w.chance)
    items = [w.invoice(d, cents) for _ in range(w.chance.randint(2, 6))]
    one = w.chance.choice(items)
    w.line("equal_cited", cents, _cited(w, one), (whole([one]), ()), "cited", payer=d)


def chance_sum(w: Workshop, d: Debtor) -> None:
    """The amount is one item's, and also the sum of two others."""
    first, second = w.invoice(d), w.invoice(d)
    one = w.invoice(d, first.cents + second.cents)
    plan = w.among([(whole([one]), ()), (whole([first, second]), ())])
    w.line("chance_sum", one.cents, words.silent(w.chance), plan, "never", payer=d)


def chance_stranger(w: Workshop, d: Debtor) -> None:
    """Nobody known, no reference, and an amount that an item has by chance, or not by chance."""
    one = w.invoice(d)
    plan = w.among([(whole([one]), ()), ({}, ())])
    name = words.stranger(w.chance)
    text = words.silent(w.chance)
    w.line("chance_stranger", one.cents, text, plan, "never", name=name, iban=_new_iban(w))


def same_day(w: Workshop, d: Debtor) -> None:
    """Three items of one amount, two payments of it the same day, no reference."""
    cents = money(w.chance)
    items = [w.invoice(d, cents) for _ in range(3)]
    w.chance.shuffle(items)
    day = w.day()
    for one in items[:2]:
        text = words.silent(w.chance)
        w.line("same_day", cents, text, (whole([one]), ()), "never", payer=d).day = day


def same_day_cited(w: Workshop, d: Debtor) -> None:
    """Two items of one amount, two payments of it the same day, each with its number."""
    cents = money(w.chance)
    day = w.day()
    for one in (w.invoice(d, cents), w.invoice(d, cents)):
        plan = (whole([one]), ())
        w.line("same_day_cited", cents, _cited(w, one), plan, "cited", payer=d).day = day


# Credits and deductions.


def partial_credit(w: Workshop, d: Debtor) -> None:
    """Invoices less a credit note: both cited, or only told, or nothing."""
    items = _invoices(w, d, 1, 3)
    credit = w.credit(d, max(500, items[0].cents * w.chance.randrange(5, 60) // 100))
    total = sum(one.cents for one in items) + credit.cents
    plan = (whole([*items, credit]), ())
    turn = w.chance.random()
    if turn < 0.5:
        text = f"{_cited(w, *items)} AVOIR {credit.number}"
        w.line("partial_credit", total, text, plan, "cited", payer=d)
    elif turn < 0.8:
        text = f"{_cited(w, *items)} AVOIR DEDUIT"
        w.line("partial_credit", total, text, plan, "noisy", payer=d)
    else:
        w.line("partial_credit", total, words.silent(w.chance), plan, "amount", payer=d)


def unknown_credit(w: Workshop, d: Debtor) -> None:
    """A credit that we never gave is deducted; or, for the same words, one is paid in part."""
    one = w.invoice(d, 20_000 + money(w.chance))
    paid = one.cents * w.chance.randrange(70, 97) // 100
    text = f"{_cited(w, one)} {w.chance.choice(('AVOIR DEDUIT', 'DEDUCTION LITIGE', 'RFA'))}"
    w.line("unknown_credit", paid, text, ({one.item_id: paid}, ()), "never", payer=d)


def fee(w: Workshop, d: Debtor) -> None:
    """Short by what looks like a fee that nobody tells: kept by a bank, or left owing."""
    one = w.invoice(d, 20_000 + money(w.chance))
    short = w.chance.choice((500, 800, 1000, 1200, 1500, 2000, 2500))
    paid = one.cents - short
    plan = w.among(
        [
            ({one.item_id: paid}, ()),
            ({one.item_id: one.cents}, (("bank_charges", -short),)),
        ]
    )
    w.line("fee", paid, _cited(w, one), plan, "never", payer=d)


def foreign(w: Workshop, d: Debtor) -> None:
    """From abroad: the bank tells what was ordered and what was kept."""
    one = w.invoice(d, 20_000 + money(w.chance))
    kept = w.chance.randrange(500, 4_500)
    plan = ({one.item_id: one.cents}, (("bank_charges", -kept),))
    label = f"VIR ETRANGER {words.plain(d.name)}"[:31].strip()
    draft = w.line("foreign", one.cents - kept, _cited(w, one), plan, "cited", payer=d, label=label)
    draft.original = one.cents
    draft.charges = kept if w.chance.random() < 0.7 else None
    draft.needs = ("policy",)


def discount(w: Workshop, d: Debtor) -> None:
    """The early-payment discount that the invoice offers, taken in time."""
    one = w.invoice(d, 10_000 + money(w.chance))
    one.discount = one.cents * w.chance.choice((1, 2, 3)) // 100
    plan = ({one.item_id: one.cents}, (("discount", -one.discount),))
    draft = w.line("discount", one.cents - one.discount, _cited(w, one), plan, "cited", payer=d)
    one.discount_until = draft.day + timedelta(days=w.chance.randrange(10))
    draft.needs = ("discount", "policy")


def late_discount(w: Workshop, d: Debtor) -> None:
    """The discount, taken after its last day: granted all the same, or left owing."""
    one = w.invoice(d, 10_000 + money(w.chance))
    one.discount = one.cents * w.chance.choice((1, 2, 3)) // 100
    paid = one.cents - one.discount
    plan = w.among(
        [
            ({one.item_id: paid}, ()),
            ({one.item_id: one.cents}, (("discount", -one.discount),)),
        ]
    )
    text = f"{_cited(w, one)} ESCOMPTE DEDUIT"
    draft = w.line("late_discount", paid, text, plan, "never", payer=d)
    one.discount_until = draft.day - timedelta(days=w.chance.randrange(1, 20))


def retention(w: Workshop, d: Debtor) -> None:
    """Retention of guarantee, said by the text: five per cent of the work."""
    one = w.invoice(d, 100_000 + money(w.chance) // 20 * 20)
    kept = one.cents * 5 // 100
    plan = ({one.item_id: one.cents}, (("retention", -kept),))
    text = f"{_cited(w, one)} {w.chance.choice(('RETENUE DE GARANTIE 5%', 'MOINS RG 5%'))}"
    draft = w.line("retention", one.cents - kept, text, plan, "cited", payer=d)
    draft.needs = ("policy",)


def unsaid_retention(w: Workshop, d: Debtor) -> None:
    """Exactly five per cent short, without a word."""
    one = w.invoice(d, 100_000 + money(w.chance) // 20 * 20)
    kept = one.cents * 5 // 100
    plan = w.among(
        [
            ({one.item_id: one.cents - kept}, ()),
            ({one.item_id: one.cents}, (("retention", -kept),)),
        ]
    )
    w.line("unsaid_retention", one.cents - kept, _cited(w, one), plan, "never", payer=d)


def rounding(w: Workshop, d: Debtor) -> None:
    """A few cents less or more."""
    one = w.invoice(d, 10_000 + money(w.chance))
    off = w.chance.choice((-4, -3, -2, -1, 1, 2, 3, 4))
    plan = ({one.item_id: one.cents}, (("rounding", off),))
    draft = w.line("rounding", one.cents + off, _cited(w, one), plan, "cited", payer=d)
    draft.needs = ("policy",)


# Who pays.


def _new_iban(w: Workshop) -> str:
    return words.iban(w.chance)


def third_party(w: Workshop, d: Debtor) -> None:
    """Somebody unknown pays a document that he cites, to the cent."""
    one = w.invoice(d)
    name = f"M {words.family_name(w.chance.randrange(900_000))}"
    plan = (whole([one]), ())
    w.line("third_party", one.cents, _cited(w, one), plan, "cited", name=name, iban=_new_iban(w))


def rival_payer(w: Workshop, d: Debtor) -> None:
    """A customer cites another's document, and owes the same amount himself."""
    other = w.debtor(iban_known=True)
    cents = money(w.chance)
    cited, own = w.invoice(d, cents), w.invoice(other, cents)
    plan = w.among([(whole([cited]), ()), (whole([own]), ())])
    w.line("rival_payer", cents, _cited(w, cited), plan, "never", payer=other)


def other_reference(w: Workshop, d: Debtor) -> None:
    """A customer pays his invoice under the number of another customer's, of another amount."""
    other = w.debtor(iban_known=True)
    cited, own = w.invoice(d), w.invoice(other)
    if cited.cents == own.cents:
        own.cents += 100
        own.amount = own.cents
    plan = (whole([own]), ())
    w.line("other_reference", own.cents, _cited(w, cited), plan, "never", payer=other)


def linked_payer(w: Workshop, d: Debtor) -> None:
    """A payer that a person linked to the customer, known by his account alone."""
    one = w.invoice(d)
    iban = _new_iban(w)
    w.links.append(PayerLink("iban", iban, frozenset({d.debtor_id})))
    name = f"SCI {words.family_name(w.chance.randrange(900_000)).upper()}"
    plan = (whole([one]), ())
    cites = w.chance.random() < 0.5
    text = _cited(w, one) if cites else words.silent(w.chance)
    mode = "cited" if cites else "amount"
    draft = w.line("linked_payer", one.cents, text, plan, mode, name=name, iban=iban)  # type: ignore[arg-type]
    draft.scope = (d,)
    draft.needs = () if cites else ("link",)


def group(w: Workshop, d: Debtor) -> None:
    """A parent pays for its subsidiaries, each document cited."""
    members = [w.debtor() for _ in range(w.chance.randint(2, 3))]
    parent = w.debtor(iban_known=True)
    w.invoice(parent)
    for one in (*members, parent):
        one.group_id = parent.debtor_id
    items = [w.invoice(one) for one in members]
    total = sum(one.cents for one in items)
    plan = (whole(items), ())
    draft = w.line("group", total, _cited(w, *items), plan, "cited", payer=parent)
    draft.needs = ("group",)
    # The customer of the case pays too, so that the case is his as well.
    reference(w, d)


def group_silent(w: Workshop, d: Debtor) -> None:
    """A parent linked to its subsidiaries pays some of them, without a word."""
    members = [w.debtor() for _ in range(w.chance.randint(1, 3))]
    parent = w.debtor(iban_known=True)
    family = (*members, parent, d)
    d.group_id = parent.debtor_id
    for one in family:
        one.group_id = parent.debtor_id
    ids = frozenset(one.debtor_id for one in family)
    w.links.append(PayerLink("iban", parent.iban, ids))
    items = [w.invoice(one) for one in members]
    w.invoice(parent)
    total = sum(one.cents for one in items)
    draft = w.line("group_silent", total, "CENTRALE", (whole(items), ()), "amount", payer=parent)
    draft.iban = parent.iban
    draft.scope = family
    draft.needs = ("link", "group")


def _twins(w: Workshop) -> tuple[Debtor, Debtor]:
    first = w.debtor(iban_known=False)
    return first, w.debtor(first.name, iban_known=False)


def namesakes(w: Workshop, _debtor: Debtor) -> None:
    """Two customers of one name; the account is not known, nothing is cited."""
    d, twin = _twins(w)
    cents = money(w.chance)
    plan = w.among([(whole([w.invoice(one, cents)]), ()) for one in (d, twin)])
    draft = w.line("namesakes", cents, words.silent(w.chance), plan, "never", payer=twin)
    draft.iban = _new_iban(w)


def namesakes_cited(w: Workshop, _debtor: Debtor) -> None:
    """Two customers of one name, and the number of a document of one of them."""
    d, twin = _twins(w)
    for debtor in (d, twin):
        w.invoice(debtor)
    one = w.invoice(twin)
    plan = (whole([one]), ())
    draft = w.line("namesakes_cited", one.cents, _cited(w, one), plan, "cited", payer=twin)
    draft.iban = _new_iban(w)


def two_customers(w: Workshop, d: Debtor) -> None:
    """An agent pays for two customers: every document cited, the sum exact, the payer unknown."""
    other = w.debtor()
    items = [*_invoices(w, d, 1, 2), *_invoices(w, other, 1, 2)]
    plan = (whole(items), ())
    total = sum(one.cents for one in items)
    name = "ETUDE NOTARIALE MERCOEUR"
    w.line("two_customers", total, _cited(w, *items), plan, "never", name=name, iban=_new_iban(w))


# Wrong, old or absent documents.


def settled(w: Workshop, d: Debtor) -> None:
    """The number of a document settled long ago: paid twice."""
    number = w.numbering.number(w.numbering.take_settled())
    text = words.cite(w.chance, number)
    w.line("settled", money(w.chance), text, ({}, ()), "never", payer=d)


def old_reference(w: Workshop, d: Debtor) -> None:
    """Last month's transfer copied: a settled number, and the amount of an open item, or again."""
    one = w.invoice(d)
    number = w.numbering.number(w.numbering.take_settled())
    plan = w.among([(whole([one]), ()), ({}, ())])
    text = words.cite(w.chance, number)
    w.line("old_reference", one.cents, text, plan, "never", payer=d)


def wrong_own_reference(w: Workshop, d: Debtor) -> None:
    """He cites one of his documents and pays the amount of another."""
    cited, paid = w.invoice(d), w.invoice(d)
    if cited.cents == paid.cents:
        paid.cents = paid.amount = paid.cents + 120
    plans = [(whole([paid]), ())]
    if paid.cents < cited.cents:
        plans.append(({cited.item_id: paid.cents}, ()))
    else:
        plans.append((whole([cited]), ()))
    plan = w.among(plans)
    w.line("wrong_own_reference", paid.cents, _cited(w, cited), plan, "never", payer=d)


def double_payment(w: Workshop, d: Debtor) -> None:
    """The same document paid twice, days apart: the second is money to give back."""
    one = w.invoice(d)
    text = _cited(w, one)
    first = w.line("double_payment", one.cents, text, (whole([one]), ()), "cited", payer=d)
    second = w.line("double_payment", one.cents, text, ({}, ()), "never", payer=d)
    second.day = first.day + timedelta(days=7)


def advance(w: Workshop, d: Debtor) -> None:
    """Money for an order not yet invoiced; sometimes the amount is an item's by chance."""
    cents = w.invoice(d).cents if w.chance.random() < 0.3 else money(w.chance)
    text = f"ACOMPTE {w.chance.choice(('DEVIS', 'COMMANDE', 'CDE'))} {words.digits(w.chance, 5)}"
    w.line("advance", cents, text, ({}, ()), "never", payer=d)


def part_payment(w: Workshop, d: Debtor) -> None:
    """Part of a document, said to be so."""
    one = w.invoice(d, 50_000 + money(w.chance))
    paid = one.cents * w.chance.choice((30, 40, 50)) // 100
    text = f"{w.chance.choice(('ACOMPTE', 'PARTIEL', '1ER VERSEMENT'))} {_cited(w, one)}"
    w.line("part_payment", paid, text, ({one.item_id: paid}, ()), "cited", payer=d)


def amount_typo(w: Workshop, d: Debtor) -> None:
    """Two figures of the amount changed places."""
    one = w.invoice(d, 10_000 + money(w.chance))
    paid = int(words.swap(w.chance, str(one.cents)))
    allocated = min(paid, one.cents)
    w.line("amount_typo", paid, _cited(w, one), ({one.item_id: allocated}, ()), "never", payer=d)


def overpayment(w: Workshop, d: Debtor) -> None:
    """More than the document."""
    one = w.invoice(d)
    paid = one.cents + w.chance.choice((1_000, 5_000, 12_345, one.cents))
    w.line("overpayment", paid, _cited(w, one), (whole([one]), ()), "never", payer=d)


def instalments(w: Workshop, d: Debtor) -> None:
    """An invoice in three parts of different amounts; one of them is paid and cited."""
    first = w.invoice(d, 30_000 + money(w.chance))
    parts = [first]
    total = first.cents
    first.cents = first.amount = total * 30 // 100
    for share in (33, 37):
        part = w.invoice(d, total * share // 100, rank=first.rank)
        part.due = first.due + timedelta(days=30 * len(parts))
        parts.append(part)
    one = w.chance.choice(parts)
    w.line("instalments", one.cents, _cited(w, one), (whole([one]), ()), "cited", payer=d)


def equal_instalments(w: Workshop, d: Debtor) -> None:
    """An invoice in three equal parts; the payment cites it. The oldest is due first."""
    first = w.invoice(d)
    for months in (1, 2):
        part = w.invoice(d, first.cents, rank=first.rank)
        part.due = first.due + timedelta(days=30 * months)
    plan = (whole([first]), ())
    w.line("equal_instalments", first.cents, _cited(w, first), plan, "never", payer=d)


def permuted_equal(w: Workshop, d: Debtor) -> None:
    """A subscription, and two figures of one of its numbers changed places."""
    cents = money(w.chance)
    items = [w.invoice(d, cents) for _ in range(w.chance.randint(2, 5))]
    one = w.chance.choice(items)
    figures = w.numbering.digits(one.rank)
    text = one.number.replace(figures, words.swap(w.chance, figures))
    others = [other for other in items if other is not one and other.number == text]
    plan = (whole(others or [one]), ())
    w.line("permuted_equal", cents, f"FACTURE {text}", plan, "never", payer=d)


def truncated_equal(w: Workshop, d: Debtor) -> None:
    """A subscription, and a number whose end is lost: several begin so."""
    cents = money(w.chance)
    items = [w.invoice(d, cents) for _ in range(w.chance.randint(3, 6))]
    one = w.chance.choice(items)
    beginning = one.number[:4]
    alike = [other for other in items if other.number.startswith(beginning)]
    text = f"VOTRE FACTURE NUMERO {beginning}"
    plan = w.among([(whole([other]), ()) for other in alike])
    w.line("truncated_equal", cents, text, plan, "never", payer=d)


def dated(w: Workshop, d: Debtor) -> None:
    """A subscription, and the date of one of its invoices."""
    cents = money(w.chance)
    items = [w.invoice(d, cents) for _ in range(w.chance.randint(2, 5))]
    one = w.chance.choice(items)
    alone = all(other is one or other.issued != one.issued for other in items)
    text = f"{w.chance.choice(('FACTURE DU', 'VOTRE FACT DU'))} {one.issued:%d/%m/%Y}"
    w.line("dated", cents, text, (whole([one]), ()), "cited" if alone else "never", payer=d)


def remainder(w: Workshop, d: Debtor) -> None:
    """What is left of a document paid in part before, cited."""
    one = w.invoice(d, 20_000 + money(w.chance))
    one.cents = one.amount * w.chance.choice((25, 40, 50, 70)) // 100
    text = f"SOLDE {_cited(w, one)}"
    w.line("remainder", one.cents, text, (whole([one]), ()), "cited", payer=d)


def whole_again(w: Workshop, d: Debtor) -> None:
    """The whole amount of a document that was already paid in part."""
    one = w.invoice(d, 20_000 + money(w.chance))
    one.cents = one.amount * w.chance.choice((25, 40, 50, 70)) // 100
    w.line("whole_again", one.amount, _cited(w, one), (whole([one]), ()), "never", payer=d)


def silent_credit(w: Workshop, d: Debtor) -> None:
    """Invoices cited, a credit note deducted without a word."""
    one = w.invoice(d, 20_000 + money(w.chance))
    credit = w.credit(d, one.cents * w.chance.randrange(5, 60) // 100 + 7)
    plan = (whole([one, credit]), ())
    w.line("silent_credit", one.cents + credit.cents, _cited(w, one), plan, "noisy", payer=d)


def receipt_deducted(w: Workshop, d: Debtor) -> None:
    """Money left on his account is deducted without a word."""
    one = w.invoice(d, 20_000 + money(w.chance))
    receipt = w.credit(d, one.cents * w.chance.randrange(5, 60) // 100 + 3)
    receipt.kind, receipt.number = "receipt", f"BQ{receipt.rank:06d}"
    plan = (whole([one, receipt]), ())
    w.line("receipt_deducted", one.cents + receipt.cents, _cited(w, one), plan, "noisy", payer=d)


def near_namesakes(w: Workshop, _debtor: Debtor) -> None:
    """Two customers whose names begin alike, cut by the bank; the account is not known."""
    here, there = w.chance.sample(words.PLACES, 2)
    d = w.debtor(iban_known=False)
    name = d.name.rsplit(" ", 1)[0] if d.name.split()[-1] in words.FORMS else d.name
    d.name = f"{name} {here}"
    twin = w.debtor(f"{name} {there}", iban_known=False)
    cents = money(w.chance)
    mine, his = w.invoice(d, cents), w.invoice(twin, cents if w.chance.random() < 0.5 else 0)
    plans = [(whole([mine]), ())]
    plans.append((whole([his]), ()) if his.cents == cents else ({}, ()))
    plan = w.among(plans)
    text = words.silent(w.chance)
    draft = w.line("near_namesakes", cents, text, plan, "never", name=name, iban=_new_iban(w))
    draft.name = words.plain(name)


def shared_number(w: Workshop, d: Debtor) -> None:
    """One number on two customers' documents (two companies' books in one list), one amount."""
    other = w.debtor()
    one = w.invoice(d)
    twin = w.invoice(other, one.cents)
    twin.number = one.number
    plan = w.among([(whole([one]), ()), (whole([twin]), ())])
    name = f"M {words.family_name(w.chance.randrange(900_000))}"
    text = _cited(w, one)
    w.line("shared_number", one.cents, text, plan, "never", name=name, iban=_new_iban(w))


def future_item(w: Workshop, d: Debtor) -> None:
    """Nothing cited; the only item of that amount was issued after the payment."""
    one = w.invoice(d)
    plan = w.among([(whole([one]), ()), ({}, ())])
    text = words.silent(w.chance)
    draft = w.line("future_item", one.cents, text, plan, "never", payer=d)
    one.issued = draft.day + timedelta(days=w.chance.randrange(1, 9))
    one.due = one.issued + timedelta(days=30)


def returned_transfer(w: Workshop, d: Debtor) -> None:
    """A transfer of ours to a customer comes back: it pays nothing of his."""
    one = w.invoice(d)
    cents = one.cents if w.chance.random() < 0.5 else money(w.chance)
    label = w.chance.choice(("REJET VIR EMIS", "RETOUR VIREMENT EMIS", "VIR EMIS IMPAYE"))
    text = w.chance.choice(("COMPTE CLOTURE", "IBAN ERRONE", "MOTIF AC04"))
    w.line("returned_transfer", cents, text, ({}, ()), "never", payer=d, label=label)


def internal_transfer(w: Workshop, d: Debtor) -> None:
    """From another account of ours; the amount is an item's by chance."""
    cents = w.invoice(d).cents
    label = w.chance.choice(("VIREMENT INTERNE", "VIR COMPTE A COMPTE", "VIR DE NOTRE CPTE"))
    text = w.chance.choice(("", "TRESORERIE", f"APPRO {words.digits(w.chance, 6)}"))
    w.line("internal_transfer", cents, text, ({}, ()), "never", label=label, iban=_new_iban(w))


def refund(w: Workshop, d: Debtor) -> None:
    """A credit note given back to the customer: money out, nothing of ours is paid by it."""
    credit = w.credit(d, money(w.chance))
    label = f"VIR EMIS {words.plain(d.name)}"[:31].strip()
    draft = w.line("refund", -credit.cents, credit.number, ({}, ()), "never", payer=d, label=label)
    draft.direction = "DBIT"


def silent_subset(w: Workshop, d: Debtor) -> None:
    """Some of what a customer owes, no reference."""
    items = _invoices(w, d, 2, 4)
    w.invoice(d)
    total = sum(one.cents for one in items)
    text = words.silent(w.chance)
    w.line("silent_subset", total, text, (whole(items), ()), "amount", payer=d)


def long_list(w: Workshop, d: Debtor) -> None:
    """More documents than the 140 signs of a transfer can cite: the last ones are cut."""
    items = _invoices(w, d, 8, 14)
    total = sum(one.cents for one in items)
    text = "REGLEMENT FACTURES " + " ".join(one.number for one in items)
    w.line("long_list", total, text[:140].strip(), (whole(items), ()), "noisy", payer=d)


def on_account(w: Workshop, d: Debtor) -> None:
    """A round sum on account, which is no sum of documents but by chance."""
    w.invoice(d)
    cents = w.chance.choice((50_000, 100_000, 150_000, 200_000, 300_000))
    text = w.chance.choice(("ACOMPTE A VALOIR", "A VALOIR SUR COMPTE", "PROVISION SUR COMPTE"))
    w.line("on_account", cents, text, ({}, ()), "never", payer=d)


def name_conflict(w: Workshop, d: Debtor) -> None:
    """The account is a customer's, the name another's; both owe that amount."""
    other = w.debtor(iban_known=True)
    cents = money(w.chance)
    plan = w.among([(whole([w.invoice(one, cents)]), ()) for one in (d, other)])
    draft = w.line("name_conflict", cents, words.silent(w.chance), plan, "never", payer=other)
    draft.iban, draft.name = other.iban, words.bank_name(w.chance, d.name)
    draft.text = f"{words.label(w.chance, draft.name)}\n{draft.text.partition(chr(10))[2]}".strip()


def wrong_reference_sum(w: Workshop, d: Debtor) -> None:
    """He cites one document; the amount is the sum of two others, or a part of that one."""
    first, second = w.invoice(d), w.invoice(d)
    total = first.cents + second.cents
    cited = w.invoice(d, total + w.chance.randrange(1_000, 90_000))
    plan = w.among([(whole([first, second]), ()), ({cited.item_id: total}, ())])
    w.line("wrong_reference_sum", total, _cited(w, cited), plan, "never", payer=d)


def cited_more(w: Workshop, d: Debtor) -> None:
    """He cites two documents and pays the amount of one, or that much of the other."""
    one = w.invoice(d)
    larger = w.invoice(d, one.cents + w.chance.randrange(1_000, 90_000))
    plan = w.among([(whole([one]), ()), ({larger.item_id: one.cents}, ())])
    w.line("cited_more", one.cents, _cited(w, larger, one), plan, "never", payer=d)


def in_two(w: Workshop, d: Debtor) -> None:
    """One document paid in two transfers, each citing it."""
    one = w.invoice(d, 40_000 + money(w.chance))
    first = one.cents * w.chance.choice((30, 40, 60)) // 100
    text = f"ACOMPTE {_cited(w, one)}"
    early = w.line("in_two", first, text, ({one.item_id: first}, ()), "cited", payer=d)
    rest = one.cents - first
    text = f"SOLDE {_cited(w, one)}"
    late = w.line("in_two", rest, text, ({one.item_id: rest}, ()), "cited", payer=d)
    late.day = early.day + timedelta(days=7)


def broken_rf(w: Workshop, d: Debtor) -> None:
    """An RF reference of which two figures changed places: its check digits do not hold."""
    one = w.invoice(d)
    draft = w.line("broken_rf", one.cents, "", (whole([one]), ()), "noisy", payer=d)
    draft.references = (one.rf[:4] + words.swap(w.chance, one.rf[4:]),)


def restarted(w: Workshop, d: Debtor) -> None:
    """A numbering that starts again each year: the text has the number without its year."""
    old, new = w.invoice(d), w.invoice(d)
    old.number, new.number = f"R25-{new.rank:07d}", f"R26-{new.rank:07d}"
    one = w.chance.choice((old, new))
    same = w.chance.random() < 0.5
    if same:
        new.cents = new.amount = old.cents
    text = f"FACTURE {new.rank:07d}"
    plan = (whole([one]), ())
    w.line("restarted", one.cents, text, plan, "never" if same else "noisy", payer=d)


# Lines of the bank.


def returned_debit(w: Workshop, d: Debtor) -> None:
    """A direct debit comes back: nothing is paid by it."""
    one = w.invoice(d)
    name = words.bank_name(w.chance, d.name)
    draft = w.line(
        "returned_debit", one.cents, one.number, ({}, ()), "never", payer=d, label="REJET PRLV SEPA"
    )
    draft.direction, draft.name = "DBIT", name
    draft.references = (one.number,)


def outgoing(w: Workshop, d: Debtor) -> None:
    """Salaries, fees, purchases: money out, whatever the figures say."""
    one = w.invoice(d)
    label = w.chance.choice(("VIR SALAIRES", "FRAIS TENUE DE COMPTE", "CARTE", "PRLV ENERGIE"))
    text = words.digits(w.chance, 6) if w.chance.random() < 0.7 else one.number
    draft = w.line("outgoing", one.cents, text, ({}, ()), "never", name="", label=label)
    draft.direction = "DBIT"


def unrelated(w: Workshop, _debtor: Debtor) -> None:
    """Money in that no customer owes."""
    name = words.stranger(w.chance)
    text = f"{words.digits(w.chance, 8)} DU {w.chance.randrange(1, 29):02d}102026"
    w.line("unrelated", money(w.chance), text, ({}, ()), "never", name=name, iban=_new_iban(w))


def card_payout(w: Workshop, _debtor: Debtor) -> None:
    """Takings of a card terminal, net of its fees."""
    text = f"TPE {words.digits(w.chance, 7)} DU {w.chance.randrange(1, 29):02d}1026"
    w.line("card_payout", money(w.chance), text, ({}, ()), "never", label="REMISE CB")


def lookalike(w: Workshop, d: Debtor) -> None:
    """A telephone number, a date or a file number holds the figures of a document."""
    one = w.invoice(d)
    figures = w.numbering.digits(one.rank)
    glued = f"DOSSIER {words.digits(w.chance, 3)}{figures}"
    text = w.chance.choice(
        (
            f"TEL {words.phone(w.chance)[: -len(figures)]}{figures}",
            glued,
            f"SIRET {words.digits(w.chance, 9)} {figures.zfill(5)}",
            f"CONTRAT {figures}-{words.digits(w.chance, 4)}",
        )
    )
    name = words.stranger(w.chance)
    # The number apart and the amount to the cent would be a proof: only glued figures have it.
    same = text == glued and w.chance.random() < 0.4
    cents = one.cents if same else one.cents + w.chance.randrange(101, 90_000)
    w.line("lookalike", cents, text, ({}, ()), "never", name=name, iban=_new_iban(w))


def lookalike_cited(w: Workshop, d: Debtor) -> None:
    """The number of a document, beside a telephone number and a date."""
    one = w.invoice(d)
    text = f"{_cited(w, one)} TEL {words.phone(w.chance)} LE {w.chance.randrange(10, 29)}/10/2026"
    w.line("lookalike_cited", one.cents, text, (whole([one]), ()), "cited", payer=d)


def cheque(w: Workshop, d: Debtor) -> None:
    """A slip of cheques, its total alone: whose, nobody can tell."""
    items = [w.invoice(d), *(w.invoice(w.debtor()) for _ in range(w.chance.randint(0, 3)))]
    plan = w.among([(whole(items), ()), ({}, ())])
    total = sum(one.cents for one in items)
    label = f"REMISE CHEQUES {len(items)}"
    w.line("cheque", total, words.digits(w.chance, 7), plan, "never", label=label)


def cheque_slip(w: Workshop, d: Debtor) -> None:
    """A slip of cheques whose details tell each payer and document."""
    items = [w.invoice(d), *(w.invoice(w.debtor()) for _ in range(w.chance.randint(1, 4)))]
    plan = (whole(items), ())
    total = sum(one.cents for one in items)
    draft = w.line("cheque_slip", total, "", plan, "cited", label=f"REMISE CHEQUES {len(items)}")
    draft.parts = tuple(_part(w, draft, one, _cited(w, one)) for one in items)
    draft.needs = ("parts",)


def mixed_slip(w: Workshop, d: Debtor) -> None:
    """A slip with details, of which one cheque could pay either of two equal items."""
    items = [w.invoice(d), w.invoice(w.debtor())]
    cents = money(w.chance)
    twins = [w.invoice(d, cents), w.invoice(d, cents)]
    paid = [*items, w.chance.choice(twins)]
    total = sum(one.cents for one in paid)
    plan = (whole(paid), ())
    draft = w.line("mixed_slip", total, "", plan, "never", label="REMISE CHEQUES 3")
    texts = [*(_cited(w, one) for one in items), ""]
    draft.parts = tuple(_part(w, draft, one, text) for one, text in zip(paid, texts, strict=True))


def _part(w: Workshop, draft: Draft, one: Item, text: str) -> Payment:
    name = words.bank_name(w.chance, one.debtor.name)
    return Payment(0, "CRDT", euros(one.cents), draft.day, text, (), name, "", "EUR")


TRAPS: Final[dict[str, Trap]] = {
    "reference": Trap(reference, "Un document cité, montant exact", 290),
    "structured": Trap(structured, "Référence structurée", 70),
    "direct_debit": Trap(direct_debit, "Prélèvement encaissé", 40),
    "amount": Trap(amount, "Payeur connu, sans référence", 120),
    "several": Trap(several, "Plusieurs documents cités", 105),
    "everything": Trap(everything, "Solde de tout le compte", 20),
    "permuted": Trap(permuted, "Référence aux chiffres permutés", 15),
    "truncated": Trap(truncated, "Référence tronquée", 25),
    "misread": Trap(misread, "Référence mal lue (O/0, I/1)", 15),
    "abbreviated": Trap(abbreviated, "Références abrégées", 10),
    "partly_cited": Trap(partly_cited, "Documents cités en partie", 10),
    "equal_amounts": Trap(equal_amounts, "Montants égaux, sans référence", 20),
    "equal_cited": Trap(equal_cited, "Montants égaux, référence citée", 15),
    "chance_sum": Trap(chance_sum, "Somme qui coïncide", 12),
    "chance_stranger": Trap(chance_stranger, "Payeur inconnu, montant d'une facture", 12),
    "same_day": Trap(same_day, "Deux paiements égaux le même jour", 8, 2),
    "same_day_cited": Trap(same_day_cited, "Deux paiements égaux le même jour, cités", 8, 2),
    "partial_credit": Trap(partial_credit, "Avoir déduit", 20),
    "unknown_credit": Trap(unknown_credit, "Avoir déduit que nous n'avons pas fait", 8),
    "fee": Trap(fee, "Il manque peut-être des frais", 10),
    "foreign": Trap(foreign, "Virement étranger, frais dits", 8),
    "discount": Trap(discount, "Escompte pris à temps", 8),
    "late_discount": Trap(late_discount, "Escompte pris trop tard", 6),
    "retention": Trap(retention, "Retenue de garantie dite", 6),
    "unsaid_retention": Trap(unsaid_retention, "Cinq pour cent de moins, sans un mot", 5),
    "rounding": Trap(rounding, "Quelques centimes d'écart", 10),
    "third_party": Trap(third_party, "Payé par un tiers inconnu", 15),
    "rival_payer": Trap(rival_payer, "Facture d'un autre, même montant dû", 8),
    "other_reference": Trap(other_reference, "Numéro d'un autre client", 8),
    "linked_payer": Trap(linked_payer, "Payeur appris", 12),
    "group": Trap(group, "Groupe, documents cités", 8, 2),
    "group_silent": Trap(group_silent, "Groupe, sans un mot", 6),
    "namesakes": Trap(namesakes, "Homonymes", 6),
    "namesakes_cited": Trap(namesakes_cited, "Homonymes, référence citée", 6),
    "two_customers": Trap(two_customers, "Un mandataire paie pour deux clients", 6),
    "settled": Trap(settled, "Référence d'un document soldé", 10),
    "old_reference": Trap(old_reference, "Ancienne référence recopiée", 10),
    "wrong_own_reference": Trap(wrong_own_reference, "Sa référence, le montant d'une autre", 8),
    "double_payment": Trap(double_payment, "Payé deux fois", 10, 2),
    "advance": Trap(advance, "Acompte sans facture", 8),
    "part_payment": Trap(part_payment, "Paiement partiel dit", 12),
    "amount_typo": Trap(amount_typo, "Montant mal saisi", 6),
    "overpayment": Trap(overpayment, "Trop-perçu", 6),
    "instalments": Trap(instalments, "Échéance citée", 12),
    "equal_instalments": Trap(equal_instalments, "Échéances égales", 6),
    "returned_debit": Trap(returned_debit, "Prélèvement rejeté", 8),
    "outgoing": Trap(outgoing, "Dépense", 20),
    "unrelated": Trap(unrelated, "Recette sans client", 15),
    "card_payout": Trap(card_payout, "Remise de cartes", 6),
    "lookalike": Trap(lookalike, "Chiffres qui ressemblent à un numéro", 12),
    "lookalike_cited": Trap(lookalike_cited, "Numéro parmi un téléphone et une date", 10),
    "cheque": Trap(cheque, "Remise de chèques sans détail", 6),
    "cheque_slip": Trap(cheque_slip, "Remise de chèques détaillée", 8),
    "permuted_equal": Trap(permuted_equal, "Montants égaux, chiffres permutés", 6),
    "truncated_equal": Trap(truncated_equal, "Montants égaux, référence tronquée", 6),
    "dated": Trap(dated, "Montants égaux, date de facture dite", 6),
    "remainder": Trap(remainder, "Solde d'un document payé en partie", 8),
    "whole_again": Trap(whole_again, "Payé en entier après un acompte", 5),
    "silent_credit": Trap(silent_credit, "Avoir déduit sans un mot", 8),
    "receipt_deducted": Trap(receipt_deducted, "Avance déduite sans un mot", 6),
    "near_namesakes": Trap(near_namesakes, "Noms qui commencent de même", 6),
    "shared_number": Trap(shared_number, "Même numéro chez deux clients", 4),
    "future_item": Trap(future_item, "Facture émise après le paiement", 6),
    "returned_transfer": Trap(returned_transfer, "Retour d'un virement émis", 6),
    "internal_transfer": Trap(internal_transfer, "Virement entre nos comptes", 6),
    "refund": Trap(refund, "Avoir remboursé", 5),
    "silent_subset": Trap(silent_subset, "Plusieurs documents, sans référence", 15),
    "long_list": Trap(long_list, "Liste coupée à 140 signes", 5),
    "on_account": Trap(on_account, "Somme ronde à valoir", 6),
    "name_conflict": Trap(name_conflict, "Le compte de l'un, le nom de l'autre", 5),
    "wrong_reference_sum": Trap(wrong_reference_sum, "Une citée, la somme de deux autres", 5),
    "cited_more": Trap(cited_more, "Deux citées, une payée", 5),
    "in_two": Trap(in_two, "Un document en deux virements", 10, 2),
    "broken_rf": Trap(broken_rf, "Référence RF fausse", 4),
    "restarted": Trap(restarted, "Numéro sans son année", 5),
    "mixed_slip": Trap(mixed_slip, "Remise dont un chèque hésite", 4),
}
