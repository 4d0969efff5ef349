"""Every operation of both contracts, spoken by our clients to a real server on loopback.

The last test holds the two lists together: an operation nobody calls here fails it.
"""

from __future__ import annotations

import hashlib
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.conftest import NOW
from tests.transmission.platform.conftest import QUICK, info_of, invoice

from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.ubl import read_ubl
from echeance.core.lifecycle import cdar
from echeance.practice.platform.server import OPERATIONS
from echeance.transmission.platform.chorus import ChorusClient
from echeance.transmission.platform.client import PlatformClient
from echeance.transmission.platform.errors import (
    PlatformNotFoundError,
    PlatformRefusedError,
)
from echeance.transmission.platform.types import (
    AckStatus,
    DirectoryLine,
    DocType,
    Facility,
    FlowDirection,
    FlowSearch,
    FlowSyntax,
    FlowType,
    LegalUnit,
    RoutingCode,
)


def test_a_deposit_is_taken_then_judged_and_its_life_is_told(client, content, platform_time):
    """``POST /v1/flows``, ``POST /v1/flows/search``, ``GET /v1/flows/{id}``."""
    taken = client.deposit(content, info_of(content))

    assert taken.status is AckStatus.PENDING
    assert taken.tracking_id == "suivi-1"
    assert taken.sha256 == hashlib.sha256(content).hexdigest()
    assert taken.direction == FlowDirection.OUT.value

    platform_time.pass_(seconds=2)
    assert client.metadata(taken.flow_id).status is AckStatus.OK
    assert [flow.flow_id for flow in client.find("suivi-1")] == [taken.flow_id]
    assert client.find("suivi-2") == []

    platform_time.pass_(minutes=10)
    told = client.search(FlowSearch(types=(FlowType.CUSTOMER_INVOICE_LC,)))
    messages = [cdar.read_cdar(client.download(flow.flow_id).content) for flow in told]
    events = [event for message in messages for _, event in cdar.events_of(message)]
    assert [event.code for event in events] == [200, 201, 202, 203, 205]


def test_a_flow_is_read_in_each_of_its_forms(client, content):
    taken = client.deposit(content, info_of(content))

    original = client.download(taken.flow_id)
    converted = client.download(taken.flow_id, DocType.CONVERTED)
    readable = client.download(taken.flow_id, DocType.READABLE_VIEW)

    assert original.content == content
    assert original.sha256 == taken.sha256
    assert read_ubl(converted.content).invoice.number == "FA-1"
    assert readable.media_type == "text/html"
    assert "Total TTC : 120.00" in readable.content.decode()
    with pytest.raises(PlatformNotFoundError, match=r"ne connaît pas /v1/flows/absent"):
        client.metadata("absent")


def test_an_invoice_that_breaks_a_rule_is_taken_then_rejected_with_the_reason(
    client, platform_time
):
    wrong = write_cii(invoice("FA-9", currency=""))

    taken = client.deposit(wrong, info_of(wrong, "suivi-9"))
    platform_time.pass_(minutes=1)

    judged = client.metadata(taken.flow_id)
    assert judged.status is AckStatus.ERROR
    assert judged.details[0].code == "REJ_SEMAN"
    assert "BR-05" in judged.details[0].text
    (told,) = client.search(FlowSearch(directions=(FlowDirection.IN,)))
    ((document, event),) = cdar.events_of(cdar.read_cdar(client.download(told.flow_id).content))
    assert (document.number, event.code, event.reasons[0].code) == ("FA-9", 213, "REJ_SEMAN")


def test_a_description_out_of_the_contract_is_refused_at_once(client, platform, content):
    with pytest.raises(PlatformRefusedError, match="name va de 1 à 255 caractères") as refused:
        client.deposit(content, info_of(content, name="n" * 256))

    assert refused.value.status == 400
    assert platform.store.flows() == []


def test_a_search_pages_through_more_than_a_hundred_changes_without_losing_one(client, platform):
    for number in range(250):
        platform.store.receive(b"<a/>", f"{number}.xml")

    pages = list(client.changes(NOW - timedelta(days=1)))

    seen = {flow.flow_id for page in pages for flow in page}
    assert [len(page) for page in pages] == [100, 100, 52]
    assert len(seen) == 250
    assert client.search(FlowSearch(updated_after=NOW + timedelta(days=1))) == []


