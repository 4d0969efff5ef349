"""Litiges: the board by stage, one dispute from its opening to its end, the link of a colleague."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from billing.conftest import issued, lefevre, line, ready  # noqa: F401  fixtures
from echeance.base.models import WorkItem
from echeance.billing import commands as billing
from echeance.billing.models import Invoice
from echeance.collection import commands
from echeance.collection.models import Dispute
from echeance.collection.types import DisputeOutcome, DisputeReason, DisputeStage
from echeance.core.tabular import read_table
from echeance.ledger import queries as books
from echeance.transmission.models import Message

TODAY = date(2026, 11, 24)
PDF = b"%PDF-1.7 bon de livraison"


@pytest.fixture
def order(ready, lefevre):  # noqa: F811
    """10 boxes at 24.90 and 12 books at 8.35: 404.51."""
    return issued(
        ready,
        lefevre,
        line("Carton de verres", "10", "24.90", item_code="VER-10"),
        line("Livre de cuisine", "12", "8.35", "5.5"),
    )


@pytest.fixture
def item_id(ready, order):  # noqa: F811
    [found] = books.items_of_document(actor=ready, document_refs=[order.number])[order.number]
    return found.item_id


@pytest.fixture
def contested(ready, item_id, order):  # noqa: F811
    """Three boxes of ten: 89.64."""
    return commands.open_dispute(
        actor=ready,
        item_id=item_id,
        reason_code=DisputeReason.LIVR_INCOMP,
        line_id=order.lines.get(position=1).pk,
        quantity=Decimal(3),
        carrier="Transports Morin",
        note="Il en manque 3.",
    )


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())).replace(
        "&#x27;", "'"
    )


def test_a_line_is_contested_by_its_quantity_from_the_page(client, member, order, item_id):
    client.force_login(member)
    address = f"/litiges/ouverture/?piece={order.number}"
    boxes = order.lines.get(position=1)

    page = text_of(client.get(address))
    wrong = client.post(
        address, {"item": item_id, "reason": "QTE_ERR", "line": boxes.pk, "quantity": "11"}
    )
    lost = client.post(address, {"item": item_id, "reason": "QTE_ERR", "quantity": "1"})
    done = client.post(
        address,
        {
            "item": item_id,
            "reason": "LIVR_INCOMP",
            "line": boxes.pk,
            "quantity": "3",
            "note": "Il en manque 3.",
            "owner": member.pk,
            "carrier": "Transports Morin",
        },
        follow=True,
    )

    assert "1 · Carton de verres : 10 × 24,90" in page
    assert (wrong.status_code, lost.status_code) == (422, 422)
    assert "11 unités pour 10 unités à contester" in text_of(wrong)
    assert "Choisissez la ligne dont c'est la quantité" in text_of(lost)
    dispute = Dispute.objects.get()
    assert (dispute.amount, dispute.owner) == (Decimal("89.64"), member)
    shown = text_of(done)
    assert f"Litige ouvert sur {order.number} : 89,64 € ne sont plus relancés." in shown
    assert "bon de livraison signé" in shown


def test_a_price_is_contested_by_what_the_customer_expects(client, member, order, item_id):
    """24.90 billed, 22.90 expected: 10 × 2.00 = 20.00, VAT 4.00."""
    client.force_login(member)
    boxes = order.lines.get(position=1)
    facts = {"item": item_id, "reason": "PU_ERR", "line": boxes.pk}
    address = f"/litiges/ouverture/?piece={order.number}"

    dearer = client.post(address, facts | {"expected_price": "25,00"})
    client.post(address, facts | {"expected_price": "22,90"})

    assert "Le prix facturé est 24,90" in text_of(dearer)
    dispute = Dispute.objects.get()
    assert (dispute.amount, dispute.unit_price) == (Decimal("24.00"), Decimal("2.00"))


def test_the_board_shows_stages_sums_and_days(client, member, contested, ready, item_id):  # noqa: F811
    late = commands.open_dispute(
        actor=ready, item_id=item_id, reason_code=DisputeReason.PU_ERR, amount=Decimal("10.00")
    )
    Dispute.objects.filter(pk=late.pk).update(answer_by=date(2026, 11, 20), stage="customer")
    client.force_login(member)

    page = text_of(client.get("/litiges/"))

    assert "2 litiges ouverts, 99,64 € contestés et non réclamés." in page
    assert "Nouveau 1 89,64 €" in page
    assert "Attend le client 1 10,00 €" in page
    assert "sur 404,51 € dus" in page
    assert "en retard depuis le 20/11/2026" in page
    assert "avant le 04/12/2026" in page


def test_a_card_moves_and_changes_hands(client, member, contested):
    client.force_login(member)

    moved = client.post(
        "/litiges/etapes/", {"chosen": [contested.pk], "stage": "customer"}, follow=True
    )
    given = client.post(
        "/litiges/responsables/", {"chosen": [contested.pk], "owner": member.pk}, follow=True
    )

    contested.refresh_from_db()
    assert (contested.stage, contested.owner) == ("customer", member)
    assert "1 litige déplacé : Attend le client" in text_of(moved)
    assert "1 litige confié." in text_of(given)
    assert client.post("/litiges/etapes/", {"chosen": ["x"], "stage": "credit"}).status_code == 302


def test_the_exact_credit_note_is_drafted_dropped_and_issued(client, member, contested, ready):  # noqa: F811
    client.force_login(member)
    address = f"/litiges/{contested.pk}/"

    drafted = client.post(f"{address}avoir/", {}, follow=True)
    assert "Avoir de 89,64 € préparé en brouillon" in text_of(drafted)
    assert f'action="{address}avoir/abandon/"' in drafted.content.decode()
    client.post(f"{address}avoir/abandon/")
    assert not Invoice.objects.filter(kind="381").exists()

    client.post(f"{address}avoir/", {"quantity": "2", "refusal": "Un carton est revenu."})
    note = Invoice.objects.get(kind="381")
    assert note.gross_total == Decimal("59.76")
    billing.issue_invoices(actor=ready, invoice_ids=[note.pk], issue_date=TODAY)
    commands.follow_disputes(actor=ready)
    client.post(f"{address}lecon/", {"cause": "préparation incomplète", "lesson": "Recompter."})

    page = text_of(client.get(address))
    assert "Clos : transigé" in page
    assert "À retenir : Recompter." in page
    contested.refresh_from_db()
    assert (contested.outcome, contested.cause) == ("settled", "préparation incomplète")


def test_too_much_is_said_on_the_page(client, member, contested):
    client.force_login(member)

    answer = client.post(f"/litiges/{contested.pk}/avoir/", {"amount": "89,65"})

    assert answer.status_code == 409
    assert "n'est pas entre zéro et 89.64 €" in text_of(answer)


def test_a_refusal_waits_for_a_person_and_its_closing_is_undone(client, member, contested):
    client.force_login(member)
    address = f"/litiges/{contested.pk}/"
    piece = contested.pieces.first()
    client.post(
        f"{address}pieces/{piece.pk}/",
        {"do": "provide", "file": SimpleUploadedFile("bl.pdf", PDF)},
    )

    silent = client.post(f"{address}refus/", {"why": ""})
    refused = client.post(f"{address}refus/", {"why": "Le bon est signé."}, follow=True)

    assert silent.status_code == 422
    shown = text_of(refused)
    assert "Le refus attend votre accord pour partir." in shown
    assert "Votre contestation de la facture" in shown
    assert "Laisser partir ce refus" in shown
    assert Message.objects.get(kind="dispute").status == "held"

    client.post(f"{address}cloture/annulation/")
    contested.refresh_from_db()
    assert contested.closed_at is None
    client.post(f"{address}refus/", {"why": "Le bon est signé."})
    client.post(f"{address}refus/envoi/", {"do": "send"})
    assert [one.status for one in Message.objects.filter(kind="dispute").order_by("pk")] == [
        "withdrawn",
        "released",
    ]
    assert client.post(f"{address}cloture/annulation/").status_code == 409


def test_pieces_and_days_are_kept_from_the_page(client, member, contested):
    client.force_login(member)
    address = f"/litiges/{contested.pk}/"
    first, second = contested.pieces.order_by("rank")

    client.post(f"{address}pieces/{first.pk}/", {"do": "provide"})
    client.post(f"{address}pieces/{second.pk}/", {"do": "waive"})
    client.post(f"{address}pieces/", {"label": "photographie du quai"})
    bad = client.post(
        f"{address}pieces/{first.pk}/",
        {"do": "provide", "file": SimpleUploadedFile("x.exe", b"MZ")},
    )
    client.post(f"{address}delai/", {"answer_by": "2026-12-24"})
    past = client.post(f"{address}delai/", {"answer_by": "2026-11-01"})

    page = text_of(client.get(address))
    assert "à réunir" in page
    assert "écartée" in page
    assert "photographie du quai" in page
    assert "24/12/2026" in page
    assert (bad.status_code, past.status_code) == (422, 422)


def link_of(client, dispute):
    client.post(
        f"/litiges/{dispute.pk}/question/",
        {"email": "quai@atelier-morel.example", "text": "Combien de cartons sont partis ?"},
    )
    body = Message.objects.get(kind="question").body
    return re.search(r"https?://[^/]+(/litiges/question/\S+/)", body).group(1)


def test_a_colleague_answers_without_an_account(client, member, contested):
    client.force_login(member)
    link = link_of(client, contested)
    client.logout()

    page = client.get(link)
    empty = client.post(link, {"answer": " "})
    wrong = client.post(
        link, {"answer": "Sept.", "photos": [SimpleUploadedFile("q.html", b"<script>")]}
    )
    done = client.post(
        link, {"answer": "Sept.", "photos": [SimpleUploadedFile("quai.jpg", b"\xff\xd8\xff1")]}
    )

    shown = text_of(page)
    assert "Combien de cartons sont partis ?" in shown
    assert "Carton de verres" in shown
    assert "3 / 10" in shown
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert (empty.status_code, wrong.status_code) == (422, 422)
    assert "Joignez un PDF ou une photographie" in text_of(wrong)
    assert "Merci, votre réponse est transmise" in text_of(done)
    assert client.get(link).status_code == 404
    client.force_login(member)
    thread = text_of(client.get(f"/litiges/{contested.pk}/"))
    assert "Réponse de quai@atelier-morel.example Sept." in thread
    assert "quai.jpg" in thread
    assert WorkItem.objects.filter(kind="collection.dispute_answer", closed_at=None).exists()
    assert f'href="/litiges/{contested.pk}/"' in client.get("/journee/").content.decode()


def test_a_question_goes_to_one_person_and_is_taken_back(client, member, contested):
    client.force_login(member)
    address = f"/litiges/{contested.pk}/question/"

    nobody = client.post(address, {"text": "Combien ?"})
    two = client.post(address, {"text": "Combien ?", "member": member.pk, "email": "a@b.example"})
    asked = client.post(address, {"text": "Combien ?", "member": member.pk}, follow=True)
    undo = re.search(rf'action="({address}\d+/retrait/)"', asked.content.decode()).group(1)
    client.post(undo)

    assert (nobody.status_code, two.status_code) == (422, 422)
    assert Message.objects.get(kind="question").status == "withdrawn"


def test_a_wrong_link_says_nothing_and_many_tries_wait(client, db, company):
    from django.core.cache import cache

    cache.clear()
    answers = [client.get("/litiges/question/xyz/").status_code for _ in range(32)]

    assert set(answers) == {404}
    cache.clear()


def test_the_list_filters_and_leaves_for_excel(client, member, contested, ready, item_id):  # noqa: F811
    other = commands.open_dispute(
        actor=ready, item_id=item_id, reason_code=DisputeReason.PU_ERR, amount=Decimal("10.00")
    )
    commands.close_dispute(
        actor=ready, dispute_id=other.pk, outcome=DisputeOutcome.UNFOUNDED, cause="tarif"
    )
    client.force_login(member)

    def numbers(query):
        page = client.get(f"/litiges/liste/?{query}").content.decode()
        return sorted(int(one) for one in re.findall(r'id="dispute-(\d+)"', page))

    assert numbers("") == [contested.pk, other.pk]
    assert numbers("etat=open") == [contested.pk]
    assert numbers("motif=PU_ERR") == [other.pk]
    assert numbers("article=VER-10") == [contested.pk]
    assert numbers("cause=") == [contested.pk]
    assert numbers("transporteur=Transports+Morin") == [contested.pk]
    assert numbers("issue=unfounded&jusqu=2026-11-24") == [other.pk]
    assert numbers("depuis=2026-11-25") == []
    assert numbers("q=lef%C3%A8v") == [contested.pk, other.pk]
    assert numbers("retard=on") == []
    assert numbers("depuis=demain&responsable=zz&client=-1") == [contested.pk, other.pk]
    content = client.get("/litiges/export/?etat=open").content
    table = read_table(content, "litiges.xlsx")
    rows = [table.headers, *(row.values() for row in table.rows)]
    assert tuple(rows[0][:6]) == ("Pièce", "Client", "Motif", "Étape", "Issue", "Contesté")
    assert (len(rows), rows[1][2], rows[1][5]) == (2, "livraison incomplète", Decimal("89.64"))


def test_statistics_open_the_list_behind_each_figure(client, member, contested, ready, item_id):  # noqa: F811
    """One founded of 89.64, credited; one unfounded of 10.00: half founded, 89.64 credited."""
    note = commands.draft_dispute_credit(actor=ready, dispute_id=contested.pk)
    billing.issue_invoices(actor=ready, invoice_ids=[note.pk], issue_date=TODAY)
    commands.follow_disputes(actor=ready)
    other = commands.open_dispute(
        actor=ready, item_id=item_id, reason_code=DisputeReason.PU_ERR, amount=Decimal("10.00")
    )
    commands.close_dispute(actor=ready, dispute_id=other.pk, outcome=DisputeOutcome.UNFOUNDED)
    client.force_login(member)

    page = client.get("/litiges/statistiques/?par=client")
    by_carrier = client.get("/litiges/statistiques/?par=transporteur&depuis=2026-11-01")

    shown = text_of(page)
    assert "2 litiges, 99,64 € contestés, 89,64 € crédités." in shown
    assert "Boulangerie Lefèvre 2 99,64 € 50" in shown
    html = by_carrier.content.decode()
    assert "/litiges/liste/?depuis=2026-11-01&amp;transporteur=Transports+Morin" in html
    assert "/litiges/liste/?depuis=2026-11-01&amp;transporteur=" in html
    content = client.get("/litiges/statistiques/export/?par=motif").content
    cents = Decimal("89.64")
    table = read_table(content, "litiges.xlsx")
    rows = [table.headers, *(row.values() for row in table.rows)]
    assert tuple(rows[0]) == (
        "Motif", "Litiges", "Contesté", "Fondés (%)", "Durée médiane (jours)", "Crédité",
    )  # fmt: skip
    assert rows[1] == ("livraison incomplète", 1, cents, 100, 0, cents)
    assert client.get("/litiges/statistiques/?par=n_importe").status_code == 200


def test_the_board_costs_the_same_whatever_the_number_of_disputes(
    client,
    member,
    contested,
    ready,  # noqa: F811
    item_id,
    django_assert_num_queries,
):
    for _ in range(5):
        commands.open_dispute(
            actor=ready, item_id=item_id, reason_code=DisputeReason.PU_ERR, amount=Decimal(1)
        )
    client.force_login(member)

    with django_assert_num_queries(9):
        client.get("/litiges/")
    with django_assert_num_queries(6):
        client.get("/litiges/liste/")


def test_the_page_of_an_invoice_shows_its_disputes(client, member, order, contested, ready):  # noqa: F811
    client.force_login(member)
    address = f"/litiges/factures/{order.pk}/"
    htmx = {"HX-Request": "true"}

    shown = client.get(address, headers=htmx).content.decode()

    assert f'href="/litiges/{contested.pk}/"' in shown
    assert f"/litiges/ouverture/?piece={order.number}" in shown
    assert address in client.get(f"/factures/{order.pk}/").content.decode()
    draft = billing.draft_credit_note(actor=ready, invoice_id=order.pk, reason="Essai")
    assert client.get(f"/litiges/factures/{draft.pk}/", headers=htmx).status_code == 204


def test_a_reader_sees_and_does_nothing(client, user, actor, contested):
    from echeance.base import commands as base
    from echeance.base.rights import Role

    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)

    page = client.get(f"/litiges/{contested.pk}/").content.decode()

    assert "Préparer l'avoir exact" not in page
    assert client.post(f"/litiges/{contested.pk}/avoir/").status_code == 403
    assert (
        client.post("/litiges/etapes/", {"chosen": [contested.pk], "stage": "new"}).status_code
        == 403
    )


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
def test_the_keyboard_moves_a_card(live_server, page, contested, ready, item_id):  # noqa: F811
    other = commands.open_dispute(
        actor=ready, item_id=item_id, reason_code=DisputeReason.PU_ERR, amount=Decimal("10.00")
    )
    commands.move_disputes(actor=ready, dispute_ids=[other.pk], stage=DisputeStage.CUSTOMER)
    page.goto(f"{live_server.url}/litiges/")

    page.keyboard.press("j")
    expect(page.locator(f"#dispute-{contested.pk} [data-focus]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"#dispute-{other.pk} [data-focus]")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("m")
    page.keyboard.press("3")

    expect(page.get_by_role("status")).to_contain_text("1 litige déplacé")
    contested.refresh_from_db()
    assert contested.stage == "customer"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_pages_are_accessible(
    live_server,
    page,
    axe,
    contested,
    ready,  # noqa: F811
    client,
    member,
    scheme,
    size,
):
    commands.ask_operations(
        actor=ready,
        dispute_id=contested.pk,
        text="Combien ?",
        link=lambda secret: f"{live_server.url}/litiges/question/{secret}/",
        email="quai@atelier-morel.example",
    )
    link = re.search(r"/litiges/question/\S+/", Message.objects.get(kind="question").body).group()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)

    for address in (
        "/litiges/",
        f"/litiges/{contested.pk}/",
        f"/litiges/ouverture/?piece={contested.document_ref}",
        "/litiges/liste/?etat=open",
        "/litiges/statistiques/",
        link,
    ):
        page.goto(f"{live_server.url}{address}")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"
