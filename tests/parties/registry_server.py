"""Registers on loopback: answers written by hand after API Sirene 3.11 and the REST of VIES."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


def establishment(siren: str = "404833048", **more: object) -> dict[str, object]:
    """A head office in activity, as API Sirene 3.11 gives it."""
    unit = {
        "etatAdministratifUniteLegale": "A",
        "statutDiffusionUniteLegale": "O",
        "denominationUniteLegale": "ATELIER BRUME",
        "sigleUniteLegale": None,
        "categorieJuridiqueUniteLegale": "5710",
    }
    address = {
        "complementAdresseEtablissement": None,
        "numeroVoieEtablissement": "1",
        "indiceRepetitionEtablissement": None,
        "typeVoieEtablissement": "RUE",
        "libelleVoieEtablissement": "DES FORGES",
        "codePostalEtablissement": "75001",
        "libelleCommuneEtablissement": "PARIS 1",
        "codePaysEtrangerEtablissement": None,
    }
    period = {
        "dateFin": None,
        "dateDebut": "2015-03-01",
        "etatAdministratifEtablissement": "A",
        "enseigne1Etablissement": None,
    }
    return {
        "siren": siren,
        "nic": "00022",
        "siret": f"{siren}00022",
        "etablissementSiege": True,
        "uniteLegale": unit | more.pop("unit", {}),  # type: ignore[operator]
        "adresseEtablissement": address | more.pop("address", {}),  # type: ignore[operator]
        "periodesEtablissement": [period | more.pop("period", {})],  # type: ignore[operator]
        **more,
    }


class Asked:
    """What came to the server."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.queries: list[str] = []
        self.bodies: list[dict[str, str]] = []
        self.keys: list[str] = []


Reply = Callable[[BaseHTTPRequestHandler], None]


def reply(status: int, document: object, **headers: str) -> Reply:
    def write(handler: BaseHTTPRequestHandler) -> None:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return write


def sirene(*rows: dict[str, object]) -> Reply:
    return reply(200, {"header": {"statut": 200}, "etablissements": list(rows)})


NOBODY = reply(404, {"header": {"statut": 404, "message": "Aucun élément trouvé"}})


@contextmanager
def serving(*replies: Reply) -> Iterator[tuple[str, Asked]]:
    """A server that gives each reply once, the last one for ever."""
    asked = Asked()
    left = list(replies)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            parts = urlsplit(self.path)
            asked.paths.append(parts.path)
            asked.queries.append(parse_qs(parts.query).get("q", [""])[0])
            asked.keys.append(self.headers.get("X-INSEE-Api-Key-Integration", ""))
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.bodies.append(json.loads(body) if body else {})
            (left.pop(0) if len(left) > 1 else left[0])(self)

        do_GET = do_POST = _handle  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    thread = threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_port}", asked
    finally:
        made.shutdown()
        made.server_close()
