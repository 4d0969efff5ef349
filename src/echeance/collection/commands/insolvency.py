"""Collective proceedings: announcements read, cases recorded, debts cut at the judgment, claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.models import StoredFile
from echeance.archive.types import NewFile
from echeance.base import clock, journal, policy
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.collection import queries
from echeance.collection import rules_insolvency as rules
from echeance.collection.errors import (
    InsolvencyClosedError,
    InsolvencyDatesError,
    InsolvencyKnownError,
    NothingToClaimError,
    NoticeSettledError,
    NoticesUnreadableError,
    NoticeUnclearError,
    SplitWrongError,
)
from echeance.collection.events import (
    InsolvencyChanged,
    InsolvencyNoticeRead,
    InsolvencyNoticeSettled,
    InsolvencyRecorded,
)
from echeance.collection.models import InsolvencyCase, InsolvencyItem, InsolvencyNotice
from echeance.collection.registers.bodacc import BodaccClient, read_file
from echeance.collection.types import (
    INSOLVENCY_LABELS,
    CollectionPolicy,
    InsolvencyKind,
    WatchReport,
)
from echeance.core.dunning import Payment, late_interest, recovery_indemnity
from echeance.core.insolvency import (
    NOTICE_LABELS,
    ClaimedDebt,
    ClaimForm,
    Notice,
    NoticeKind,
    Split,
    claim_terms,
    is_away,
    write_claim_pdf,
    write_claim_word,
)
from echeance.core.money import ZERO
from echeance.core.terms import CustomerKind
from echeance.core.words import clean_line
from echeance.ledger import queries as ledger
from echeance.ledger.types import OpenItemFacts
from echeance.parties import queries as parties
from echeance.parties.registers.http import SilentError

NOTICE_KIND = "collection.insolvency"
CLAIM_KIND = "collection.claim"
_OVERLAP = timedelta(days=7)
_FIRST_LOOK = timedelta(days=60)


# -- announcements ----------------------------------------------------------------------------


def watch_insolvencies(
    *, actor: Actor, client: BodaccClient | None, since: date | None = None
) -> WatchReport:
    """Ask the BODACC about the customers that owe something, and open a question for each news.

    The register is asked outside of any transaction. Without a client nothing is asked; a
    register that does not answer raises nothing and what was read before is kept.

    Args:
        actor: Needs the right to handle disputes.
        client: The register; none when it is not configured.
        since: First day of publication; a week before the last known, two months at first.
    """
    actor.require(Right.HANDLE_DISPUTES)
    firms = queries.watched_firms(actor=actor)
    if client is None:
        return WatchReport(silent="aucune adresse n'est configurée (ECHEANCE_BODACC_URL)")
    if not firms:
        return WatchReport()
    last = queries.watched_until(actor=actor)
    first = since or (last - _OVERLAP if last else clock.today() - _FIRST_LOOK)
    found: list[Notice] = []
    silent = ""
    try:
        found.extend(client.notices(sorted(firms), since=first))
    except SilentError as error:
        silent = error.reason
    new = _keep_notices(actor, found, firms)
    return WatchReport(asked=len(firms), read=len(found), new=new, silent=silent)


def read_notices(*, actor: Actor, content: bytes, filename: str) -> WatchReport:
    """Read announcements from a file saved from the BODACC; those of other firms are passed over.

    Raises:
        NoticesUnreadableError: It holds no announcements.
    """
    actor.require(Right.HANDLE_DISPUTES)
    try:
        found = read_file(content)
    except ValueError as error:
        raise NoticesUnreadableError(filename=clean_line(filename)[:80], why=str(error)) from error
    firms = queries.watched_firms(actor=actor)
    new = _keep_notices(actor, found, firms)
    return WatchReport(asked=len(firms), read=len(found), new=new)


@transaction.atomic
def _keep_notices(actor: Actor, found: Iterable[Notice], firms: dict[str, list[int]]) -> int:
    """Rows of the announcements that are not known, and their questions; how many."""
    wanted = {
        (party_id, notice.reference): (siren, notice)
        for notice in found
        for siren in notice.sirens
        for party_id in firms.get(siren, ())
    }
    known = set(
        InsolvencyNotice.objects.filter(
            company=actor.company, reference__in={reference for _, reference in wanted}
        ).values_list("party_id", "reference")
    )
    rows = InsolvencyNotice.objects.bulk_create(
        InsolvencyNotice(
            company=actor.company,
            party_id=party_id,
            reference=reference,
            siren=siren,
            published_on=notice.published_on,
            kind=notice.nature[:120] or NOTICE_LABELS[notice.kind],
            facts=_told(notice),
            seen_at=clock.now(),
        )
        for (party_id, reference), (siren, notice) in wanted.items()
        if (party_id, reference) not in known
    )
    journal.record_many(
        [InsolvencyNoticeRead(row.pk, row.party_id, row.reference, row.kind) for row in rows],
        actor=actor,
    )
    names = parties.snapshots(actor=actor, party_ids={row.party_id for row in rows})
    owed = ledger.party_balances(actor=actor, party_ids={row.party_id for row in rows})
    base.open_work_items(
        actor=actor,
        items=[_question(row, names[row.party_id].name, owed[row.party_id]) for row in rows],
    )
    return len(rows)


def _told(notice: Notice) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(notice).items()
    }


def _question(row: InsolvencyNotice, name: str, owed: Decimal) -> WorkItemFacts:
    return WorkItemFacts(
        key=_notice_key(row.pk),
        kind=NOTICE_KIND,
        subject=f"insolvency_notice:{row.pk}",
        title=(
            f"{name} : {row.kind}, parue au BODACC le {row.published_on:%d/%m/%Y}. "
            "Est-ce bien notre client ?"
        ),
        evidence={"notice_id": row.pk, "party_id": row.party_id, **row.facts},
        answers=(
            Answer("record", "Oui : noter la procédure"),
            Answer("not_ours", "Non : ce n'est pas notre client"),
        ),
        amount=max(owed, ZERO),
        due_date=row.published_on + timedelta(days=15),
    )


def _notice_key(notice_id: int) -> str:
    return f"{NOTICE_KIND}:{notice_id}"


@transaction.atomic
def record_from_notice(*, actor: Actor, notice_id: int) -> InsolvencyCase:
    """Record or complete the case that an announcement tells of, as it tells it.

    An opening or a conversion opens the case of a customer that has none; a conversion changes
    its kind, a closing closes it; anything else is kept with it.

    Raises:
        NotFoundError: Not one of this company.
        NoticeSettledError: It was answered before.
        NoticeUnclearError: It lacks what a case needs; it is recorded by hand.
    """
    actor.require(Right.HANDLE_DISPUTES)
    row = _unsettled(actor, notice_id)
    kind = NoticeKind(row.facts.get("kind", NoticeKind.OTHER))
    told = str(row.facts.get("proceedings", ""))
    judged = str(row.facts.get("judgment_on") or "")
    judgment_on = date.fromisoformat(judged) if judged else None
    case = queries.insolvency_cases(actor=actor, party_id=row.party_id, open_only=True).first()
    if case is None:
        if kind is NoticeKind.CLOSING or not told or judgment_on is None:
            missing = "de quelle procédure il s'agit" if not told else "le jour du jugement"
            raise NoticeUnclearError(reference=row.reference, missing=missing)
        case = record_insolvency(
            actor=actor,
            party_id=row.party_id,
            kind=InsolvencyKind(told),
            judgment_on=judgment_on,
            published_on=row.published_on,
            court=str(row.facts.get("court", "")),
            representative=str(row.facts.get("details", ""))[:200],
            notice_id=row.pk,
        )
    elif kind is NoticeKind.CLOSING:
        close_insolvency(
            actor=actor, case_id=case.pk, closed_on=judgment_on or row.published_on, reason=row.kind
        )
    elif kind is NoticeKind.CONVERSION and told:
        change_insolvency(actor=actor, case_id=case.pk, kind=InsolvencyKind(told))
    _settle(actor, row, "record")
    case.refresh_from_db()
    return case


@transaction.atomic
def dismiss_notice(*, actor: Actor, notice_id: int) -> None:
    """Set aside an announcement that is not of our customer.

    Raises:
        NotFoundError: Not one of this company.
        NoticeSettledError: It was answered before.
    """
    actor.require(Right.HANDLE_DISPUTES)
    _settle(actor, _unsettled(actor, notice_id), "not_ours")


def _unsettled(actor: Actor, notice_id: int) -> InsolvencyNotice:
    row = (
        InsolvencyNotice.objects.select_for_update()
        .filter(company=actor.company, pk=notice_id)
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"annonce n° {notice_id}")
    if row.settled_at:
        raise NoticeSettledError(reference=row.reference, by=row.settled_by)
    return row


def _settle(actor: Actor, row: InsolvencyNotice, answer: str) -> None:
    row.settled_at, row.settled_by = clock.now(), actor.name
    row.save(update_fields=["settled_at", "settled_by"])
    base.close_work_items(actor=actor, keys=[_notice_key(row.pk)], answer=answer)
    journal.record(InsolvencyNoticeSettled(row.pk, row.party_id, answer), actor=actor)


# -- cases ------------------------------------------------------------------------------------


@transaction.atomic
def record_insolvency(
    *,
    actor: Actor,
    party_id: int,
    kind: InsolvencyKind,
    judgment_on: date,
    published_on: date | None = None,
    court: str = "",
    representative: str = "",
    representative_address: str = "",
    notice_id: int | None = None,
) -> InsolvencyCase:
    """Record the proceedings of a customer: terms, debts cut at the judgment, claim to declare.

    The term of the claim runs from the publication; without it there is none yet. What was owed
    before the judgment is no longer asked for; what is supplied from it on is, at its due date.

    Args:
        actor: Needs the right to handle disputes.
        party_id: The customer.
        kind: Which proceedings.
        judgment_on: Day of the opening judgment.
        published_on: Day it was published in the BODACC.
        court: Which court.
        representative: To whom the claim is declared.
        representative_address: Its address, lines.
        notice_id: The announcement it was read in.

    Raises:
        NotFoundError: No such customer.
        InsolvencyKnownError: It is under open proceedings already.
        InsolvencyDatesError: The judgment is to come, or was published before it was given.
    """
    actor.require(Right.HANDLE_DISPUTES)
    party = parties.party_for(actor=actor, party_id=party_id)
    known = queries.insolvency_cases(actor=actor, party_id=party.pk, open_only=True).first()
    if known:
        raise InsolvencyKnownError(party_name=party.name, judgment_on=known.judgment_on)
    _check_dates(judgment_on, published_on)
    case = InsolvencyCase.objects.create(
        company=actor.company,
        party=party,
        kind=kind.value,
        judgment_on=judgment_on,
        published_on=published_on,
        notice_id=notice_id,
        court=clean_line(court)[:200],
        representative=clean_line(representative)[:200],
        representative_address=representative_address.strip()[:1000],
        claim_due_on=_claim_due_on(actor, published_on),
        opened_at=clock.now(),
        opened_by=actor.name,
    )
    _write_items(actor, case)
    journal.record(
        InsolvencyRecorded(case.pk, party.pk, case.kind, judgment_on, case.claim_due_on),
        actor=actor,
    )
    _ask_for_claim(actor, case)
    return case


def _check_dates(judgment_on: date, published_on: date | None) -> None:
    if judgment_on > clock.today():
        raise InsolvencyDatesError("le jugement est à venir.")
    if published_on and published_on < judgment_on:
        raise InsolvencyDatesError("la parution précède le jugement.")


def _claim_due_on(actor: Actor, published_on: date | None) -> date | None:
    if published_on is None:
        return None
    away = is_away(actor.company.country, actor.company.postcode)
    return claim_terms(published_on, away=away).claim_due_on


def _write_items(actor: Actor, case: InsolvencyCase) -> None:
    """Rows of what is owed; those a person corrected and those known already are left as is."""
    known = set(case.items.values_list("open_item_id", flat=True))
    owed = [
        (item, split)
        for item, split in queries.owed_at_judgment(actor=actor, case=case)
        if item.item_id not in known
    ]
    costs = _costs(actor, case, [(item, split) for item, split in owed if split.before])
    InsolvencyItem.objects.bulk_create(
        InsolvencyItem(
            company=actor.company,
            case=case,
            open_item_id=item.item_id,
            document_ref=item.document_ref,
            document_date=item.document_date,
            due_date=item.due_date,
            before=split.before,
            after=split.after,
            why=split.why[:200],
            interest=costs.get(item.item_id, (ZERO, ZERO))[0],
            indemnity=costs.get(item.item_id, (ZERO, ZERO))[1],
        )
        for item, split in owed
    )


def _costs(
    actor: Actor, case: InsolvencyCase, owed: list[tuple[OpenItemFacts, Split]]
) -> dict[int, tuple[Decimal, Decimal]]:
    """Interest up to the judgment and the 40 €, by item; what a note claimed is its own debt."""
    ids = [item.item_id for item, _ in owed]
    settled = queries.settlements_of(actor=actor, item_ids=ids)
    noted = queries.noted_penalties(actor=actor, item_ids=ids)
    plain = queries.penalty_items(actor=actor)
    limits = policy.read(actor.company, CollectionPolicy)
    customer = CustomerKind(case.party.category)
    rates = queries.rates_in_force()
    found: dict[int, tuple[Decimal, Decimal]] = {}
    charged: set[str] = set()
    for item, split in owed:
        if item.item_id in plain or item.due_date >= case.judgment_on:
            continue
        rows = settled.get(item.item_id)
        undone = {row.reverses_id for row in rows.rows} if rows else set()
        payments = [
            Payment(row.credited_on, row.amount)
            for row in (rows.rows if rows else ())
            if row.reverses_id is None and row.allocation_id not in undone
        ]
        done = noted.get(item.item_id)
        interest = late_interest(
            item.amount,
            item.due_date,
            until=case.judgment_on,
            customer=customer,
            payments=payments,
            contract_rate=limits.contract_rate,
            insolvency_date=case.judgment_on,
            imputation=limits.imputation,
            rates=rates,
        ).total
        claimed = done.interest if done else ZERO
        indemnity = ZERO
        if item.document_ref not in charged and not (done and done.indemnity):
            indemnity = recovery_indemnity(customer, [item.due_date], case.judgment_on)
        charged.add(item.document_ref)
        found[item.item_id] = (max(rules.share(interest, split) - claimed, ZERO), indemnity)
    return found


@transaction.atomic
def refresh_insolvency_items(*, actor: Actor, case_id: int) -> InsolvencyCase:
    """Cut again what is owed: invoices booked since, amounts paid or credited since.

    Cuts that a person corrected are kept.

    Raises:
        NotFoundError: Not one of this company.
        InsolvencyClosedError: It is closed.
    """
    actor.require(Right.HANDLE_DISPUTES)
    case = _locked(actor, case_id)
    case.items.filter(changed_by="").delete()
    _write_items(actor, case)
    return case


@transaction.atomic
def change_insolvency_item(
    *, actor: Actor, item_id: int, before: Decimal, secured: str = ""
) -> InsolvencyItem:
    """Correct what of a debt was born before the judgment, and note what secures it.

    Args:
        actor: Needs the right to handle disputes.
        item_id: Row of the case.
        before: Part declared, VAT included; the rest is after.
        secured: Privilege, guarantee or reservation of title.

    Raises:
        NotFoundError: Not one of this company.
        InsolvencyClosedError: Its case is closed.
        SplitWrongError: Not a part of the debt.
    """
    actor.require(Right.HANDLE_DISPUTES)
    row = (
        InsolvencyItem.objects.select_for_update().filter(company=actor.company, pk=item_id).first()
    )
    if row is None:
        raise NotFoundError(what=f"créance n° {item_id}")
    case = _locked(actor, row.case_id)
    whole = row.before + row.after
    if not ZERO <= before <= whole or before != before.quantize(Decimal("0.01")):
        raise SplitWrongError(row.document_ref, before, whole)
    changes = {row.document_ref: (str(row.before), str(before))}
    row.before, row.after = before, whole - before
    row.secured = clean_line(secured)[:200]
    row.changed_by = actor.name
    row.save(update_fields=["before", "after", "secured", "changed_by"])
    journal.record(InsolvencyChanged(case.pk, case.party_id, changes), actor=actor)
    return row


@transaction.atomic
def change_insolvency(
    *,
    actor: Actor,
    case_id: int,
    kind: InsolvencyKind | None = None,
    published_on: date | None = None,
    court: str | None = None,
    representative: str | None = None,
    representative_address: str | None = None,
    admitted_amount: Decimal | None = None,
) -> InsolvencyCase:
    """Complete a case: what is absent is left; a new publication moves the term of the claim.

    Raises:
        NotFoundError: Not one of this company.
        InsolvencyClosedError: It is closed.
        InsolvencyDatesError: Published before it was judged.
    """
    actor.require(Right.HANDLE_DISPUTES)
    case = _locked(actor, case_id)
    wanted: dict[str, object] = {
        name: value
        for name, value in (
            ("kind", kind.value if kind else None),
            ("published_on", published_on),
            ("court", None if court is None else clean_line(court)[:200]),
            (
                "representative",
                None if representative is None else clean_line(representative)[:200],
            ),
            (
                "representative_address",
                None if representative_address is None else representative_address.strip()[:1000],
            ),
            ("admitted_amount", admitted_amount),
        )
        if value is not None
    }
    if published_on:
        _check_dates(case.judgment_on, published_on)
        wanted["claim_due_on"] = _claim_due_on(actor, published_on)
    changes = {
        name: (str(getattr(case, name) or ""), str(value))
        for name, value in wanted.items()
        if getattr(case, name) != value
    }
    if not changes:
        return case
    for name in changes:
        setattr(case, name, wanted[name])
    case.save(update_fields=list(changes))
    journal.record(InsolvencyChanged(case.pk, case.party_id, changes), actor=actor)
    if "claim_due_on" in changes:
        base.close_work_items(actor=actor, keys=[_claim_key(case.pk)], answer="moved")
        _ask_for_claim(actor, case)
    return case


@transaction.atomic
def close_insolvency(*, actor: Actor, case_id: int, closed_on: date, reason: str) -> InsolvencyCase:
    """Close a case; what it froze may be asked for again where the law allows it.

    Raises:
        NotFoundError: Not one of this company.
        InsolvencyClosedError: It is closed already.
        InsolvencyDatesError: Closed before it was opened.
    """
    actor.require(Right.HANDLE_DISPUTES)
    case = _locked(actor, case_id)
    if closed_on < case.judgment_on:
        raise InsolvencyDatesError("la clôture précède le jugement d'ouverture.")
    case.closed_on, case.closing_reason = closed_on, clean_line(reason)[:200]
    case.save(update_fields=["closed_on", "closing_reason"])
    base.close_work_items(actor=actor, keys=[_claim_key(case.pk)], answer="closed")
    journal.record(
        InsolvencyChanged(case.pk, case.party_id, {"closed_on": ("", closed_on.isoformat())}),
        actor=actor,
    )
    return case


def _locked(actor: Actor, case_id: int) -> InsolvencyCase:
    case = (
        InsolvencyCase.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk=case_id)
        .select_related("party")
        .first()
    )
    if case is None:
        raise NotFoundError(what=f"procédure collective n° {case_id}")
    if case.closed_on:
        raise InsolvencyClosedError(closed_on=case.closed_on)
    return case


def _ask_for_claim(actor: Actor, case: InsolvencyCase) -> None:
    """The question of the claim, due at its term; none when nothing is owed from before."""
    total = sum((row.before for row in case.items.all()), ZERO)
    if not total or case.claimed_on:
        return
    term = (
        f"avant le {case.claim_due_on:%d/%m/%Y}"
        if case.claim_due_on
        else "dès sa parution au BODACC"
    )
    base.open_work_items(
        actor=actor,
        items=[
            WorkItemFacts(
                key=_claim_key(case.pk),
                kind=CLAIM_KIND,
                subject=f"insolvency_case:{case.pk}",
                title=(
                    f"{case.party.name} est en {INSOLVENCY_LABELS[InsolvencyKind(case.kind)]} : "
                    f"déclarez la créance {term}."
                ),
                evidence={"case_id": case.pk, "party_id": case.party_id},
                answers=(
                    Answer("prepare_claim", "Préparer la déclaration"),
                    Answer("no_claim", "Ne rien déclarer"),
                ),
                amount=total,
                due_date=case.claim_due_on,
            )
        ],
    )


def _claim_key(case_id: int) -> str:
    return f"{CLAIM_KIND}:{case_id}"


# -- the claim --------------------------------------------------------------------------------


@transaction.atomic
def make_claim(*, actor: Actor, case_id: int) -> InsolvencyCase:
    """Make the claim of a case from its debts, as a PDF and as a Word document to complete.

    Made again, it replaces the one that was not declared; the earlier files stay in the archive.

    Raises:
        NotFoundError: Not one of this company.
        InsolvencyClosedError: It is closed.
        NothingToClaimError: Nothing is owed from before the judgment.
    """
    actor.require(Right.HANDLE_DISPUTES)
    case = _locked(actor, case_id)
    rows = [row for row in queries.insolvency_items(actor=actor, case_id=case.pk) if row.before]
    if not rows:
        raise NothingToClaimError(party_name=case.party.name)
    form = _form(actor, case, rows)
    case.claim_file = _keep(actor, case, write_claim_pdf(form), "pdf", "application/pdf")
    case.claim_word = _keep(
        actor,
        case,
        write_claim_word(form),
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    )
    case.claimed_amount = form.total
    case.save(update_fields=["claim_file", "claim_word", "claimed_amount"])
    journal.record(
        InsolvencyChanged(case.pk, case.party_id, {"claimed_amount": ("", str(form.total))}),
        actor=actor,
    )
    return case


def _keep(
    actor: Actor, case: InsolvencyCase, content: bytes, suffix: str, media_type: str
) -> StoredFile:
    return archive.store_file(
        actor=replace(actor, rights=actor.rights | {Right.STORE_FILES}),
        file=NewFile(
            content=content,
            filename=f"declaration-de-creance-{case.pk}.{suffix}",
            media_type=media_type,
            kind="claim",
            subject=f"insolvency_case:{case.pk}",
            keep_until=ledger.keep_until(actor=actor, day=clock.today()),
        ),
    )


def _form(actor: Actor, case: InsolvencyCase, rows: list[InsolvencyItem]) -> ClaimForm:
    company, party = actor.company, case.party
    debtor = parties.snapshots(actor=actor, party_ids=[party.pk])[party.pk]
    return ClaimForm(
        creditor=_lines(company.name, company.legal_form, f"SIREN {company.siren}",
                        company.address_line, f"{company.postcode} {company.city}"),
        debtor=_lines(debtor.name, f"SIREN {debtor.siren}" if debtor.siren else "",
                      debtor.address_line, f"{debtor.postcode} {debtor.city}"),
        proceedings=INSOLVENCY_LABELS[InsolvencyKind(case.kind)],
        judgment_on=case.judgment_on,
        published_on=case.published_on,
        court=case.court,
        representative=_lines(case.representative, *case.representative_address.splitlines()),
        due_on=case.claim_due_on,
        debts=tuple(
            ClaimedDebt(
                number=row.document_ref,
                on=row.document_date,
                due_date=row.due_date,
                principal=row.before,
                after=row.after,
                interest=row.interest,
                indemnity=row.indemnity,
                secured=row.secured,
            )
            for row in rows
        ),
        made_on=clock.today(),
        made_at=clock.now(),
        place=company.city,
    )  # fmt: skip


def _lines(*parts: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in parts if part.strip())


@transaction.atomic
def declare_claim(
    *, actor: Actor, case_id: int, on: date, proof: bytes = b"", filename: str = ""
) -> InsolvencyCase:
    """Record that the claim was sent, with its proof.

    Args:
        actor: Needs the right to handle disputes.
        case_id: The case; its claim was made.
        on: Day it was sent.
        proof: Receipt of the sending, if any.
        filename: Its name.

    Raises:
        NotFoundError: Not one of this company.
        InsolvencyClosedError: It is closed.
        NothingToClaimError: No claim was made.
        InsolvencyDatesError: Sent before the judgment, or in the future.
    """
    actor.require(Right.HANDLE_DISPUTES)
    case = _locked(actor, case_id)
    if case.claimed_amount is None:
        raise NothingToClaimError(party_name=case.party.name)
    if not case.judgment_on <= on <= clock.today():
        raise InsolvencyDatesError("l'envoi précède le jugement, ou est à venir.")
    case.claimed_on = on
    if proof:
        case.claim_proof = archive.store_file(
            actor=replace(actor, rights=actor.rights | {Right.STORE_FILES}),
            file=NewFile(
                content=proof,
                filename=clean_line(filename)[:120] or "preuve-d-envoi",
                media_type="application/octet-stream",
                kind="claim_proof",
                subject=f"insolvency_case:{case.pk}",
                keep_until=ledger.keep_until(actor=actor, day=on),
            ),
        )
    case.save(update_fields=["claimed_on", "claim_proof"])
    base.close_work_items(actor=actor, keys=[_claim_key(case.pk)], answer="declared")
    journal.record(
        InsolvencyChanged(case.pk, case.party_id, {"claimed_on": ("", on.isoformat())}),
        actor=actor,
    )
    return case
