"""Where a conversation stops decides what is known.

Before the content nothing has left; after it only 250 is « sent », 4yz and 5yz are « no », and
everything else is unknown.
"""

from __future__ import annotations

import socket
import threading

import pytest

from echeance.transmission.smtp import Settings, SmtpRelay
from echeance.transmission.types import Accepted, Envelope, Refused, Unknown

ENVELOPE = Envelope("a@morel.example", ("b@brume.example",), b"Subject: x\r\n\r\nBonjour\r\n")
CLOSE = ""
POLITE = {
    "banner": "220 bonjour",
    "EHLO": "250 bonjour",
    "MAIL": "250 oui",
    "RCPT": "250 oui",
    "DATA": "354 parlez",
    "content": "250 gardé",
    "QUIT": "221 au revoir",
}


def converse(listener: socket.socket, script: dict[str, str]) -> None:
    """Answer one client from a script; an empty answer closes the connection."""
    client, _ = listener.accept()
    with client, client.makefile("rwb") as stream:
        word = "banner"
        while answer := script[word]:
            stream.write(f"{answer}\r\n".encode())
            stream.flush()
            if word == "DATA" and answer.startswith("354"):
                while stream.readline() not in {b".\r\n", b""}:
                    pass
                word = "content"
            elif line := stream.readline():
                word = line[:4].decode().upper()
            else:
                return


@pytest.fixture
def say():
    """Send one message to a server that follows the polite script but for these answers."""
    threads = []

    def send(**answers):
        listener = socket.create_server(("127.0.0.1", 0))
        script = POLITE | answers
        thread = threading.Thread(target=converse, args=(listener, script), daemon=True)
        thread.start()
        threads.append((thread, listener))
        relay = SmtpRelay(
            Settings(
                host="127.0.0.1",
                port=listener.getsockname()[1],
                username="",
                password="",
                security="none",
                timeout_seconds=5,
            )
        )
        outcome = relay.send(ENVELOPE)
        relay.close()
        return outcome

    yield send
    for thread, listener in threads:
        thread.join(5)
        listener.close()


def test_250_after_the_content_is_the_only_proof(say):
    assert say() == Accepted("250 gardé")


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"MAIL": "451 plus tard"}, Refused(451, "plus tard", permanent=False)),
        ({"MAIL": "553 pas vous"}, Refused(553, "pas vous", permanent=True)),
        ({"MAIL": "421 fermé"}, Refused(421, "fermé", permanent=False, relay=True)),
        ({"DATA": "451 plus tard"}, Refused(451, "plus tard", permanent=False)),
        ({"DATA": "554 non"}, Refused(554, "non", permanent=True)),
        ({"content": "452 plein"}, Refused(452, "plein", permanent=False)),
        ({"content": "554 spam"}, Refused(554, "spam", permanent=True)),
        (
            {"RCPT": "550 inconnu"},
            Refused(550, "inconnu", permanent=True, refused={"b@brume.example": "550 inconnu"}),
        ),
    ],
)
def test_a_clear_no_is_a_refusal(say, answers, outcome):
    assert say(**answers) == outcome


@pytest.mark.parametrize(
    ("where", "relay"),
    [("banner", True), ("EHLO", True), ("MAIL", True), ("RCPT", False), ("DATA", False)],
)
def test_a_connection_lost_before_the_content_left_nothing(say, where, relay):
    outcome = say(**{where: CLOSE})

    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.permanent, outcome.relay) == (0, False, relay)


def test_a_relay_that_turns_everybody_away_is_the_relays_matter(say):
    outcome = say(banner="554 pas de service")

    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.relay) == (554, True)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (CLOSE, "SMTPServerDisconnected"),
        ("bonsoir", "réponse incompréhensible"),
        ("200 peut-être", "réponse incompréhensible : 200 peut-être"),
        ("354 encore", "réponse incompréhensible : 354 encore"),
    ],
)
def test_after_the_content_what_is_not_clear_is_unknown(say, answer, reason):
    outcome = say(content=answer)

    assert isinstance(outcome, Unknown)
    assert outcome.reason.startswith(reason)
