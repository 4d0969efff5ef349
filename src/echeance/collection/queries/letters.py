"""Reads of letters: what each says, how it looks, what stops it from being posted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db.models import F, Prefetch

from echeance.archive import queries as archive
from echeance.archive.models import StoredFile
from echeance.base import clock, policy
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.billing import queries as billing
from echeance.cash import queries as cash
from echeance.collection.errors import RegisteredConsentError
from echeance.collection.models import (
    AccountStatement,
    DunningLevel,
    LetterProof,
    LetterTemplate,
    Reminder,
    ReminderItem,
)
from echeance.collection.types import CollectionPolicy
from echeance.core.dunning import Channel, NoLegalRateError, Payment, Step, late_interest
from echeance.core.letters.model import LetterFacts, LetterInvoice, LetterSlice
from echeance.core.letters.setting import Letterhead, LetterSetter
from echeance.core.letters.word import WordModel, sample_letter
from echeance.core.money import ZERO, format_amount
from echeance.core.terms import CustomerKind
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT
from echeance.parties import queries as parties
from echeance.parties.types import PartySnapshot
from echeance.transmission import postal, registered
from echeance.transmission.errors import ChannelUnavailableError
from echeance.transmission.types import Status

if TYPE_CHECKING:
    from django.db.models import QuerySet

ON_PAPER: Final = (Channel.POST.value, Channel.REGISTERED.value)
TYPESET: Final = (*ON_PAPER, Channel.E_REGISTERED.value)
"""Channels whose reminder is a letter."""

COPIES_MAX: Final = 10
_TO_CONSUMERS: Final = {
    "fr": (
        (
            "À compter de la présente mise en demeure, les sommes dues portent intérêt au "
            "taux légal (article 1231-6 du code civil)."
        ),
        (
            "En cas de désaccord, vous pouvez recourir gratuitement au médiateur de la "
            "consommation dont nous relevons (article L616-1 du code de la consommation) : ses "
            "coordonnées vous sont données sur simple demande."
        ),
    ),
    "en": (
        (
            "From this formal notice on, the amounts due bear interest at the French legal rate "
            "(article 1231-6 of the Civil Code)."
        ),
        (
            "If you disagree, you may turn free of charge to our consumer mediator (article "
            "L616-1 of the Consumer Code): we give you the contact on request."
        ),
    ),
}
CONSENT: Final = "lre_consent"
"""Kind of the piece by which a consumer accepts electronic registered letters."""

DEADLINE_DAYS: Final = 8
_SENDINGS: Final = {
    ("registered", "fr"): "Lettre recommandée avec avis de réception",
    ("registered", "en"): "Registered letter with acknowledgement of receipt",
    ("e_registered", "fr"): "Lettre recommandée électronique",
    ("e_registered", "en"): "Electronic registered letter",
}
_SALUTATIONS: Final = {"fr": "Madame, Monsieur", "en": "Dear Sir or Madam"}
_PAY_TO: Final = {
    "fr": "Règlement par virement : IBAN {iban}{bic}",
    "en": "Payment by transfer: IBAN {iban}{bic}",
}


def letters_to_typeset(*, actor: Actor, reminder_ids: Collection[int]) -> list[Reminder]:
    """Reminders among these that go as letters and have no document yet, by id. One query."""
    actor.require(Right.READ)
    return list(
        Reminder.objects.filter(
            company=actor.company,
            pk__in=set(reminder_ids),
            channel__in=TYPESET,
            document=None,
            cancelled_at=None,
        )
        .select_related("run", "party")
        .order_by("pk")
    )


def letters(*, actor: Actor) -> QuerySet[Reminder]:
    """Reminders that are letters, with their course, the latest first. Two queries."""
    actor.require(Right.READ)
    return (
        Reminder.objects.filter(company=actor.company, channel__in=TYPESET)
        .select_related("party", "run", "letter__batch", "message", "document", "word_file")
        .prefetch_related(Prefetch("proofs", LetterProof.objects.order_by("on", "pk")))
        .order_by("-pk")
    )


def letter_for(*, actor: Actor, reminder_id: int) -> Reminder:
    """One letter of the company with its proofs and their files. Two queries.

    Raises:
        NotFoundError: Not a letter of this company.
    """
    row = letters(actor=actor).filter(pk=reminder_id).first()
    if row is None:
        raise NotFoundError(what=f"lettre R{reminder_id}")
    return row


def registered_to_follow(*, actor: Actor) -> list[Reminder]:
    """Electronic registered letters that left and whose end is not known. One query."""
    actor.require(Right.READ)
    ended = LetterProof.objects.filter(
        company=actor.company, kind__in=["received", "refused", "unclaimed", "returned"]
    )
    return list(
        Reminder.objects.filter(
            company=actor.company,
            channel=Channel.E_REGISTERED.value,
            message__status=Status.SENT,
        ).exclude(proofs__in=ended)
    )


def consented(*, actor: Actor, party_ids: Collection[int]) -> set[int]:
    """Which of these customers accepted electronic registered letters. One query."""
    subjects = {f"party:{pk}": pk for pk in party_ids}
    rows = archive.links_of(actor=actor, subjects=list(subjects)).filter(kind=CONSENT)
    return {subjects[row.subject] for row in rows}


def channel_problems(*, actor: Actor, reminders: Collection[Reminder]) -> dict[int, str]:
    """Why electronic registered letters cannot leave: no provider, no consent. One query."""
    ours = [row for row in reminders if row.channel == Channel.E_REGISTERED]
    if not ours:
        return {}
    if not registered.has_provider():
        error = ChannelUnavailableError(
            channel="recommandé électronique", setting="ECHEANCE_REGISTERED_PROVIDER"
        )
        return {row.pk: str(error) for row in ours}
    people = {row.party_id for row in ours if row.party.category == CustomerKind.CONSUMER.value}
    refused = people - consented(actor=actor, party_ids=people) if people else set()
    return {
        row.pk: str(RegisteredConsentError(party=row.party.name))
        for row in ours
        if row.party_id in refused
    }


def letter_problems(*, actor: Actor, reminder_ids: Collection[int]) -> dict[int, str]:
    """Why letters cannot leave now, in French, by reminder; those that can are absent.

    An electronic registered letter without a provider, or to a consumer who has not consented; a
    letter that was never set, one whose customer has no valid postal address, one set for an
    address that has changed since. Five queries a chunk of customers.
    """
    actor.require(Right.READ)
    rows = list(
        Reminder.objects.filter(
            company=actor.company, pk__in=set(reminder_ids), channel__in=TYPESET
        ).select_related("party", "document__words")
    )
    addresses = parties.postal_addresses(actor=actor, party_ids=[row.party_id for row in rows])
    found = channel_problems(actor=actor, reminders=rows)
    for row in rows:
        if row.pk in found:
            continue
        address = addresses.get(row.party_id, ())
        wrong = postal.problem(address) if row.channel in ON_PAPER else ""
        if wrong:
            found[row.pk] = f"Pas de lettre possible à {row.party.name} : {wrong}."
        elif row.document is None:
            found[row.pk] = "La lettre n'a pas été composée."
        elif row.channel in ON_PAPER and not _still_there(row, address):
            found[row.pk] = "L'adresse a changé depuis que la lettre a été composée."
    return found


def _still_there(row: Reminder, address: Collection[str]) -> bool:
    """Whether a letter was set for that address: its words are those kept for search."""
    from echeance.archive.rules import indexed_text

    assert row.document is not None, "asked of a letter that was set"
    words = getattr(row.document, "words", None)
    kept = set(words.text.split()) if words else set()
    return set(indexed_text(" ".join(postal.postal_lines(tuple(address)))).split()) <= kept


def letterhead(*, actor: Actor) -> Letterhead:
    """How letters of the company look: the colour and the logo of its documents. Two queries."""
    actor.require(Right.READ)
    style = billing.style_in_force(actor=actor)
    if style is None:
        return Letterhead()
    if style.logo is None:
        return Letterhead(color=style.color)
    content = archive.content(actor=actor, file_id=style.logo.pk)
    return Letterhead(color=style.color, logo=content, logo_name=style.logo.filename)


def sample_with(*, actor: Actor, model_id: int) -> tuple[bytes, str]:
    """A letter to nobody set with a model of the company, and the suffix of its name. Five queries.

    Raises:
        NotFoundError: Not a model of this company.
        LetterModelError, WordRenderingError, TemplateError: It cannot be set any more.
    """
    row = letter_model_for(actor=actor, model_id=model_id)
    content = archive.content(actor=actor, file_id=row.file_id)
    facts = sample_letter(row.language)
    if row.syntax == "word":
        with WordModel(content) as model:
            return model.fill(facts), "docx"
    head = replace(letterhead(actor=actor), template=content.decode())
    return LetterSetter(font_paths()).pdf(facts, head, at=clock.now()), "pdf"


def levels_of_company(*, actor: Actor) -> QuerySet[DunningLevel]:
    """Levels of the plans in use, by plan then rank. One query."""
    actor.require(Right.READ)
    return (
        DunningLevel.objects.filter(company=actor.company, plan__archived_at=None)
        .select_related("plan")
        .order_by("plan__name", "plan", "rank")
    )


def letter_models(*, actor: Actor) -> QuerySet[LetterTemplate]:
    """Models of letters with their level, those in force first, the latest first. One query."""
    actor.require(Right.READ)
    return (
        LetterTemplate.objects.filter(company=actor.company)
        .select_related("level__plan", "file")
        .order_by(F("ended_at").desc(nulls_first=True), "-pk")
    )


def letter_model_for(*, actor: Actor, model_id: int) -> LetterTemplate:
    """One model of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = letter_models(actor=actor).filter(pk=model_id).first()
    if row is None:
        raise NotFoundError(what=f"modèle de lettre n° {model_id}")
    return row


