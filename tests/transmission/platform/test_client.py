"""What the clients do when the other side does not keep the contract: bounded, named, no secret."""

from __future__ import annotations

import gzip
import logging
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.transmission.platform.conftest import QUICK, info_of

from echeance.practice.platform.faults import Fault
from echeance.practice.platform.server import CLIENT_SECRET
from echeance.transmission.platform import configured
from echeance.transmission.platform.chorus import ChorusClient
from echeance.transmission.platform.client import PlatformClient
from echeance.transmission.platform.errors import (
    PlatformAddressError,
    PlatformAnswerError,
    PlatformMissingError,
    PlatformOutcomeUnknownError,
    PlatformSignInError,
    PlatformUnreachableError,
)
from echeance.transmission.platform.http import checked_url
from echeance.transmission.platform.oauth import Tokens
from echeance.transmission.platform.types import (
    Access,
    AckStatus,
    FlowSearch,
    FlowSyntax,
    Patience,
)

TOKEN = b'{"access_token": "jeton", "expires_in": 3600}'


@contextmanager
def server(answer):
    """A server whose every answer but the token is what ``answer(handler)`` writes."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def _handle(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path == "/token":
                self.reply(200, TOKEN)
            else:
                answer(self)

        do_GET = do_POST = _handle  # noqa: N815

        def reply(self, status, content, **headers) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    thread = threading.Thread(target=made.serve_forever, args=(0.02,))
    thread.start()
    url = f"http://127.0.0.1:{made.server_port}"
    try:
        yield Access(url, f"{url}/token", "nous", "notre-secret")
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


def search(access, patience=QUICK):
    with PlatformClient(access, patience=patience) as client:
        return client.search(FlowSearch())


@pytest.mark.parametrize(
    "url",
    [
        "http://plateforme.example/v1",
        "ftp://127.0.0.1/",
        "https://nous:secret@plateforme.example/",
        "https:///v1",
        "https://plateforme.example/?cle=1",
        "http://127.0.0.1.plateforme.example/",
        "https://plateforme.example:port/",
        "",
    ],
)
def test_an_address_that_is_neither_https_nor_this_machine_is_refused(url):
    with pytest.raises(PlatformAddressError) as refused:
        checked_url(url)

    assert "secret@" not in str(refused.value)


def test_https_and_this_machine_are_spoken_to():
    assert checked_url("https://plateforme.example/api/") == "https://plateforme.example/api"
    assert checked_url("http://[::1]:8000") == "http://[::1]:8000"


def test_a_read_is_tried_again_until_it_succeeds(client, platform):
    platform.faults.force("flows.search", Fault.UNAVAILABLE, Fault.CUT)

    assert client.search(FlowSearch()) == []


def test_a_read_that_goes_on_failing_ends_in_a_french_error(client, platform):
    platform.faults.force("flows.search", *[Fault.UNAVAILABLE] * 3)

    with pytest.raises(PlatformUnreachableError, match="ne répond pas pour l'instant"):
        client.search(FlowSearch())


def test_a_deposit_turned_away_by_429_is_tried_again(client, platform, content):
    platform.faults.force("deposit suivi-1", Fault.TOO_MANY, Fault.TOO_MANY)

    client.deposit(content, info_of(content))

    assert list(platform.store.deposits().values()) == [1]


@pytest.mark.parametrize(
    ("fault", "stored"), [(Fault.CUT, 0), (Fault.UNAVAILABLE, 0), (Fault.LOST, 1)]
)
def test_a_deposit_whose_answer_is_lost_is_unknown_and_never_repeated_by_the_client(
    client, platform, content, fault, stored
):
    platform.faults.force("deposit suivi-1", fault)

    with pytest.raises(PlatformOutcomeUnknownError, match="recherché par son identifiant"):
        client.deposit(content, info_of(content))

    assert len(platform.store.flows()) == stored
    assert len(client.find("suivi-1")) == stored


def test_a_chorus_pro_deposit_whose_answer_is_lost_is_unknown_too(chorus, platform, content):
    platform.faults.force("chorus.deposit FA-1.xml", Fault.LOST)

    with pytest.raises(PlatformOutcomeUnknownError):
        chorus.deposit(content, "FA-1.xml", FlowSyntax.CII)

    assert list(platform.chorus.deposited.values()) == [1]


def test_nobody_listening_is_known_not_to_have_taken_anything(content):
    with server(lambda handler: handler.reply(200, b"{}")) as access:
        pass

    with (
        PlatformClient(access, patience=QUICK) as client,
        pytest.raises(PlatformUnreachableError, match="rien n'a été déposé"),
    ):
        client.deposit(content, info_of(content))


def test_a_token_that_has_been_forgotten_is_asked_again_without_losing_the_deposit(
    client, platform, content
):
    client.search(FlowSearch())
    platform.forget_tokens()

    client.deposit(content, info_of(content))

    assert list(platform.store.deposits().values()) == [1]


def test_a_token_is_kept_until_a_minute_before_its_end(platform):
    seconds = [0.0]
    tokens = Tokens(platform.access, patience=QUICK, monotonic=lambda: seconds[0])

    first = tokens.headers()
    seconds[0] = 3539
    kept = tokens.headers()
    seconds[0] = 3541
    renewed = tokens.headers()
    tokens.close()

    assert first == kept
    assert renewed != first


def test_a_wrong_secret_is_said_without_repeating_it(platform, caplog):
    access = platform.access
    wrong = Access(access.base_url, access.token_url, access.client_id, "faux-secret")

    with caplog.at_level(logging.DEBUG), pytest.raises(PlatformSignInError) as refused:
        search(wrong)

    assert "refuse l'identification" in str(refused.value)
    assert "faux-secret" not in f"{refused.value} {wrong!r} {caplog.text}"


def test_no_secret_and_no_token_goes_to_the_log(client, platform, content, caplog):
    with caplog.at_level(logging.DEBUG):
        platform.faults.force("flows.search", Fault.CUT)
        client.search(FlowSearch())
        client.deposit(content, info_of(content))

    (token,) = platform._tokens
    assert caplog.records
    assert CLIENT_SECRET not in caplog.text
    assert token not in caplog.text


def test_a_redirection_is_not_followed(content):
    with server(
        lambda handler: handler.reply(307, b"", Location="https://ailleurs.example/")
    ) as access:
        with pytest.raises(PlatformAnswerError, match="renvoie vers une autre adresse"):
            search(access)
        with (
            PlatformClient(access, patience=QUICK) as client,
            pytest.raises(PlatformOutcomeUnknownError),
        ):
            client.deposit(content, info_of(content))


def test_an_answer_larger_than_four_mebibytes_is_cut_short():
    with (
        server(lambda handler: handler.reply(200, b" " * (4 * 1024 * 1024 + 1))) as access,
        pytest.raises(PlatformAnswerError, match="plus de 4096 Kio"),
    ):
        search(access)


def test_a_compressed_bomb_is_cut_short():
    bomb = gzip.compress(b" " * (64 * 1024 * 1024))

    with (
        server(lambda handler: handler.reply(200, bomb, Content_Encoding="gzip")) as access,
        pytest.raises(PlatformAnswerError, match="plus de 4096 Kio"),
    ):
        search(access)


def test_an_answer_that_drips_ends():
    stop = threading.Event()

    def drip(handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        while not stop.wait(0.02):
            try:
                handler.wfile.write(b" ")
                handler.wfile.flush()
            except OSError:
                return

    patience = Patience(timeout_seconds=0.1, attempts=1)
    with server(drip) as access:
        with pytest.raises(PlatformAnswerError, match="n'en finit pas"):
            search(access, patience)
        stop.set()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html>", "ce n'est pas du JSON"),
        (b"[]", "ce n'est pas un objet JSON"),
        (b"[" * 100_000, "ce n'est pas du JSON"),
        (b'{"results": 3}', "n'est pas une liste d'objets"),
        (b'{"results": [3]}', "n'est pas une liste d'objets"),
        (b'{"results": [{}]}', "flux sans identifiant"),
        (b'{"results": [{"flowId": "1", "updatedAt": "hier"}]}', "sans date de mise"),
    ],
)
def test_an_answer_out_of_the_contract_is_named(content, reason):
    with (
        server(lambda handler: handler.reply(200, content)) as access,
        pytest.raises(PlatformAnswerError, match=reason),
    ):
        search(access)


def test_a_status_of_a_later_version_is_not_taken_for_a_yes():
    row = (
        b'{"results": [{"flowId": "1", "updatedAt": "2026-11-24T09:00:00Z", '
        b'"acknowledgement": {"status": "Archived", "details": "x"}}]}'
    )
    with server(lambda handler: handler.reply(200, row)) as access:
        (flow,) = search(access)

    assert flow.status is AckStatus.PENDING


def test_a_platform_that_ignores_the_tracking_id_fools_nobody():
    row = b'{"results": [{"flowId": "1", "trackingId": "autre", "updatedAt": "2026-11-24T09:00:00Z"}]}'
    with (
        server(lambda handler: handler.reply(200, row)) as access,
        PlatformClient(access, patience=QUICK) as client,
    ):
        assert client.find("suivi-1") == []


def test_a_chorus_pro_answer_without_its_return_code_is_no_yes(content):
    with (
        server(lambda handler: handler.reply(200, b'{"numeroFluxDepot": "1"}')) as access,
        ChorusClient(configured.ChorusAccess(access, "a", "b"), patience=QUICK) as chorus,
        pytest.raises(PlatformOutcomeUnknownError, match="codeRetour absent"),
    ):
        chorus.deposit(content, "FA-1.xml", FlowSyntax.CII)


def test_an_installation_without_a_platform_says_what_to_fill_in(settings):
    with pytest.raises(PlatformMissingError, match="ECHEANCE_PLATFORM_CLIENT_SECRET"):
        configured.platform()
    with pytest.raises(PlatformMissingError, match="ECHEANCE_CHORUS_URL"):
        configured.chorus_pro()


def test_an_installation_speaks_to_the_platform_it_is_configured_for(settings, platform):
    said = platform.environment()
    settings.PLATFORM = {
        "base_url": said["ECHEANCE_PLATFORM_URL"],
        "token_url": said["ECHEANCE_PLATFORM_TOKEN_URL"],
        "directory_url": said["ECHEANCE_PLATFORM_DIRECTORY_URL"],
        "client_id": said["ECHEANCE_PLATFORM_CLIENT_ID"],
        "client_secret": said["ECHEANCE_PLATFORM_CLIENT_SECRET"],
        "scope": "",
    }

    with configured.platform() as client:
        assert client.legal_unit("552100554").name == "Atelier Morel"
