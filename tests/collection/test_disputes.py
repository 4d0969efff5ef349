"""Disputes as they are lived: what is contested to the cent, who answers, how each one ends."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.conftest import issued, lefevre, line, ready  # noqa: F401  fixtures
from echeance.archive import commands as archive_commands
from echeance.archive import queries as archive
from echeance.archive.types import NewFile
from echeance.base import clock
from echeance.base import commands as base
from echeance.base.errors import NotFoundError, QuestionClosedError
from echeance.base.models import ColleagueQuestion, JournalEvent, WorkItem
from echeance.base.rights import Role
from echeance.billing import commands as billing
from echeance.billing.models import Delivery, Invoice, Order
from echeance.collection import commands, queries
from echeance.collection.errors import (
    DayPastError,
    DisputeClosedError,
    DisputeCreditError,
    DisputeFileError,
    DisputeLineError,
    DisputeNotUndoableError,
    DisputeRefusalError,
    DisputeStageError,
    DisputeTooLargeError,
    NotCustomerItemError,
    QuestionToCustomerError,
)
from echeance.collection.models import Dispute
from echeance.collection.types import (
    DisputeFile,
    DisputeOutcome,
    DisputeReason,
    DisputeStage,
)
from echeance.ledger import commands as ledger
from echeance.ledger import queries as books
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, Posting
from echeance.parties import commands as parties
from echeance.parties.commands import add_contacts
from echeance.parties.types import ContactFacts
from echeance.transmission.models import Message

TODAY = date(2026, 11, 24)
PDF = b"%PDF-1.7 bon de livraison"


def cents(text):
    return Decimal(text)


def on(day, hour=9):
    return clock.at(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


@pytest.fixture
def order(ready, lefevre):  # noqa: F811
    """10 boxes at 24.90 (20 %: 249.00 + 49.80) and 12 books at 8.35 (5.5 %: 100.20 + 5.51)."""
    return issued(
        ready,
        lefevre,
        line("Carton de verres", "10", "24.90", item_code="VER-10"),
        line("Livre de cuisine", "12", "8.35", "5.5"),
    )


@pytest.fixture
def boxes(order):
    return order.lines.get(position=1)


@pytest.fixture
def item(ready, order):  # noqa: F811
    """404.51 owed."""
    [found] = books.items_of_document(actor=ready, document_refs=[order.number])[order.number]
    assert found.open_amount == cents("404.51")
    return found


def owed(actor, item):
    [found] = books.items_for(actor=actor, item_ids=[item.item_id])
    return found.open_amount


def contest(actor, item, reason=DisputeReason.LIVR_INCOMP, **what):
    return commands.open_dispute(actor=actor, item_id=item.item_id, reason_code=reason, **what)


def again(dispute):
    dispute.refresh_from_db()
    return dispute


def pays(actor, item, amount, day=TODAY):
    value = cents(amount)
    facts = EntryFacts(
        "BQ", day, "VIR", day, "Virement",
        (Posting("512000", debit=value),
         Posting("411000", credit=value, party_id=item.party_id)),
        (NewOpenItem(1, day, "receipt", "VIR"),),
    )  # fmt: skip
    [credit] = ledger.post_entries(actor=actor, entries=[facts])[0].item_ids
    ledger.allocate(actor=actor, allocations=[NewAllocation(item.item_id, credit, value, day)])


def issue(actor, note):
    [result] = billing.issue_invoices(actor=actor, invoice_ids=[note.pk], issue_date=TODAY)
    assert result.number, result.findings
    return result.number


# -- what is contested ----------------------------------------------------------------------------


def test_livraison_incomplete_3_cartons_sur_10(ready, item, order, boxes):  # noqa: F811
    """3 × 24.90 = 74.70, VAT 14.94: 89.64 contested, 314.87 still due; then credited exactly."""
    dispute = contest(ready, item, line_id=boxes.pk, quantity=Decimal(3), note="Il en manque 3.")

    assert dispute.amount == cents("89.64")
    assert (dispute.product, dispute.stage, dispute.answer_by) == (
        "VER-10",
        "new",
        date(2026, 12, 4),
    )
    assert [one.label for one in dispute.pieces.order_by("rank")] == [
        "bon de livraison signé",
        "lettre de voiture du transporteur",
    ]

    note = commands.draft_dispute_credit(actor=ready, dispute_id=dispute.pk)

    assert again(dispute).stage == "credit"
    assert dispute.credit_note_id == note.pk
    assert (note.net_total, note.vat_total, note.gross_total) == (
        cents("74.70"),
        cents("14.94"),
        cents("89.64"),
    )
    [given] = note.lines.all()
    assert (given.quantity, given.unit_price, given.credited_line_id) == (
        3,
        cents("24.90"),
        boxes.pk,
    )
    assert (note.reason, note.reason_code) == ("Litige : livraison incomplète", "delivery")
    assert owed(ready, item) == cents("404.51")

    number = issue(ready, note)
    report = commands.follow_disputes(actor=ready)

    assert report.credited == (dispute.pk,)
    assert (again(dispute).outcome, dispute.stage) == ("founded", "closed")
    assert owed(ready, item) == cents("314.87")
    asked = WorkItem.objects.get(kind="collection.dispute_lesson")
    assert asked.title == (
        f"Avoir {number} émis, litige sur {order.number} clos : quelle en est la cause ?"
    )
    assert commands.follow_disputes(actor=ready).credited == ()

    commands.learn_from_dispute(
        actor=ready, dispute_id=dispute.pk, cause="préparation incomplète", lesson="Recompter."
    )

    assert (again(dispute).cause, dispute.lesson) == ("préparation incomplète", "Recompter.")
    asked.refresh_from_db()
    assert asked.closed_at


def test_prix_non_conforme_au_tarif(ready, lefevre):  # noqa: F811
    """7 at 149.90 where the price list says 142.00: 7 × 7.90 = 55.30, VAT 11.06, 66.36."""
    order = issued(ready, lefevre, line("Étagère", "7", "149.90"))
    [item] = books.items_of_document(actor=ready, document_refs=[order.number])[order.number]
    shelf = order.lines.get()

    dispute = contest(
        ready, item, DisputeReason.PU_ERR, line_id=shelf.pk, unit_price=Decimal("7.90")
    )
    note = commands.draft_dispute_credit(actor=ready, dispute_id=dispute.pk)

    assert (dispute.amount, note.gross_total) == (cents("66.36"), cents("66.36"))
    [given] = note.lines.all()
    assert (given.quantity, given.unit_price) == (7, cents("7.90"))
    assert note.reason_code == "price"


def test_an_amount_is_credited_over_the_vat_rates(ready, item):  # noqa: F811
    """100.00 of 298.80 at 20 % and 105.71 at 5.5 %: 73.87 (61.56 + 12.31), 26.13 (24.77 + 1.36)."""
    dispute = contest(ready, item, DisputeReason.QUALITE_ERR, amount=cents("100.00"))

    note = commands.draft_dispute_credit(actor=ready, dispute_id=dispute.pk)

    assert note.gross_total == cents("100.00")
    assert sorted((one.net_amount, one.vat_amount) for one in note.lines.all()) == [
        (cents("24.77"), cents("1.36")),
        (cents("61.56"), cents("12.31")),
    ]


def test_the_whole_invoice_is_credited_line_by_line(ready, item, boxes):  # noqa: F811
    dispute = contest(ready, item, DisputeReason.DOUBLE_FACT)

    note = commands.draft_dispute_credit(actor=ready, dispute_id=dispute.pk)
    issue(ready, note)
    commands.follow_disputes(actor=ready)

    assert dispute.amount == cents("404.51")
    assert [
        (one.credited_line.position, one.quantity) for one in note.lines.order_by("position")
    ] == [
        (1, 10),
        (2, 12),
    ]
    assert (again(dispute).outcome, owed(ready, item)) == ("founded", 0)


def test_several_disputes_share_an_invoice_and_a_line(ready, item, boxes):  # noqa: F811
    """3 boxes (89.64), then 7 (209.16): the line is whole; a book more than is left is refused."""
    contest(ready, item, line_id=boxes.pk, quantity=Decimal(3))
    second = contest(ready, item, DisputeReason.QUALITE_ERR, line_id=boxes.pk, quantity=Decimal(7))

    with pytest.raises(DisputeLineError) as refusal:
        contest(ready, item, line_id=boxes.pk, quantity=Decimal(1))
    with pytest.raises(DisputeTooLargeError):
        contest(ready, item, amount=cents("105.72"))
    contest(ready, item, amount=cents("105.71"))

    assert second.amount == cents("209.16")
    assert str(refusal.value) == (
        f"La ligne 1 de {item.document_ref} n'est pas contestée ainsi : il n'y reste que "
        "0,00\u00a0€ HT non contestés. Corrigez la quantité ou le prix, ou contestez un montant."
    )
    assert Dispute.objects.count() == 3


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ({"quantity": Decimal(11)}, "11 unités pour 10 unités à contester"),
        ({"quantity": Decimal(0)}, "0 unité pour 10 unités à contester"),
        (
            {"unit_price": Decimal("24.91")},
            "l'écart de prix (24,91) dépasse le prix facturé (24,9) ou n'en est pas un",
        ),
        (
            {"unit_price": Decimal(-1)},
            "l'écart de prix (-1) dépasse le prix facturé (24,9) ou n'en est pas un",
        ),
        ({"amount": Decimal(5)}, "donnez un montant, ou une ligne"),
    ],
)
def test_what_a_line_does_not_hold_is_refused(ready, item, boxes, what, why):  # noqa: F811
    with pytest.raises(DisputeLineError) as refusal:
        contest(ready, item, line_id=boxes.pk, **what)

    assert why in str(refusal.value).replace("\u2212", "-")
    assert not Dispute.objects.exists()


def test_a_line_of_another_invoice_and_a_paid_item_are_refused(ready, lefevre, item, boxes):  # noqa: F811
    other = issued(ready, lefevre, line("Autre"))
    with pytest.raises(NotFoundError):
        contest(ready, item, line_id=other.lines.get().pk)

    pays(ready, item, "404.51")
    with pytest.raises(NotCustomerItemError):
        contest(ready, item, line_id=boxes.pk)

    assert not Dispute.objects.exists()


def test_a_part_payment_bounds_what_is_contested(ready, item, boxes):  # noqa: F811
    """350.00 are paid: of the 89.64 of three boxes only 54.51 are still owed."""
    pays(ready, item, "350.00")

    with pytest.raises(DisputeTooLargeError) as refusal:
        contest(ready, item, line_id=boxes.pk, quantity=Decimal(3))

    assert refusal.value.left == cents("54.51")


# -- how it goes on -------------------------------------------------------------------------------


def test_disputes_move_change_hands_and_days_together(ready, item, user):  # noqa: F811
    base.give_role(actor=ready, user=user, role=Role.ASSISTANT)
    ids = [contest(ready, item, amount=cents(text)).pk for text in ("10.00", "20.00")]

    moved = commands.move_disputes(actor=ready, dispute_ids=ids, stage=DisputeStage.CUSTOMER)
    still = commands.move_disputes(actor=ready, dispute_ids=ids, stage=DisputeStage.CUSTOMER)
    given = commands.assign_disputes(actor=ready, dispute_ids=ids, owner=user)
    later = commands.set_dispute_deadlines(
        actor=ready, dispute_ids=ids[:1], answer_by=date(2026, 12, 31)
    )

    assert (moved, still, given, later) == (2, 0, 2, 1)
    first, second = Dispute.objects.order_by("pk")
    assert (first.stage, first.owner, first.answer_by) == ("customer", user, date(2026, 12, 31))
    assert (second.stage, second.owner, second.answer_by) == ("customer", user, date(2026, 12, 4))
    told = JournalEvent.objects.filter(subject=f"dispute:{ids[0]}").values_list("action", flat=True)
    assert list(told.order_by("pk")) == [
        "collection.dispute_moved",
        "collection.dispute_assigned",
        "collection.dispute_deadline_set",
    ]


def test_what_is_refused_while_a_dispute_lasts(ready, item, user):  # noqa: F811
    dispute = contest(ready, item, amount=cents("10.00"))
    ids = [dispute.pk]

    for stage in (DisputeStage.CREDIT, DisputeStage.CLOSED):
        with pytest.raises(DisputeStageError):
            commands.move_disputes(actor=ready, dispute_ids=ids, stage=stage)
    with pytest.raises(NotFoundError):
        commands.assign_disputes(actor=ready, dispute_ids=ids, owner=user)
    with pytest.raises(DayPastError):
        commands.set_dispute_deadlines(actor=ready, dispute_ids=ids, answer_by=date(2026, 11, 23))
    with pytest.raises(NotFoundError):
        commands.move_disputes(actor=ready, dispute_ids=[*ids, 0], stage=DisputeStage.CUSTOMER)
    with pytest.raises(DayPastError):
        contest(ready, item, amount=cents("1.00"), answer_by=date(2026, 11, 23))

    assert (again(dispute).stage, dispute.owner) == ("new", None)


def test_pieces_are_gathered_waived_and_kept_in_the_archive(ready, item):  # noqa: F811
    dispute = contest(ready, item)
    note, letter = dispute.pieces.order_by("rank")

    commands.provide_dispute_piece(
        actor=ready,
        dispute_id=dispute.pk,
        piece_id=note.pk,
        file=DisputeFile(PDF, "bl-1042.pdf"),
    )
    commands.waive_dispute_piece(actor=ready, dispute_id=dispute.pk, piece_id=letter.pk)
    commands.add_dispute_piece(actor=ready, dispute_id=dispute.pk, label="constat  du chauffeur")

    rows = list(dispute.pieces.order_by("rank"))
    assert [(one.label, bool(one.provided_at), bool(one.waived_at)) for one in rows] == [
        ("bon de livraison signé", True, False),
        ("lettre de voiture du transporteur", False, True),
        ("constat du chauffeur", False, False),
    ]
    kept = archive.files_for(actor=ready, file_ids=[rows[0].file_id])[rows[0].file_id]
    assert (kept.filename, kept.media_type) == ("bl-1042.pdf", "application/pdf")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "il est vide"),
        (b"MZ\x90", "ce n'est ni un PDF ni une image"),
        (b"<svg onload=x>", "ce n'est ni un PDF ni une image"),
        (b"%PDF-" + b"0" * 10_000_000, "il dépasse 10 Mo"),
    ],
)
def test_a_piece_that_is_no_document_is_refused(ready, item, content, why):  # noqa: F811
    dispute = contest(ready, item)
    piece = dispute.pieces.first()

    with pytest.raises(DisputeFileError) as refusal:
        commands.provide_dispute_piece(
            actor=ready,
            dispute_id=dispute.pk,
            piece_id=piece.pk,
            file=DisputeFile(content, "piece.pdf"),
        )

    assert why in str(refusal.value)
    piece.refresh_from_db()
    assert piece.provided_at is None


def test_the_note_of_the_delivery_billed_is_there_at_once(ready, item, order):  # noqa: F811
    """The signed note that came with the delivery is ticked when the dispute opens."""
    file = archive_commands.store_file(
        actor=ready,
        file=NewFile(PDF, "bl-9.pdf", "application/pdf", "delivery", "", date(2037, 12, 31)),
    )
    shipped = Order.objects.create(
        company=ready.company, source="hand", number="C-9", party_id=item.party_id,
        order_date=TODAY, net_total=0, received_at=clock.now(), accepted_at=clock.now(),
        invoice=order,
    )  # fmt: skip
    Delivery.objects.create(
        company=ready.company, order=shipped, number="BL-9", delivered_on=TODAY,
        recorded_at=clock.now(), recorded_by="quai", file=file,
    )  # fmt: skip

    dispute = contest(ready, item)

    rows = [(one.label, one.file, one.provided_by) for one in dispute.pieces.order_by("rank")]
    assert rows == [
        ("bon de livraison signé", file, "BL-9"),
        ("lettre de voiture du transporteur", None, ""),
    ]


# -- a colleague ----------------------------------------------------------------------------------


def ask(actor, dispute, **what):
    secrets = []
    question = commands.ask_operations(
        actor=actor,
        dispute_id=dispute.pk,
        text="Combien de cartons sont partis ?",
        link=lambda secret: secrets.append(secret) or f"https://x.example/{secret}/",
        **({"email": "quai@atelier-morel.example"} | what),
    )
    return question, secrets[0]


def test_a_question_to_a_colleague_never_goes_to_the_customer(ready, item, order):  # noqa: F811
    dispute = contest(ready, item)
    add_contacts(
        actor=ready, contacts=[ContactFacts(party_id=dispute.party_id, email="eux@client.example")]
    )

    with pytest.raises(QuestionToCustomerError, match="collègue"):
        ask(ready, dispute, email=" Eux@Client.example ")

    assert not Message.objects.filter(kind="question").exists()


def test_a_colleague_answers_by_the_link_of_a_mail(ready, item, order):  # noqa: F811
    dispute = contest(ready, item)

    question, secret = ask(ready, dispute)

    message = Message.objects.get(kind="question")
    assert (message.to, message.status) == (["quai@atelier-morel.example"], "released")
    assert message.subject_line == f"Litige {order.number} (Boulangerie Lefèvre) : une question"
    assert f"https://x.example/{secret}/" in message.body
    assert "Répondez avant le 27/11/2026" in message.body
    assert again(dispute).stage == "operations"

    commands.answer_dispute_question(
        secret=secret, answer="Sept.", files=[DisputeFile(b"\xff\xd8\xff photo", "quai.jpg")]
    )

    assert again(dispute).stage == "new"
    last = dispute.pieces.order_by("rank").last()
    assert (last.label, last.provided_by) == ("quai.jpg", "quai@atelier-morel.example")
    work = WorkItem.objects.get(kind="collection.dispute_answer")
    assert work.title == (
        f"quai@atelier-morel.example a répondu sur le litige {order.number} "
        "(Boulangerie Lefèvre) : que fait-on ?"
    )
    assert work.evidence["reasons"] == ["Combien de cartons sont partis ?", "« Sept. »"]
    with pytest.raises((QuestionClosedError, NotFoundError)):
        commands.answer_dispute_question(secret=secret, answer="Huit.")
    assert commands.follow_disputes(actor=ready).answered == ()
    assert question.pk


def test_an_answer_given_inside_comes_back_too(ready, item):  # noqa: F811
    dispute = contest(ready, item)
    question, _ = ask(ready, dispute)
    base.reply_to_colleague(actor=ready, question_id=question.pk, answer="Sept.")

    assert commands.follow_disputes(actor=ready).answered == (dispute.pk,)
    assert again(dispute).stage == "new"
    assert commands.follow_disputes(actor=ready).answered == ()


def test_a_wrong_file_of_a_colleague_loses_no_answer(ready, item):  # noqa: F811
    dispute = contest(ready, item)
    _, secret = ask(ready, dispute)

    with pytest.raises(DisputeFileError):
        commands.answer_dispute_question(
            secret=secret, answer="Sept.", files=[DisputeFile(b"MZ", "quai.exe")]
        )
    with pytest.raises(DisputeFileError):
        commands.answer_dispute_question(
            secret=secret, answer="Sept.", files=[DisputeFile(PDF, "x.pdf")] * 6
        )

    assert again(dispute).stage == "operations"
    assert ColleagueQuestion.objects.get().answered_at is None
    assert dispute.pieces.count() == 2


def test_silence_past_its_day_is_told_once(ready, item):  # noqa: F811
    dispute = contest(ready, item)
    ask(ready, dispute, answer_by=date(2026, 11, 26))

    with on(date(2026, 11, 26)):
        commands.follow_disputes(actor=ready)
        assert not WorkItem.objects.filter(kind="collection.dispute_silent").exists()
    with on(date(2026, 11, 27)):
        commands.follow_disputes(actor=ready)
        work = WorkItem.objects.get(kind="collection.dispute_silent")
        base.answer_work_item(actor=ready, work_item_id=work.pk, answer="seen")
        commands.follow_disputes(actor=ready)

    assert WorkItem.objects.filter(kind="collection.dispute_silent").count() == 1


def test_a_question_taken_back_kills_its_link_and_its_mail(ready, item):  # noqa: F811
    dispute = contest(ready, item)
    question, secret = ask(ready, dispute)

    commands.withdraw_dispute_question(actor=ready, dispute_id=dispute.pk, question_id=question.pk)

    assert Message.objects.get(kind="question").status == "withdrawn"
    assert again(dispute).stage == "new"
    with pytest.raises((NotFoundError, QuestionClosedError)):
        commands.answer_dispute_question(secret=secret, answer="Sept.")


def test_a_mail_whose_release_lapsed_leaves_again_while_its_question_waits(ready, item):  # noqa: F811
    dispute = contest(ready, item)
    question, _ = ask(ready, dispute, answer_by=date(2026, 11, 26))
    Message.objects.filter(kind="question").update(status="expired")

    commands.follow_disputes(actor=ready)
    assert Message.objects.get(kind="question").status == "released"

    Message.objects.filter(kind="question").update(status="expired")
    with on(date(2026, 11, 30)):
        commands.follow_disputes(actor=ready)
    assert Message.objects.get(kind="question").status == "withdrawn"
    assert question.pk


# -- how it ends ----------------------------------------------------------------------------------


def test_contestation_refusee_avec_le_bon_de_livraison(ready, item, lefevre, order):  # noqa: F811
    """The refusal waits in the outbox with the note; only a person lets it go."""
    parties.add_contacts(
        actor=ready,
        contacts=[ContactFacts(lefevre.pk, email="litiges@lefevre.example", purpose="disputes")],
    )
    dispute = contest(ready, item, amount=cents("89.64"))
    note = dispute.pieces.order_by("rank").first()
    commands.provide_dispute_piece(
        actor=ready, dispute_id=dispute.pk, piece_id=note.pk, file=DisputeFile(PDF, "bl.pdf")
    )

    closed, message = commands.refuse_dispute(
        actor=ready, dispute_id=dispute.pk, why="Le bon de livraison est signé sans réserve."
    )

    assert (closed.outcome, closed.stage) == ("unfounded", "closed")
    assert (message.status, message.to) == ("held", ["litiges@lefevre.example"])
    assert message.subject_line == f"Votre contestation de la facture {order.number}"
    assert "Vous contestez 89,64\u00a0€" in message.body
    assert "Le bon de livraison est signé sans réserve." in message.body
    assert "Vous trouverez joint à ce message : bon de livraison signé." in message.body
    assert [one.file.filename for one in message.files.select_related("file")] == ["bl.pdf"]
    commands.follow_disputes(actor=ready)
    message.refresh_from_db()
    assert message.status == "held"

    sent = commands.send_refusal(actor=ready, dispute_id=dispute.pk)

    assert sent.status == "released"
    with pytest.raises(DisputeRefusalError):
        commands.send_refusal(actor=ready, dispute_id=dispute.pk)
    with pytest.raises(DisputeNotUndoableError):
        commands.undo_dispute_close(actor=ready, dispute_id=dispute.pk)
    assert again(dispute).closed_at


def test_a_refusal_has_reasons_and_a_reader(ready, item, lefevre):  # noqa: F811
    dispute = contest(ready, item, amount=cents("10.00"))
    for contact in lefevre.contacts.all():
        contact.is_active = False
        contact.save()

    with pytest.raises(DisputeRefusalError):
        commands.refuse_dispute(actor=ready, dispute_id=dispute.pk, why="  ")
    assert again(dispute).closed_at is None
    _, message = commands.refuse_dispute(actor=ready, dispute_id=dispute.pk, why="Non.")
    assert message is None
    with pytest.raises(DisputeRefusalError) as refusal:
        commands.prepare_refusal(actor=ready, dispute_id=dispute.pk)
    assert "ajoutez un contact « litiges »" in str(refusal.value)

    parties.add_contacts(
        actor=ready,
        contacts=[ContactFacts(lefevre.pk, email="litiges@lefevre.example", purpose="disputes")],
    )
    made = commands.prepare_refusal(actor=ready, dispute_id=dispute.pk)

    assert (made.status, made.to) == ("held", ["litiges@lefevre.example"])


def test_a_closing_is_undone_while_nothing_left(ready, item):  # noqa: F811
    dispute = contest(ready, item, amount=cents("10.00"))
    _, message = commands.refuse_dispute(actor=ready, dispute_id=dispute.pk, why="Non.")

    commands.undo_dispute_close(actor=ready, dispute_id=dispute.pk)

    message.refresh_from_db()
    assert message.status == "withdrawn"
    assert (again(dispute).closed_at, dispute.outcome, dispute.stage) == (None, "", "new")
    with pytest.raises(DisputeNotUndoableError):
        commands.undo_dispute_close(actor=ready, dispute_id=dispute.pk)
    second, other = commands.refuse_dispute(actor=ready, dispute_id=dispute.pk, why="Toujours non.")
    assert (second.closed_by, other.status) == ("assistant", "held")


def test_a_closing_is_not_undone_over_what_is_paid(ready, item):  # noqa: F811
    dispute = contest(ready, item, amount=cents("100.00"))
    commands.close_dispute(actor=ready, dispute_id=dispute.pk, outcome=DisputeOutcome.UNFOUNDED)
    pays(ready, item, "350.00")

    with pytest.raises(DisputeTooLargeError) as refusal:
        commands.undo_dispute_close(actor=ready, dispute_id=dispute.pk)

    assert refusal.value.left == cents("54.51")
    assert again(dispute).outcome == "unfounded"


def test_a_customer_who_comes_back_has_a_new_dispute_that_names_the_first(ready, item):  # noqa: F811
    first = contest(ready, item, amount=cents("10.00"))
    with pytest.raises(NotFoundError):
        contest(ready, item, amount=cents("5.00"), reopens_id=first.pk)
    commands.close_dispute(actor=ready, dispute_id=first.pk, outcome=DisputeOutcome.UNFOUNDED)

    second = contest(ready, item, amount=cents("10.00"), reopens_id=first.pk)

    assert second.reopens == first
    assert list(first.taken_up.all()) == [second]


def test_transige_deux_cartons_credites_sur_trois(ready, item, boxes):  # noqa: F811
    """2 × 24.90 = 49.80, VAT 9.96: 59.76 given of the 89.64 contested: settled."""
    dispute = contest(ready, item, line_id=boxes.pk, quantity=Decimal(3))
    with pytest.raises(DisputeCreditError):
        commands.draft_dispute_credit(actor=ready, dispute_id=dispute.pk, quantity=Decimal(4))
    with pytest.raises(DisputeCreditError):
        commands.draft_dispute_credit(actor=ready, dispute_id=dispute.pk, amount=cents("89.65"))

    note = commands.draft_dispute_credit(
        actor=ready, dispute_id=dispute.pk, quantity=Decimal(2), refusal="Un carton a été repris."
    )
    with pytest.raises(DisputeCreditError):
        commands.draft_dispute_credit(actor=ready, dispute_id=dispute.pk)
    with pytest.raises(DisputeCreditError):
        commands.close_dispute(actor=ready, dispute_id=dispute.pk, outcome=DisputeOutcome.FOUNDED)
    with pytest.raises(DisputeStageError):
        commands.move_disputes(actor=ready, dispute_ids=[dispute.pk], stage=DisputeStage.CUSTOMER)
    with pytest.raises(DisputeStageError):
        ask(ready, dispute)
    issue(ready, note)
    commands.follow_disputes(actor=ready)

    made = commands.prepare_refusal(actor=ready, dispute_id=dispute.pk)
    assert made.status == "held"
    assert (
        f"Notre avoir {again(dispute).credit_note.number} vous accorde 59,76\u00a0€." in made.body
    )
    assert "le reste, soit 29,88\u00a0€ :\n\nUn carton a été repris." in made.body
    assert note.gross_total == cents("59.76")
    assert (again(dispute).outcome, dispute.refusal) == ("settled", "Un carton a été repris.")
    assert owed(ready, item) == cents("344.75")
    with pytest.raises(DisputeNotUndoableError):
        commands.undo_dispute_close(actor=ready, dispute_id=dispute.pk)


def test_an_amount_has_no_quantity_to_credit(ready, item):  # noqa: F811
    dispute = contest(ready, item, amount=cents("10.00"))

    with pytest.raises(DisputeCreditError):
        commands.draft_dispute_credit(actor=ready, dispute_id=dispute.pk, quantity=Decimal(1))

    assert not Invoice.objects.filter(kind="381").exists()


def test_a_draft_dropped_or_deleted_gives_the_dispute_back(ready, item, boxes):  # noqa: F811
    dispute = contest(ready, item, line_id=boxes.pk, quantity=Decimal(3))
    with pytest.raises(DisputeCreditError):
        commands.drop_dispute_credit(actor=ready, dispute_id=dispute.pk)

    commands.draft_dispute_credit(actor=ready, dispute_id=dispute.pk)
    commands.drop_dispute_credit(actor=ready, dispute_id=dispute.pk)
    assert (again(dispute).stage, dispute.credit_note) == ("new", None)

    note = commands.draft_dispute_credit(actor=ready, dispute_id=dispute.pk)
    billing.discard_drafts(actor=ready, invoice_ids=[note.pk])

    assert again(dispute).credit_note is None
    assert (again(dispute).stage, dispute.closed_at) == ("new", None)
    assert WorkItem.objects.get(kind="collection.dispute_undrafted").amount == cents("89.64")
    assert WorkItem.objects.count() == 1


def test_an_invoice_made_elsewhere_is_credited_there(world, actor):
    """Its item came with the books: the dispute stands, the credit note is not ours to draft."""
    party = world.customer("Dupont SA")
    (item_id,) = world.invoice(party, "F-1", ("100.00", date(2026, 11, 12)))
    dispute = commands.open_dispute(actor=actor, item_id=item_id, reason_code=DisputeReason.PU_ERR)

    with pytest.raises(DisputeCreditError) as refusal:
        commands.draft_dispute_credit(actor=actor, dispute_id=dispute.pk)

    assert str(refusal.value) == (
        "L'avoir du litige sur F-1 n'est pas préparé : la facture n'a pas été faite ici, faites "
        "l'avoir là où elle l'a été."
    )


def test_paid_in_full_though_disputed_is_asked_once(ready, item, order):  # noqa: F811
    dispute = contest(ready, item, amount=cents("89.64"))
    pays(ready, item, "404.51")

    report = commands.follow_disputes(actor=ready)

    assert report.paid == (dispute.pk,)
    work = WorkItem.objects.get(kind="collection.dispute_paid")
    assert work.title == (
        f"Boulangerie Lefèvre a tout payé sur {order.number}, qu'il conteste encore : clore le "
        "litige ?"
    )
    base.answer_work_item(actor=ready, work_item_id=work.pk, answer="keep_open")
    commands.follow_disputes(actor=ready)
    assert WorkItem.objects.filter(kind="collection.dispute_paid").count() == 1
    assert again(dispute).closed_at is None


def test_a_dispute_past_its_day_is_told_once_and_again_when_the_day_moves(ready, item):  # noqa: F811
    dispute = contest(ready, item, answer_by=date(2026, 11, 25))
    with on(date(2026, 11, 26)):
        assert commands.follow_disputes(actor=ready).late == (dispute.pk,)
        commands.set_dispute_deadlines(
            actor=ready, dispute_ids=[dispute.pk], answer_by=date(2026, 11, 27)
        )
        assert commands.follow_disputes(actor=ready).late == ()
    with on(date(2026, 11, 30)):
        commands.follow_disputes(actor=ready)

    found = WorkItem.objects.filter(kind="collection.dispute_late").order_by("pk")
    assert [one.answer for one in found] == ["moved", ""]


def test_a_closed_dispute_takes_nothing_more(ready, item):  # noqa: F811
    dispute = contest(ready, item)
    piece = dispute.pieces.first()
    commands.close_dispute(
        actor=ready, dispute_id=dispute.pk, outcome=DisputeOutcome.SETTLED, cause=" casse "
    )

    for act in (
        lambda: commands.draft_dispute_credit(actor=ready, dispute_id=dispute.pk),
        lambda: commands.refuse_dispute(actor=ready, dispute_id=dispute.pk, why="Non."),
        lambda: commands.waive_dispute_piece(actor=ready, dispute_id=dispute.pk, piece_id=piece.pk),
        lambda: ask(ready, dispute),
    ):
        with pytest.raises(DisputeClosedError):
            act()

    assert again(dispute).cause == "casse"


def test_chased_again_from_its_level_once_unfounded(world, actor):
    """Reminded once (level 1), then disputed, then refused: the next message is not the first."""
    party = world.customer("Dupont SA")
    (item_id,) = world.invoice(party, "F-1", ("1000.00", date(2026, 11, 12)))
    world.prepare()
    world.release()
    reached = world.row(party).rank
    dispute = commands.open_dispute(actor=actor, item_id=item_id, reason_code=DisputeReason.PU_ERR)
    later = date(2026, 12, 15)
    world.bank_known_to(date(2026, 12, 14))
    quiet = world.row(party, later)
    commands.close_dispute(actor=actor, dispute_id=dispute.pk, outcome=DisputeOutcome.UNFOUNDED)
    Message.objects.update(status="sent", finished_at=clock.now(), in_flight_at=clock.now())

    row = world.row(party, later)

    assert quiet.lines == ()
    assert row.total == Decimal("1000.00")
    assert row.rank > max(reached, 1)


def test_words_of_a_customer_are_proposed_with_their_quote(ready, item, order):  # noqa: F811
    quote = "Nous avons reçu 7 cartons\nau lieu de 10."

    first = commands.propose_dispute(
        actor=ready, item_id=item.item_id, quote=quote, reason_code=DisputeReason.LIVR_INCOMP
    )
    second = commands.propose_dispute(actor=ready, item_id=item.item_id, quote=quote)

    assert (first, second) == (1, 0)
    work = WorkItem.objects.get(kind="collection.dispute_proposed")
    assert work.title == (
        f"Un client semble contester {order.number} (livraison incomplète) : ouvrir un litige ?"
    )
    assert work.evidence["reasons"] == ["Il écrit : « Nous avons reçu 7 cartons au lieu de 10. »."]
    assert not Dispute.objects.exists()


def test_a_company_does_not_see_the_disputes_of_another(ready, item):  # noqa: F811
    from echeance.base.actor import system
    from echeance.base.types import CompanyFacts

    dispute = contest(ready, item)
    other = system(
        base.create_company(
            facts=CompanyFacts(name="Autre", siren="404833048", email="a@autre.example")
        )
    )

    with pytest.raises(NotFoundError):
        commands.move_disputes(actor=other, dispute_ids=[dispute.pk], stage=DisputeStage.CUSTOMER)
    with pytest.raises(NotFoundError):
        commands.draft_dispute_credit(actor=other, dispute_id=dispute.pk)
    assert queries.contested_of(actor=other, item_ids=[item.item_id]) == {}