def letter_models_for(
    *, actor: Actor, reminders: Collection[Reminder]
) -> dict[int, LetterTemplate]:
    """The company's model each of these letters is set with; the house's where absent.

    The model of its level and language, else that of all levels in its language. Two queries.
    """
    in_force = {
        (row.level_id, row.language): row
        for row in letter_models(actor=actor).filter(ended_at=None)
    }
    if not in_force:
        return {}
    plans = {row.plan_id for row in reminders if row.plan_id}
    levels = {
        (plan, rank): pk
        for pk, plan, rank in DunningLevel.objects.filter(
            company=actor.company, plan__in=plans
        ).values_list("pk", "plan", "rank")
    }
    found = {}
    for row in reminders:
        level = levels.get((row.plan_id or 0, row.rank))
        model = in_force.get((level, row.language)) if level else None
        model = model or in_force.get((None, row.language))
        if model is not None:
            found[row.pk] = model
    return found


def font_paths() -> list[Path]:
    """Folders of the pinned fonts that are installed."""
    folder = Path(settings.NODE_MODULES) / "@expo-google-fonts" / "inter"
    return [folder] if folder.is_dir() else []


def _levels(actor: Actor, reminders: Collection[Reminder]) -> dict[tuple[int, int], DunningLevel]:
    plans = {row.plan_id for row in reminders if row.plan_id}
    rows = DunningLevel.objects.filter(company=actor.company, plan__in=plans)
    return {(one.plan_id, one.rank): one for one in rows}


