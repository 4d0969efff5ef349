"""Answers of the open data of the BODACC.

Written by hand from the published description of the data set, not captured from the service.
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


def record(reference="A202602031234", siren="732829320", published="2026-10-23", **judgment):
    """One announcement of an opening judgment, as the interface gives it."""
    spaced = f"{siren[:3]} {siren[3:6]} {siren[6:]}"
    said = {
        "type": "initial",
        "famille": "Jugement d'ouverture",
        "nature": "Jugement d'ouverture de liquidation judiciaire",
        "date": "2026-10-14",
        "complementJugement": "Liquidateur : Me Lenoir, 3 rue du Palais 69003 Lyon.",
    } | judgment
    return {
        "id": reference,
        "publicationavis": "A",
        "parution": "20260203",
        "dateparution": published,
        "numeroannonce": 1234,
        "typeavis": "annonce",
        "familleavis": "collective",
        "familleavis_lib": "Procédures collectives",
        "tribunal": "Tribunal des activités économiques de Lyon",
        "commercant": "BERGER BTP",
        "ville": "Lyon",
        "cp": "69003",
        "registre": [spaced, siren],
        "jugement": json.dumps(said, ensure_ascii=False),
    }


@contextmanager
def bodacc(records=(), status=200, body=None):
    """A register on loopback: its address, and the questions it was asked."""
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            question = {name: values[0] for name, values in parse_qs(parts.query).items()}
            asked.append(question | {"path": parts.path})
            sirens = re.findall(r'"(\d{9})"', question.get("where", ""))
            rows = [one for one in records if one["registre"][-1] in sirens]
            first = int(question.get("offset", "0"))
            page = rows[first : first + int(question.get("limit", "10"))]
            content = (
                body
                if body is not None
                else json.dumps({"total_count": len(rows), "results": page}).encode()
            )
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
