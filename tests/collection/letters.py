"""Letters ready to be set, and how they are read back."""

from datetime import date
from decimal import Decimal

import pypdfium2

from echeance.archive import queries as archive
from echeance.base import clock
from echeance.collection.models import DunningRun, Reminder, ReminderItem
from echeance.ledger.models import OpenItem

FORMAL_NOTICE = """Madame, Monsieur,

Nos relances sont restées sans effet. À ce jour, vous nous devez :

{factures}

Total : {total}

Nous vous mettons en demeure de régler ce total sous huit jours.

Atelier Morel SAS"""


def pages(pdf: bytes) -> str:
    """The words of a PDF, blanks made one."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
    return " ".join(text.split())


def reminder(world, party, items, *, channel="registered", language="fr", body=FORMAL_NOTICE):
    """A reminder prepared on Tuesday 24 November as a letter, with its figures frozen."""
    run, _ = DunningRun.objects.get_or_create(
        company=world.actor.company, on=date(2026, 11, 24),
        defaults={"prepared_at": clock.now(), "prepared_by": "test"},
    )  # fmt: skip
    rows = [OpenItem.objects.get(pk=item) for item in items]
    total = sum((row.open_amount for row in rows), Decimal(0))
    lines = "\n".join(f"- Facture {row.document_ref} : {row.open_amount} €" for row in rows)
    made = Reminder.objects.create(
        company=world.actor.company, run=run, party=party, rank=4, label="Mise en demeure",
        total=total, step="formal_notice", channel=channel, language=language,
        signed_by="Camille Morel", subject_line="Mise en demeure de payer",
        body=body.format(factures=lines, total=total), prepared_at=clock.now(),
        approved_at=clock.now(), approved_by="test",
    )  # fmt: skip
    ReminderItem.objects.bulk_create(
        ReminderItem(
            company=world.actor.company, reminder=made, open_item=row,
            document_ref=row.document_ref, due_date=row.due_date, amount=row.open_amount, rank=4,
        )
        for row in rows
    )  # fmt: skip
    return made


def content(actor, row):
    row.refresh_from_db()
    return archive.content(actor=actor, file_id=row.document_id)