def with_statement(*, actor: Actor, reminders: Collection[Reminder]) -> list[Reminder]:
    """Those of these letters that go with a statement of account. One query."""
    levels = _levels(actor, reminders)
    return [
        row
        for row in reminders
        if (level := levels.get((row.plan_id or 0, row.rank))) and level.attaches_statement
    ]


def enclosures(
    *, actor: Actor, reminders: Collection[Reminder]
) -> dict[int, tuple[StoredFile, ...]]:
    """What goes with each letter: copies of its invoices, ten at most, then the statement.

    The statement is that of the day of the letter, where one was made. Five queries.
    """
    levels = _levels(actor, reminders)
    numbers: dict[int, list[str]] = {}
    for reminder_id, number in (
        ReminderItem.objects.filter(reminder__in=[row.pk for row in reminders])
        .order_by("due_date", "pk")
        .values_list("reminder", "document_ref")
    ):
        numbers.setdefault(reminder_id, []).append(number)
    named = {number for found in numbers.values() for number in found}
    sealed = {
        number: invoice.file_id
        for number, invoice in billing.by_numbers(actor=actor, numbers=named).items()
        if invoice.file_id
    }
    stated = {
        (row.party_id, row.on): row.file_id
        for row in AccountStatement.objects.filter(
            company=actor.company, party__in={row.party_id for row in reminders}
        )
    }
    wanted: dict[int, list[int]] = {}
    for row in reminders:
        level = levels.get((row.plan_id or 0, row.rank))
        if level is None:
            continue
        copies = dict.fromkeys(numbers.get(row.pk, ())) if level.attaches_invoices else {}
        found = [sealed[number] for number in copies if number in sealed][:COPIES_MAX]
        if level.attaches_statement and (row.party_id, row.run.on) in stated:
            found.append(stated[row.party_id, row.run.on])
        wanted[row.pk] = found
    every = {pk for found in wanted.values() for pk in found}
    files = archive.files_for(actor=actor, file_ids=every)
    return {pk: tuple(files[one] for one in found) for pk, found in wanted.items() if found}