class Listener:
    """Somebody who is called back."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.one = threading.Event()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                listener.heard.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(204)
                self.end_headers()
                listener.one.set()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def test_who_subscribes_is_called_until_unsubscribed(client, platform):
    """``/v1/webhooks``: create, list, delete."""
    listener = Listener()
    try:
        made = client.subscribe(f"http://127.0.0.1:{listener.server.server_port}/retour")
        assert client.webhooks() == [made]

        arrived = platform.store.receive(b"<a/>", "arrivee.xml")
        assert listener.one.wait(5)
        assert f'"flowId": "{arrived.flow_id}"'.encode() in listener.heard[0]

        client.unsubscribe(made.webhook_id)
        assert client.webhooks() == []
        with pytest.raises(PlatformRefusedError, match="sur cette machine"):
            client.subscribe("https://ailleurs.example/retour")
    finally:
        listener.close()


def test_the_directory_tells_where_a_firm_receives_its_invoices(client):
    assert client.legal_unit("404833048") == LegalUnit(
        "404833048", "Boulangerie Lefèvre & Fils", "A"
    )
    assert client.facility("40483304800017") == Facility(
        "40483304800017", "404833048", "Boulangerie Lefèvre & Fils", "A"
    )
    assert client.routing_code("21340004700017", "COMPTA") == RoutingCode(
        "21340004700017", "COMPTA", "Service comptabilité"
    )
    assert client.directory_lines("213400047") == [
        DirectoryLine("213400047", "213400047", "", "", "8888"),
        DirectoryLine(
            "213400047_21340004700017_COMPTA", "213400047", "21340004700017", "COMPTA", "8888"
        ),
    ]
    assert client.directory_lines("732829320") == []
    with pytest.raises(PlatformNotFoundError):
        client.legal_unit("732829320")


def test_chorus_pro_takes_an_invoice_reports_on_it_and_follows_it(chorus, platform, content):
    deposit_id = chorus.deposit(content, "FA-1.xml", FlowSyntax.CII)

    report = chorus.report(deposit_id)
    assert (report.state, report.errors) == ("IN_INTEGRE", ())
    (found,) = chorus.invoices(number="FA-1")
    assert (found.number, found.status) == ("FA-1", "DEPOSEE")
    assert chorus.invoices(number="FA-2") == []

    platform.chorus.move(found.invoice_id, "A_RECYCLER", "Code service absent")
    moved = chorus.invoice(found.invoice_id)
    assert (moved.status, moved.reason) == ("A_RECYCLER", "Code service absent")


def test_chorus_pro_refuses_with_its_own_words_and_reports_what_it_cannot_read(chorus):
    deposit_id = chorus.deposit(b"<a/>", "vide.xml", FlowSyntax.UBL)

    report = chorus.report(deposit_id)
    assert report.state == "IN_REJETE"
    assert "n'est ni une facture" in report.errors[0]
    with pytest.raises(PlatformRefusedError, match="Ce numéro de flux n'existe pas"):
        chorus.report("CPP0000000099")


def test_chorus_pro_tells_what_a_public_buyer_asks_for(chorus):
    (structure,) = chorus.structures("21340004700017")

    assert structure.name == "Mairie de Valbonne-le-Haut"
    assert structure.service_code_required
    assert not structure.commitment_required
    assert chorus.structures("00000000000000") == []


def test_every_operation_of_the_contract_is_one_that_our_clients_speak(platform, content):
    with PlatformClient(platform.access, patience=QUICK) as client:
        assert client.healthy()
        taken = client.deposit(content, info_of(content))
        client.search(FlowSearch())
        client.metadata(taken.flow_id)
        client.unsubscribe(client.subscribe(f"{platform.url}/").webhook_id)
        client.webhooks()
        client.legal_unit("404833048")
        client.facility("40483304800017")
        client.routing_code("21340004700017", "COMPTA")
        client.directory_lines("404833048")
    with ChorusClient(platform.chorus_access, patience=QUICK) as chorus:
        chorus.report(chorus.deposit(content, "FA-1.xml", FlowSyntax.CII))
        chorus.invoice(chorus.invoices()[0].invoice_id)
        chorus.structures("21340004700017")

    assert platform.called == {operation.name for operation in OPERATIONS}
