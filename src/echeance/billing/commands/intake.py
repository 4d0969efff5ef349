"""Order files: everything in them is kept, as an order or as a rejected line."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Sum

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, journal, policy
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.bulk import insert_rows
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.billing import queries
from echeance.billing.commands import holds
from echeance.billing.commands.setup import kept_until, with_archive
from echeance.billing.errors import OrderFileKnownError, OrderHeldError, OrderNotBillableError
from echeance.billing.events import MappingSaved, OrderAccepted, OrderSetAside, OrdersImported
from echeance.billing.models import ImportMapping, Order, OrderImport, OrderLine, RejectedLine
from echeance.billing.rules import cancellations as cancelling
from echeance.billing.rules import intake as rules
from echeance.billing.rules.taxes import trimmed
from echeance.billing.types import (
    BillingPolicy,
    DraftLine,
    OrderImportReport,
    OrderMapping,
    RejectedLineFacts,
)
from echeance.core.money import ZERO, round_amount
from echeance.core.tabular import Row, read_table
from echeance.parties import queries as parties

_BATCH = 500
_TOLD = ("row", "document", "code", "column", "value", "reason", "raw")
_REJECTED_FIELDS = ("company_id", "order_import_id", *_TOLD)
_LINE_FIELDS = (
    "company_id", "order_id", "position", "row", "item_code", "name", "description", "nature",
    "quantity", "unit_code", "unit_price", "discount_percent", "vat_rate", "exemption",
    "exemption_article", "revenue_account", "cancels_id",
)  # fmt: skip
_LISTED = 20


@transaction.atomic
def save_mapping(*, actor: Actor, mapping: OrderMapping) -> ImportMapping:
    """Keep how the files of a source are read; it replaces the mapping of the same name.

    Raises:
        MappingInvalidError: It could read no order.
    """
    actor.require(Right.IMPORT_ORDERS)
    rules.check_mapping(mapping)
    facts = asdict(mapping)
    row, _ = ImportMapping.objects.update_or_create(
        company=actor.company,
        source=mapping.source,
        defaults={
            "columns": mapping.columns,
            "formats": {
                name: facts[name]
                for name in (
                    "constants",
                    "ignored",
                    "date_formats",
                    "decimal_mark",
                    "cancellation_prefix",
                )
            },
            "saved_at": clock.now(),
            "saved_by": actor.name,
        },
    )
    journal.record(MappingSaved(mapping.source, facts), actor=actor)
    return row


def import_orders(
    *,
    actor: Actor,
    content: bytes,
    filename: str,
    source: str = "standard",
    dry_run: bool = False,
) -> OrderImportReport:
    """Read a CSV file or a workbook of orders; each line ends in an order or is rejected.

    A document with a rejected line waits whole for a person, unless the policy keeps what is
    good of it: half an order billed by itself surprises the customer and hides the other half.
    A cancellation is tied to the one order that explains all its lines, else it waits too.

    Args:
        actor: Who imports.
        content: The file.
        filename: Its name.
        source: Name of a saved mapping; without one, the titles must be those of the house.
        dry_run: Only say what would happen.

    Raises:
        OrderFileKnownError: The same bytes were imported before.
        UnknownSourceError, ColumnMissingError, UnknownColumnError: The titles do not fit.
        EmptyTableError, UnknownTableFormatError, …: See :func:`echeance.core.tabular.read_table`.
    """
    actor.require(Right.IMPORT_ORDERS)
    _refuse_known_file(actor, content, filename)
    table = read_table(content, filename)
    mapping = queries.mapping_for(actor=actor, source=source)
    if mapping is None:
        mapping = rules.house_mapping(source, table.headers, filename)
    else:
        rules.check_columns(mapping, table.headers, filename)
    rows = list(table.rows)
    cells = rules.Cells(mapping)
    documents, rejected = rules.read_orders(
        rows, mapping, _known(actor, rows, mapping, cells), cells
    )
    if dry_run:
        return _report(None, rows, _judged(actor, documents), rejected)
    file = archive.store_file(
        actor=with_archive(actor),
        file=NewFile(
            content=content,
            filename=filename,
            media_type="application/octet-stream",
            kind="order_import",
            subject=f"source:{source}",
            keep_until=kept_until(actor, clock.today()),
        ),
    )
    with transaction.atomic():
        order_import = OrderImport.objects.create(
            company=actor.company,
            source=source,
            file=file,
            filename=filename[:200],
            imported_at=clock.now(),
            imported_by=actor.name,
            rows=len(rows),
            orders=0,
            cancellations=0,
            waiting=0,
            rejected=len(rejected),
        )
        return _keep(actor, order_import, rows, documents, rejected)


def _refuse_known_file(actor: Actor, content: bytes, filename: str) -> None:
    known = OrderImport.objects.filter(
        company=actor.company, file__sha256=hashlib.sha256(content).hexdigest()
    ).first()
    if known:
        raise OrderFileKnownError(filename, known.pk, known.imported_at)


def _known(
    actor: Actor, rows: Sequence[Row], mapping: OrderMapping, cells: rules.Cells
) -> rules.Known:
    def texts(name: str) -> set[str]:
        return {cells.text(row, name) for row in rows}

    customers = parties.by_codes(actor=actor, codes=texts("customer"))
    items = queries.items_by_code(actor=actor, codes=texts("item") - {""})
    numbers = sorted(texts("document"))
    known: set[str] = set()
    for start in range(0, len(numbers), _BATCH):
        known.update(
            Order.objects.filter(
                company=actor.company,
                source=mapping.source,
                number__in=numbers[start : start + _BATCH],
            ).values_list("number", flat=True)
        )
    return rules.Known(
        {code: party.pk for code, party in customers.items()}, items, frozenset(known)
    )


@dataclass(slots=True)
class _Judged:
    """A document, why it waits if it does, and what it cancels if that is known."""

    document: rules.ReadDocument
    waiting_reason: str
    original: cancelling.Original | None = None
    held: bool = False

    @property
    def cancels(self) -> bool:
        return self.document.is_cancellation


def _judged(actor: Actor, documents: Sequence[rules.ReadDocument]) -> list[_Judged]:
    """Each document with its reason to wait; cancellations with their original."""
    keep = policy.read(actor.company, BillingPolicy).partial_orders == "keep"
    judged = []
    for document in documents:
        reason = ""
        if document.rejected and not keep:
            total = document.rejected + len(document.lines)
            reason = f"{document.rejected} ligne(s) rejetée(s) sur {total}"
        judged.append(_Judged(document, reason))
    originals = cancelling.Originals(
        [
            *_stored_lines(actor, {one.document.party_id for one in judged if one.cancels}),
            *_file_lines(documents),
        ]
    )
    for place, one in enumerate(judged):
        if not one.cancels or one.waiting_reason:
            continue
        found = originals.find(
            one.document.party_id,
            (one.document.order_date, place),
            [
                cancelling.CancelledLine(line.item_code, line.unit_price, line.quantity)
                for line in one.document.lines
            ],
        )
        if isinstance(found, str):
            one.waiting_reason = f"Annulation sans commande d'origine certaine : {found}"
        else:
            one.original = found
    _hold(actor, judged)
    return judged


def _hold(actor: Actor, judged: Sequence[_Judged]) -> None:
    """Keep back the orders that go beyond what their customer may owe."""
    ready = [one for one in judged if not one.cancels and not one.waiting_reason]
    gross = {
        place: (
            one.document.party_id,
            [
                DraftLine(
                    name=line.name,
                    quantity=line.quantity,
                    unit_price=line.unit_price,
                    vat_rate=line.vat_rate,
                    exemption=line.exemption,
                    nature=line.nature,
                )
                for line in one.document.lines
            ],
        )
        for place, one in enumerate(ready)
    }
    for place, reason in holds.reasons(actor, gross, clock.today()).items():
        ready[place].waiting_reason, ready[place].held = reason, True


def _file_lines(documents: Sequence[rules.ReadDocument]) -> Iterator[cancelling.OriginalLine]:
    """Orders of the file itself, named by the opposite of their place and of their row."""
    for place, document in enumerate(documents):
        if document.is_cancellation:
            continue
        for line in document.lines:
            yield cancelling.OriginalLine(
                -line.row,
                -place - 1,
                document.party_id,
                line.item_code,
                line.unit_price,
                line.quantity,
                (document.order_date, place),
            )


def _stored_lines(actor: Actor, party_ids: Collection[int]) -> Iterator[cancelling.OriginalLine]:
    """Orders of earlier files, less what was cancelled of them."""
    wanted = sorted(party_ids)
    # An order of a customer that was merged since is cancelled under the code of either.
    merged = parties.merged_parties(actor=actor)
    for start in range(0, len(wanted), _BATCH):
        chunk = wanted[start : start + _BATCH]
        rows = (
            OrderLine.objects.filter(
                company=actor.company,
                order__party__in=parties.family(actor=actor, party_ids=chunk),
                order__kind=Order.OrderKind.ORDER,
                order__set_aside_at=None,
            )
            .annotate(cancelled=Sum("cancelled_by__quantity"))
            .select_related("order")
            .order_by("order", "position")
        )
        for row in rows:
            yield cancelling.OriginalLine(
                row.pk,
                row.order_id,
                merged.get(row.order.party_id, row.order.party_id),
                row.item_code,
                trimmed(row.unit_price),
                row.quantity - (row.cancelled or ZERO),
                (row.order.order_date, -1),
            )


def _keep(
    actor: Actor,
    order_import: OrderImport,
    rows: Sequence[Row],
    documents: Sequence[rules.ReadDocument],
    rejected: Sequence[RejectedLineFacts],
) -> OrderImportReport:
    judged = _judged(actor, documents)
    stored = _Stored()
    _create(
        actor, order_import, [(n, one) for n, one in enumerate(judged) if not one.cancels], stored
    )
    stored.keep_lines(judged)
    # Cancellations after: they name orders of the same file by the rows just made.
    _create(actor, order_import, [(n, one) for n, one in enumerate(judged) if one.cancels], stored)
    insert_rows(
        RejectedLine,
        _REJECTED_FIELDS,
        (
            (actor.company.pk, order_import.pk, *(getattr(line, name) for name in _TOLD))
            for line in rejected
        ),
    )
    report = _report(order_import.pk, rows, judged, rejected)
    order_import.orders = report.orders
    order_import.cancellations = report.cancellations
    order_import.waiting = report.waiting
    order_import.save(update_fields=["orders", "cancellations", "waiting"])
    journal.record(
        OrdersImported(
            order_import.pk, order_import.source, len(rows), report.orders, len(rejected)
        ),
        actor=actor,
    )
    _ask(actor, order_import, judged, report)
    return report


class _Stored:
    """Rows made for the documents of a file, under the names of :func:`_file_lines`."""

    def __init__(self) -> None:
        self.orders: dict[int, int] = {}
        self.lines: dict[int, int] = {}

    def keep_lines(self, judged: Sequence[_Judged]) -> None:
        """Read back the lines just made that cancellations name. One query a chunk."""
        wanted = sorted(
            {
                self.orders[one.original.order_id]
                for one in judged
                if one.original and one.original.order_id < 0
            }
        )
        for start in range(0, len(wanted), _BATCH):
            made = OrderLine.objects.filter(
                order__in=wanted[start : start + _BATCH], row__isnull=False
            )
            self.lines |= {-row: pk for row, pk in made.values_list("row", "pk") if row}

    def order(self, name: int) -> int:
        return self.orders[name] if name < 0 else name

    def line(self, name: int) -> int:
        return self.lines[name] if name < 0 else name


def _create(
    actor: Actor,
    order_import: OrderImport,
    judged: Sequence[tuple[int, _Judged]],
    stored: _Stored,
) -> None:
    now = clock.now()
    rows = Order.objects.bulk_create(
        [
            Order(
                company=actor.company,
                order_import=order_import,
                source=order_import.source,
                number=one.document.number,
                kind=Order.OrderKind.CANCELLATION if one.cancels else Order.OrderKind.ORDER,
                party_id=one.document.party_id,
                order_date=one.document.order_date,
                delivery_date=one.document.delivery_date,
                order_reference=one.document.order_reference,
                buyer_reference=one.document.buyer_reference,
                net_total=sum(
                    (round_amount(line.quantity * line.unit_price) for line in one.document.lines),
                    ZERO,
                ),
                received_at=now,
                waiting_reason=one.waiting_reason,
                accepted_at=None if one.waiting_reason else now,
                held_at=now if one.held else None,
                cancels_id=stored.order(one.original.order_id) if one.original else None,
            )
            for _, one in judged
        ],
        batch_size=_BATCH,
    )
    insert_rows(
        OrderLine,
        _LINE_FIELDS,
        (
            values
            for row, (_, one) in zip(rows, judged, strict=True)
            for values in _line_rows(actor, row, one, stored)
        ),
    )
    stored.orders |= {-place - 1: row.pk for row, (place, _) in zip(rows, judged, strict=True)}


def _line_rows(
    actor: Actor, row: Order, one: _Judged, stored: _Stored
) -> Iterator[tuple[object, ...]]:
    """Values of the lines of a document, in the order of ``_LINE_FIELDS``."""
    originals: Sequence[int | None] = [None] * len(one.document.lines)
    if one.original:
        originals = [stored.line(name) for name in one.original.line_ids]
    for position, (line, original) in enumerate(
        zip(one.document.lines, originals, strict=True), start=1
    ):
        yield (
            actor.company.pk,
            row.pk,
            position,
            line.row,
            line.item_code,
            line.name,
            line.description,
            line.nature,
            line.quantity,
            line.unit_code,
            line.unit_price,
            ZERO,
            line.vat_rate,
            line.exemption,
            line.exemption_article,
            line.revenue_account,
            original,
        )


def _report(
    import_id: int | None,
    rows: Sequence[Row],
    judged: Sequence[_Judged],
    rejected: Sequence[RejectedLineFacts],
) -> OrderImportReport:
    ready = [one for one in judged if not one.waiting_reason]
    waiting = [one for one in judged if one.waiting_reason]
    report = OrderImportReport(
        import_id=import_id,
        rows=len(rows),
        orders=sum(not one.cancels for one in ready),
        cancellations=sum(one.cancels for one in ready),
        waiting=len(waiting),
        billable_rows=sum(len(one.document.lines) for one in ready),
        waiting_rows=sum(len(one.document.lines) for one in waiting),
        rejected=tuple(rejected),
    )
    assert report.rows == report.billable_rows + report.waiting_rows + len(rejected), (
        "a line of the file is lost"
    )
    return report


def _ask(
    actor: Actor,
    order_import: OrderImport,
    judged: Sequence[_Judged],
    report: OrderImportReport,
) -> None:
    """One question for the documents that wait, whatever their number."""
    waiting = [one for one in judged if one.waiting_reason]
    if not waiting and not report.rejected:
        return
    base.open_work_items(
        actor=actor,
        items=[
            WorkItemFacts(
                key=f"billing.order_import:{order_import.pk}",
                kind="billing.orders_waiting",
                subject=f"order_import:{order_import.pk}",
                title=(
                    f"Import « {order_import.filename} » : {len(waiting)} document(s) en attente "
                    f"et {len(report.rejected)} ligne(s) rejetée(s). Qu'en faire ?"
                )[:300],
                evidence={
                    "waiting": [
                        {"number": one.document.number, "reason": one.waiting_reason}
                        for one in waiting[:_LISTED]
                    ],
                    "rejected": [
                        {"row": line.row, "reason": line.reason}
                        for line in report.rejected[:_LISTED]
                    ],
                },
                answers=(
                    Answer("review", "Examiner les documents un par un"),
                    Answer("ask_source", "Demander un fichier corrigé"),
                ),
            )
        ],
    )


@transaction.atomic
def accept_orders(*, actor: Actor, order_ids: Collection[int]) -> list[Order]:
    """Bill waiting orders as they are, without their rejected lines. All or none. Eight queries.

    Raises:
        NotFoundError: One is not of this company.
        OrderNotBillableError: One does not wait, or is a cancellation without its original.
        OrderHeldError: One goes beyond what its customer may owe; see :func:`release_orders`.
    """
    actor.require(Right.IMPORT_ORDERS)
    rows = _lock(actor, order_ids)
    if held := holds.reasons_of(actor, [row for row in rows if not row.is_cancellation]):
        row = next(row for row in rows if row.pk in held)
        raise OrderHeldError(row.number, held[row.pk])
    for row in rows:
        if row.kind == Order.OrderKind.CANCELLATION and row.cancels_id is None:
            raise OrderNotBillableError(
                row.number, "on ne sait pas quelle commande elle annule ; faites l'avoir à la main"
            )
    now = clock.now()
    events = [OrderAccepted(row.pk, row.number, row.waiting_reason) for row in rows]
    Order.objects.filter(pk__in=[row.pk for row in rows]).update(accepted_at=now)
    for row in rows:
        row.accepted_at = now
    journal.record_many(events, actor=actor)
    return rows


@transaction.atomic
def set_aside_orders(*, actor: Actor, order_ids: Collection[int], reason: str) -> list[Order]:
    """Decide that waiting documents will not be billed. All or none. Four queries.

    Raises:
        NotFoundError: One is not of this company.
        OrderNotBillableError: One does not wait.
    """
    actor.require(Right.IMPORT_ORDERS)
    rows = _lock(actor, order_ids)
    now = clock.now()
    Order.objects.filter(pk__in=[row.pk for row in rows]).update(
        set_aside_at=now, set_aside_reason=reason[:200]
    )
    for row in rows:
        row.set_aside_at, row.set_aside_reason = now, reason[:200]
    journal.record_many([OrderSetAside(row.pk, row.number, reason) for row in rows], actor=actor)
    return rows


def _lock(actor: Actor, order_ids: Collection[int]) -> list[Order]:
    rows = list(
        Order.objects.select_for_update()
        .filter(company=actor.company, pk__in=set(order_ids))
        .order_by("pk")
    )
    if len(rows) < len(set(order_ids)):
        raise NotFoundError(what="une des commandes")
    for row in rows:
        if row.accepted_at is not None or row.set_aside_at is not None:
            raise OrderNotBillableError(row.number, "elle n'attend aucune décision")
    return rows