def envelopes(*, actor: Actor, reminders: Collection[Reminder], kind: str) -> dict[int, int]:
    """The file to print for each letter that has copies bound to it. One query."""
    actor.require(Right.READ)
    subjects = {f"reminder:{row.pk}": row.pk for row in reminders}
    rows = StoredFile.objects.filter(company=actor.company, subject__in=subjects, kind=kind)
    return {subjects[row.subject]: row.pk for row in rows.order_by("pk")}


def letter_facts(
    *,
    actor: Actor,
    reminders: Collection[Reminder],
    enclosures: Mapping[int, tuple[StoredFile, ...]] | None = None,
) -> dict[int, LetterFacts]:
    """What each of these reminders says as a letter, from what it froze when it was prepared.

    Twelve queries, whatever their number (those of parties are one a chunk of 500). Slices of
    interest are given where they sum up to the interest frozen; otherwise the text has them.
    """
    actor.require(Right.READ)
    party_ids = {row.party_id for row in reminders}
    snapshots = parties.snapshots(actor=actor, party_ids=party_ids)
    addresses = parties.postal_addresses(actor=actor, party_ids=party_ids)
    items: dict[int, list[ReminderItem]] = {row.pk: [] for row in reminders}
    for item in (
        ReminderItem.objects.filter(reminder__in=items)
        .select_related("open_item")
        .order_by("due_date", "pk")
    ):
        items[item.reminder_id].append(item)
    payments = _payments(actor, [one for found in items.values() for one in found])
    credits_of = _credits(actor, party_ids)
    functions = _functions(actor, reminders)
    iban, bic = bank_account(actor=actor)
    rates = policy.read(actor.company, CollectionPolicy)
    return {
        row.pk: _facts(
            row,
            snapshot=snapshots[row.party_id],
            address=addresses[row.party_id],
            items=items[row.pk],
            slices=_slices(row, snapshots[row.party_id], items[row.pk], payments, rates),
            credit=credits_of.get(snapshots[row.party_id].party_id, ZERO),
            signed_as=functions.get((row.plan_id, row.rank, row.signed_by), ""),
            account=(iban, bic),
            joined=[Path(one.filename).stem for one in (enclosures or {}).get(row.pk, ())],
        )
        for row in reminders
    }


def _facts(
    row: Reminder,
    *,
    snapshot: PartySnapshot,
    address: tuple[str, ...],
    items: Collection[ReminderItem],
    slices: tuple[LetterSlice, ...],
    credit: Decimal,
    signed_as: str,
    account: tuple[str, str],
    joined: Collection[str],
) -> LetterFacts:
    company = row.company
    language = row.language if row.language in _SALUTATIONS else "fr"
    day = row.run.on
    return LetterFacts(
        language=language,
        subject=row.subject_line or row.label,
        body=row.body,
        client=snapshot.name,
        address=postal.postal_lines(address),
        invoices=tuple(
            LetterInvoice(
                number=item.document_ref,
                document_date=item.open_item.document_date,
                due_date=item.due_date,
                days_late=(day - item.due_date).days,
                amount=item.open_item.amount,
                asked=item.amount,
                disputed=max(item.open_item.open_amount - item.amount, ZERO),
            )
            for item in items
        ),
        on=day,
        deadline=day + timedelta(days=DEADLINE_DAYS),
        company=company.name,
        company_lines=company_lines(company),
        slices=slices,
        interest=row.interest,
        indemnity=row.indemnity,
        credits=credit,
        salutation=_SALUTATIONS[language],
        payment=payment_line(account, language),
        iban=account[0],
        signed_by=row.signed_by,
        signed_as=signed_as,
        reference=f"R{row.pk}",
        file_code=snapshot.code,
        sending=_SENDINGS.get((row.channel, language), ""),
        place=company.city,
        legal_line=legal_line(company),
        enclosures=tuple(joined),
        mentions=_mentions(row, snapshot, language),
    )


