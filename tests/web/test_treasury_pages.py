"""Trésorerie: cheques, tills, payouts, assignments, set-off, dormant credits, reconciliation."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cash.test_payouts import SALES, report
from cash.treasury import treasury  # noqa: F401
from echeance.base import commands as base
from echeance.base.rights import Role
from echeance.cash import commands as cash
from echeance.cash.models import (
    Cheque,
    ChequeDeposit,
    Netting,
    PayoutBatch,
    ReceivableAssignment,
    TillMovement,
)
from echeance.parties.models import Party
from ledger.books import day

PAGES = (
    "/tresorerie/cheques/",
    "/tresorerie/caisses/",
    "/tresorerie/versements/",
    "/tresorerie/cessions/",
    "/tresorerie/compensations/",
    "/tresorerie/avoirs-dormants/",
    "/tresorerie/rapprochement/",
)


def text(client, address):
    return client.get(address).content.decode()


def test_every_page_says_what_to_do_when_there_is_nothing(client, member):
    client.force_login(member)

    for address, words in zip(
        PAGES,
        (
            "Aucun chèque à remettre",
            "Aucune caisse",
            "Aucun versement",
            "Aucune cession",
            "Aucune convention",
            "Aucun crédit dormant",
            "Aucun compte bancaire",
        ),
        strict=True,
    ):
        assert words in text(client, address), address
        assert f'href="{address}"' in text(client, "/encaissements/")


def test_a_cheque_from_its_arrival_to_the_bank(client, member, treasury):  # noqa: F811
    invoice = treasury.goods("F1", "01/05", "31/05")
    client.force_login(member)
    facts = {"number": "0000123", "amount": "120,00", "received_on": "2026-06-03"}

    lost = client.post("/tresorerie/cheques/", facts)
    assert "Donnez une facture réglée ou le code du client." in lost.content.decode()
    client.post("/tresorerie/cheques/", facts | {"documents": "F1"})

    assert treasury.left(invoice) == [0]
    cheque = Cheque.objects.get()
    client.post(
        "/tresorerie/cheques/remises/",
        {
            "chosen": [cheque.pk],
            "bank_account": treasury.bank.pk,
            "deposited_on": "2026-06-05",
        },
    )
    deposit = ChequeDeposit.objects.get()
    line = treasury.line("120.00", "08/06", "REMISE")
    assert "Porter en banque : 08/06/2026 REMISE" in text(client, "/tresorerie/cheques/")
    client.post(f"/tresorerie/cheques/remises/{deposit.pk}/", {"entry": line})
    assert ChequeDeposit.objects.get().match_id

    back = treasury.line("-120.00", "15/06", "IMPAYE")
    assert "Rendu par la banque le 15/06/2026" in text(client, f"/tresorerie/cheques/{cheque.pk}/")
    client.post(f"/tresorerie/cheques/{cheque.pk}/", {"entry": back})
    assert treasury.left(invoice) == [Decimal("120.00")]
    assert "Revenu impayé" in text(client, f"/tresorerie/cheques/{cheque.pk}/")


def test_a_slip_is_cancelled_then_its_cheque(client, member, treasury):  # noqa: F811
    cheque = treasury.cheque("1", "03/06", "40.00")
    deposit = cash.deposit_cheques(
        actor=treasury.actor,
        bank_account_id=treasury.bank.pk,
        cheque_ids=[cheque],
        deposited_on=day("05/06"),
    )
    client.force_login(member)

    client.post(f"/tresorerie/cheques/remises/{deposit.pk}/")
    client.post("/tresorerie/cheques/remises/", {"chosen": [cheque], "cancel": "1"})

    assert Cheque.objects.get().cancelled_at


def test_a_till_is_opened_fed_counted_and_exported(client, member, treasury):  # noqa: F811
    treasury.goods("F1", "01/05", "31/05")
    client.force_login(member)
    address = f"/tresorerie/caisses/{treasury.till.pk}/"

    client.post("/tresorerie/caisses/", {"name": "Atelier", "ledger_account": "530100"})
    client.post(
        address,
        {
            "kind": "receipt",
            "on": "2026-06-03",
            "amount": "120,00",
            "label": "Vente comptoir",
            "documents": "F1",
        },
    )
    client.post(f"{address}gestes/", {"on": "2026-06-03", "counted": "119,00"})

    page = text(client, f"{address}?du=2026-06-01&au=2026-06-30")
    assert "Vente comptoir" in page
    assert "Écart de comptage du 03/06/2026" in page
    assert "solde 119,00\u00a0€" in page
    csv = client.get(f"{address}livre/?du=2026-06-01&au=2026-06-30&format=csv")
    assert "2026-06-03;Encaissement d'un client;Vente comptoir" in csv.content.decode("utf-8-sig")
    assert client.get(f"{address}livre/?format=xlsx").content[:2] == b"PK"
    chosen = list(TillMovement.objects.order_by("-pk").values_list("pk", flat=True))
    client.post(f"{address}gestes/", {"chosen": chosen})
    assert treasury.balance("530000") == 0


def test_cash_beyond_the_law_is_refused_with_the_article(client, member, treasury):  # noqa: F811
    treasury.goods("F1", "01/05", "31/05", net="2000.00")
    client.force_login(member)

    refused = client.post(
        f"/tresorerie/caisses/{treasury.till.pk}/",
        {
            "kind": "receipt",
            "on": "2026-06-03",
            "amount": "1000,01",
            "label": "Vente",
            "documents": "F1",
        },
    )

    assert refused.status_code == 409
    assert "art. L112-6 et D112-3" in refused.content.decode()


def test_a_payout_is_imported_identified_and_booked(client, member, treasury):  # noqa: F811
    treasury.service("F1", "01/05", "31/05")
    treasury.goods("F2", "01/05", "31/05", net="50.00")
    client.force_login(member)

    client.post(
        "/tresorerie/versements/", {"file": SimpleUploadedFile("stripe.csv", report(*SALES))}
    )

    batch = PayoutBatch.objects.get()
    address = f"/tresorerie/versements/{batch.pk}/"
    assert "2 opérations à identifier" in text(client, "/tresorerie/versements/")
    unknown = batch.lines.get(description="Commande sans facture")
    client.post(address, {f"line-{unknown.pk}": "F2"})
    line = treasury.line("169.50", "05/06", "STRIPE")
    assert "Porter en banque : 05/06/2026 STRIPE" in text(client, address)
    client.post(address, {"entry": line})
    assert PayoutBatch.objects.get().match_id
    assert "Annuler le rapprochement" in text(client, address)


def test_invoices_are_sold_and_come_back(client, member, treasury):  # noqa: F811
    item = treasury.goods("F1", "01/05", "31/07")
    client.force_login(member)
    facts = {
        "kind": "dailly",
        "assignee": "S",
        "reference": "CES1",
        "on": "2026-06-10",
        "financed_percent": "90",
        "guarantee_percent": "10",
        "commission": "0",
        "vat": "0",
        "interest": "0",
    }

    client.post("/tresorerie/cessions/", facts | {"chosen": [item]})

    row = ReceivableAssignment.objects.get()
    address = f"/tresorerie/cessions/{row.pk}/"
    assert "Acte à signer" in text(client, address)
    part = row.items.get().pk
    for act, words in (
        ("pay", "payée"),
        ("unpay", "cédée"),
        ("return", "rendue"),
        ("unreturn", "cédée"),
    ):
        client.post(address, {"act": act, "part": part})
        assert words in text(client, address)
    client.post(address, {"act": "finance", "entry": treasury.line("100.00", "12/06")})
    assert treasury.balance("467100") == Decimal("8.00")
    refused = client.post(address, {"act": "cancel"})
    assert refused.status_code == 409


def test_a_set_off_is_made_printed_and_undone(client, member, treasury):  # noqa: F811
    party = treasury.parties["A"]
    Party.objects.filter(pk=party).update(is_supplier=True)
    invoice = treasury.goods("F1", "01/05", "31/05")
    treasury.purchase("X1", "01/06", net="50.00", party="A")
    client.force_login(member)

    client.post("/tresorerie/compensations/", {"party": "A", "signed_on": "2026-01-01"})
    assert "60,00\u00a0€ à compenser" in text(client, "/tresorerie/compensations/")
    client.post("/tresorerie/compensations/gestes/", {"party": party, "amount": "60.00"})

    row = Netting.objects.get()
    said = text(client, f"/tresorerie/compensations/{row.pk}/")
    assert "60,00\u00a0€ éteints de part et d'autre" in said.replace("&#x27;", "'")
    assert treasury.left(invoice) == [Decimal("60.00")]
    client.post("/tresorerie/compensations/gestes/", {"undo": row.pk})
    assert treasury.left(invoice) == [Decimal("120.00")]
    client.post("/tresorerie/compensations/gestes/", {"end": row.agreement_id})
    assert "terminée le 24/11/2026" in text(client, "/tresorerie/compensations/")


def test_dormant_credits_and_reconciliation_are_read_and_exported(client, member, treasury):  # noqa: F811
    treasury.receipt("R1", "01/03", "45.00")
    treasury.line("120.00", "05/06", "VIR INCONNU")
    client.force_login(member)

    assert "01/03/2031" in text(client, "/tresorerie/avoirs-dormants/")
    page = text(client, "/tresorerie/rapprochement/")
    assert "75,00\u00a0€ d'écart, expliqué ligne à ligne." in page.replace("&#x27;", "'")
    export = "/tresorerie/rapprochement/export/?compte=512000&format="
    assert "VIR INCONNU" in client.get(f"{export}csv").content.decode("utf-8-sig")
    assert client.get(f"{export}xlsx").content[:2] == b"PK"
    assert client.get(f"{export}pdf").content[:5] == b"%PDF-"


def test_a_reader_sees_the_pages_and_changes_nothing(client, user, actor, treasury):  # noqa: F811
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    treasury.cheque("1", "03/06", "40.00")
    client.force_login(user)

    for address in PAGES:
        assert client.get(address).status_code == 200
    refused = client.post(
        "/tresorerie/cheques/remises/", {"chosen": [Cheque.objects.get().pk], "cancel": "1"}
    )
    assert refused.status_code == 403
    assert "Enregistrer un chèque" not in text(client, "/tresorerie/cheques/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_pages_are_accessible(live_server, page, axe, treasury, scheme, size):  # noqa: F811
    party = treasury.parties["A"]
    Party.objects.filter(pk=party).update(is_supplier=True)
    treasury.service("F1", "01/05", "31/05")
    item = treasury.goods("F2", "01/05", "31/07")
    treasury.purchase("X1", "01/06", net="50.00", party="A")
    cash.agree_netting(actor=treasury.actor, party_id=party, signed_on=day("01/01"))
    held, put = treasury.cheque("1", "03/06", "40.00"), treasury.cheque("2", "03/06", "50.00")
    cash.deposit_cheques(
        actor=treasury.actor,
        bank_account_id=treasury.bank.pk,
        cheque_ids=[put],
        deposited_on=day("05/06"),
    )
    treasury.line("50.00", "08/06", "REMISE CHEQUES")
    treasury.cash_in("03/11", "100.00")
    treasury.move("deposit", "04/11", "80.00")
    [batch] = cash.import_payouts(
        actor=treasury.actor, content=report(*SALES), filename="stripe.csv"
    )
    from cash.test_factoring import sell

    sold = sell(treasury, item)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)

    for address in (
        *PAGES,
        f"/tresorerie/cheques/{held}/",
        f"/tresorerie/caisses/{treasury.till.pk}/",
        f"/tresorerie/versements/{batch}/",
        f"/tresorerie/cessions/{sold.pk}/",
    ):
        page.goto(f"{live_server.url}{address}")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"