def _mentions(row: Reminder, snapshot: PartySnapshot, language: str) -> tuple[str, ...]:
    """What a formal notice to a consumer says besides.

    Sources: C. civ. art. 1231-6 (legal interest from the notice, the 40 € and the interest of
    traders being for professionals), C. conso. art. L616-1 (mediator).
    """
    if row.step != Step.FORMAL_NOTICE or snapshot.category != CustomerKind.CONSUMER.value:
        return ()
    return _TO_CONSUMERS[language]


def payment_line(account: tuple[str, str], language: str) -> str:
    """How to pay, in one line; "" without an account."""
    iban, bic = account
    if not iban:
        return ""
    groups = " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
    return _PAY_TO[language].format(iban=groups, bic=f" (BIC {bic})" if bic else "")


def company_lines(company: Company) -> tuple[str, ...]:
    """Name, address and ways to answer of who writes."""
    town = f"{company.postcode} {company.city}".strip()
    reach = " · ".join(text for text in (company.phone, company.email) if text)
    lines = (company.name, company.address_line, company.address_extra, town, reach)
    return tuple(text for text in lines if text)


def legal_line(company: Company) -> str:
    """What letters of a firm carry at their foot (C. com. R123-237, R123-238)."""
    form = company.legal_form
    if company.share_capital:
        form = f"{form} au capital de {format_amount(company.share_capital)}".strip()
    parts = (
        company.name,
        form,
        f"SIREN {company.siren}",
        f"RCS {company.rcs_city}" if company.rcs_city else "",
        f"TVA {company.vat_id}" if company.vat_id else "",
    )
    return " · ".join(text for text in parts if text)


def bank_account(*, actor: Actor) -> tuple[str, str]:
    """IBAN and BIC customers pay to; empty without an account. One query."""
    account = next((one for one in cash.bank_accounts(actor=actor) if one.iban), None)
    return (account.iban, account.bic) if account else ("", "")


def _credits(actor: Actor, party_ids: Collection[int]) -> dict[int, Decimal]:
    """Money and credit notes not applied, by the customer that stays."""
    stays = parties.with_merged(actor=actor, party_ids=party_ids)
    found: dict[int, Decimal] = {}
    for item in ledger.open_items(actor=actor, party_ids=list(stays)):
        if item.side != DEBIT and item.party_id is not None:
            key = stays.get(item.party_id, item.party_id)
            found[key] = found.get(key, ZERO) + item.open_amount
    return found


def _functions(
    actor: Actor, reminders: Iterable[Reminder]
) -> dict[tuple[int | None, int, str], str]:
    """Function of who signs, by plan, rank and name."""
    plans = {row.plan_id for row in reminders if row.plan_id}
    levels = DunningLevel.objects.filter(company=actor.company, plan__in=plans)
    return {(one.plan_id, one.rank, one.signed_by): one.signed_as for one in levels}


def _payments(actor: Actor, items: Collection[ReminderItem]) -> dict[int, list[Payment]]:
    paid = [one.open_item_id for one in items if one.open_item.open_amount < one.open_item.amount]
    found: dict[int, list[Payment]] = {}
    if not paid:
        return found
    rows = ledger.allocations_of(actor=actor, item_ids=paid)
    undone = {one.reverses_id for one in rows}
    for one in rows:
        if one.reverses_id is None and one.allocation_id not in undone:
            found.setdefault(one.debit_item_id, []).append(Payment(one.credited_on, one.amount))
    return found


def _slices(
    row: Reminder,
    snapshot: PartySnapshot,
    items: Iterable[ReminderItem],
    payments: Mapping[int, list[Payment]],
    in_force: CollectionPolicy,
) -> tuple[LetterSlice, ...]:
    found: list[LetterSlice] = []
    day: date = row.run.on
    for item in items:
        if not item.interest:
            continue
        disputed = max(item.open_item.open_amount - item.amount, ZERO)
        try:
            interest = late_interest(
                item.open_item.amount - disputed,
                item.due_date,
                until=day,
                customer=CustomerKind(snapshot.category),
                payments=payments.get(item.open_item_id, ()),
                contract_rate=in_force.contract_rate,
                imputation=in_force.imputation,
            )
        except NoLegalRateError:
            return ()
        if interest.total != item.interest:
            return ()
        found += [
            LetterSlice(
                item.document_ref,
                part.start,
                part.days,
                part.base,
                part.rate_percent,
                part.amount,
            )
            for part in interest.slices
        ]
    return tuple(found)
