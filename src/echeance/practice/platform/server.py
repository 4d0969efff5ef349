"""The platform of practice as a real HTTP server on loopback.

The server is the standard library's: it must be able to break the contract of HTTP itself (take a
request, do it, and close the connection without a word), which servers made for production rightly
prevent. Source of the contract: XP Z12-013 1.3.0; external specifications of Chorus Pro.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import queue
import re
import secrets
import threading
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from echeance.base import clock
from echeance.practice.platform import directory, readable
from echeance.practice.platform.chorus import ChorusDesk
from echeance.practice.platform.faults import ON_DEPOSIT, ON_READ, Fault, Faults
from echeance.practice.platform.store import Store, StoredFlow
from echeance.practice.platform.wire import (
    Reply,
    Request,
    WireHandler,
    parts_of,
    payload,
    refusal,
)
from echeance.transmission.platform.client import instant_text
from echeance.transmission.platform.types import (
    Access,
    ChorusAccess,
    DocType,
    FlowProfile,
    FlowSyntax,
    ProcessingRule,
)

PAGE = 100
CLIENT_ID = "entrainement"
CLIENT_SECRET = "entrainement-secret"  # noqa: S105  of a platform that holds nothing
ACCOUNT = ("TECH_1_2222@cpro.fr", "entrainement")
TOKEN_SECONDS = 3600
_LOOPBACK = re.compile(r"https?://(127\.0\.0\.1|localhost)(:\d+)?/")
_TRACKING_ID = re.compile(r"[\x21-\x7e]{0,100}")


class PracticePlatform:
    """The server, from :meth:`start` to :meth:`close`; use it as a block."""

    def __init__(
        self,
        *,
        port: int = 0,
        faults: Faults | None = None,
        seed: int = 2026,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        """Prepare, without listening.

        Args:
            port: On loopback; 0 for any free one.
            faults: What fails; nothing when ``None``.
            seed: Of what buyers answer.
            now: The platform's own clock.
        """
        self.faults = faults or Faults()
        self.store = Store(now, seed)
        self.chorus = ChorusDesk()
        self.called: set[str] = set()
        self._tokens: set[str] = set()
        self._webhooks: dict[str, str] = {}
        self._calls: queue.SimpleQueue[tuple[str, bytes] | None] = queue.SimpleQueue()
        self.store.changed = self._announce
        platform = self

        class Handler(WireHandler):
            """Requests of this platform."""

            serves = platform

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True),
            threading.Thread(target=self._call_back, daemon=True),
        ]

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def access(self) -> Access:
        """How a client reaches its flows and its directory."""
        return Access(
            base_url=f"{self.url}/afnor-flow",
            token_url=f"{self.url}/oauth/token",
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            directory_url=f"{self.url}/afnor-directory",
        )

    @property
    def chorus_access(self) -> ChorusAccess:
        """How a client reaches its Chorus Pro."""
        access = Access(
            base_url=f"{self.url}/cpro",
            token_url=f"{self.url}/oauth/token",
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            scope="openid",
        )
        return ChorusAccess(access, *ACCOUNT)

    def environment(self) -> dict[str, str]:
        """The variables that make an installation speak to it."""
        flows, chorus = self.access, self.chorus_access
        return {
            "ECHEANCE_PLATFORM_URL": flows.base_url,
            "ECHEANCE_PLATFORM_DIRECTORY_URL": flows.directory_url,
            "ECHEANCE_PLATFORM_TOKEN_URL": flows.token_url,
            "ECHEANCE_PLATFORM_CLIENT_ID": flows.client_id,
            "ECHEANCE_PLATFORM_CLIENT_SECRET": flows.client_secret,
            "ECHEANCE_CHORUS_URL": chorus.access.base_url,
            "ECHEANCE_CHORUS_TOKEN_URL": chorus.access.token_url,
            "ECHEANCE_CHORUS_CLIENT_ID": chorus.access.client_id,
            "ECHEANCE_CHORUS_CLIENT_SECRET": chorus.access.client_secret,
            "ECHEANCE_CHORUS_LOGIN": chorus.login,
            "ECHEANCE_CHORUS_PASSWORD": chorus.password,
        }

    def start(self) -> None:
        """Listen, in threads of this process."""
        for thread in self._threads:
            thread.start()

    def serve(self) -> None:
        """Listen until interrupted, in this thread."""
        self._threads[1].start()
        self._server.serve_forever()

    def close(self) -> None:
        """Stop listening."""
        self._calls.put(None)
        if self._threads[0].is_alive():
            self._server.shutdown()
            self._threads[0].join()
        self._server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def forget_tokens(self) -> None:
        """Make every token given so far invalid."""
        self._tokens.clear()

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """What one request gets."""
        url = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        for operation in OPERATIONS:
            matched = operation.pattern.fullmatch(url.path)
            if method != operation.method or matched is None:
                continue
            self.called.add(operation.name)
            request = Request(
                tuple(unquote(part) for part in matched.groups()), query, headers, body
            )
            if operation.signed and (said := self._unsigned(operation, headers)):
                return said
            if operation.draws:
                said = self._failure(self.faults.draw(operation.name, ON_READ))
                if said:
                    return said
            try:
                return operation.act(self, request)
            except (ValueError, KeyError) as error:
                return refusal(400, "BAD_REQUEST", str(error))
        return refusal(404, "NOT_FOUND", "Opération inconnue.")

    def _unsigned(self, operation: Operation, headers: Mapping[str, str]) -> Reply | None:
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self._tokens:
            return refusal(401, "UNAUTHORIZED", "Jeton absent ou périmé.")
        account = base64.b64encode(":".join(ACCOUNT).encode()).decode()
        if operation.name.startswith("chorus") and headers.get("cpro-account") != account:
            return refusal(403, "FORBIDDEN", "Compte technique inconnu.")
        return None

    def _failure(self, fault: Fault | None) -> Reply | None:
        """The answer to a request that is not carried out."""
        match fault:
            case Fault.TOO_MANY:
                return refusal(429, "TOO_MANY_REQUESTS", "Revenez.", **{"Retry-After": "0"})
            case Fault.UNAVAILABLE:
                return refusal(503, "UNAVAILABLE", "Maintenance.")
            case Fault.CUT:
                return Reply(silent=True)
            case _:  # it is carried out
                return None

    def _announce(self, flow: StoredFlow) -> None:
        body = json.dumps({"flowId": flow.flow_id, "updatedAt": instant_text(flow.updated_at)})
        for callback in self._webhooks.values():
            self._calls.put((callback, body.encode()))

    def _call_back(self) -> None:
        """Call those who subscribed, one after the other; who does not answer misses it."""
        while (call := self._calls.get()) is not None:
            callback, body = call
            request = urllib.request.Request(  # noqa: S310  subscribe() takes loopback only
                callback, body, {"Content-Type": "application/json"}
            )
            with contextlib.suppress(OSError):
                urllib.request.urlopen(request, timeout=2).close()  # noqa: S310

    # -- signing in ---------------------------------------------------------------------------

    def token(self, request: Request) -> Reply:
        """A token for the one application there is."""
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        given = (form.get("grant_type"), form.get("client_id"), form.get("client_secret"))
        if given != ("client_credentials", CLIENT_ID, CLIENT_SECRET):
            return Reply(401, {"error": "invalid_client"})
        token = secrets.token_urlsafe(24)
        self._tokens.add(token)
        return Reply(
            document={
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": TOKEN_SECONDS,
            }
        )

    # -- flows --------------------------------------------------------------------------------

    def health(self, _request: Request) -> Reply:
        """It lives."""
        return Reply(document={"status": "UP"})

    def deposit(self, request: Request) -> Reply:
        """Take a file; its verdict comes later."""
        parts = parts_of(request)
        info = json.loads(payload(parts["flowInfo"]))
        content = payload(parts["file"])
        _check_info(info)
        if not content:
            raise ValueError("le fichier est vide")
        fault = self.faults.draw(f"deposit {info.get('trackingId', '')}", ON_DEPOSIT)
        if said := self._failure(fault):
            return said
        flow = self.store.deposit(content, info, fault)
        if fault in {Fault.LOST, Fault.LOST_AND_HIDDEN}:
            return Reply(silent=True)
        return Reply(202, _metadata(flow))

    def search(self, request: Request) -> Reply:
        """Flows by criteria."""
        asked = request.document()
        where, limit = asked.get("where", {}), asked.get("limit", 25)
        if not isinstance(where, dict) or not isinstance(limit, int) or not 1 <= limit <= PAGE:
            raise ValueError("where est un objet, limit va de 1 à 100")
        found = self.store.search(where, limit)
        return Reply(document={"limit": limit, "results": [_metadata(flow) for flow in found]})

    def flow(self, request: Request) -> Reply:
        """One flow in one of its forms."""
        flow = self.store.flow(request.parts[0])
        if flow is None or not flow.visible:
            return refusal(404, "NOT_FOUND", "Flux inconnu.")
        form = DocType(request.query.get("docType", DocType.METADATA.value))
        if form is DocType.METADATA:
            return Reply(document=_metadata(flow))
        if form is DocType.ORIGINAL:
            return Reply(content=flow.content, media_type="application/octet-stream")
        made = (
            readable.converted(flow.content)
            if form is DocType.CONVERTED
            else readable.page(flow.content)
        )
        if made is None:
            return refusal(404, "NOT_FOUND", "Ce flux n'existe pas sous cette forme.")
        return Reply(content=made[0], media_type=made[1])

    def subscribe(self, request: Request) -> Reply:
        """Call back at an address of this machine."""
        callback = str(request.document().get("callbackUrl", ""))
        if not _LOOPBACK.match(callback):
            raise ValueError("callbackUrl doit être sur cette machine")
        webhook_id = f"W-{len(self._webhooks) + 1}"
        self._webhooks[webhook_id] = callback
        return Reply(201, {"webhookId": webhook_id, "callbackUrl": callback})

    def webhooks(self, _request: Request) -> Reply:
        """The subscriptions."""
        rows = [
            {"webhookId": webhook_id, "callbackUrl": callback}
            for webhook_id, callback in self._webhooks.items()
        ]
        return Reply(document={"webhooks": rows})

    def unsubscribe(self, request: Request) -> Reply:
        """End a subscription."""
        if self._webhooks.pop(request.parts[0], None) is None:
            return refusal(404, "NOT_FOUND", "Abonnement inconnu.")
        return Reply(204)

    # -- directory ----------------------------------------------------------------------------

    def siren(self, request: Request) -> Reply:
        """A legal unit."""
        return _found(directory.siren(request.parts[0]))

    def siret(self, request: Request) -> Reply:
        """A facility."""
        return _found(directory.siret(request.parts[0]))

    def routing_code(self, request: Request) -> Reply:
        """A routing code."""
        return _found(directory.routing_code(*request.parts))

    def directory_lines(self, request: Request) -> Reply:
        """Where a firm receives its invoices."""
        asked = request.document()
        wanted = asked.get("filters", {}).get("siren", {}).get("value", "")
        rows = directory.lines(str(wanted))
        ignore, limit = int(asked.get("ignore", 0)), int(asked.get("limit", 25))
        return Reply(
            document={"totalNumberResults": len(rows), "results": rows[ignore : ignore + limit]}
        )

    # -- Chorus Pro ---------------------------------------------------------------------------

    def chorus_deposit(self, request: Request) -> Reply:
        """Take a file; Chorus Pro has no tracking id, its fault is drawn by file name."""
        asked = request.document()
        name = str(asked.get("nomFichier", ""))
        try:
            content = base64.b64decode(asked.get("fichierFlux", ""), validate=True)
        except (binascii.Error, TypeError) as error:
            raise ValueError("fichierFlux n'est pas du base64") from error
        fault = self.faults.draw(f"chorus.deposit {name}", ON_DEPOSIT)
        if said := self._failure(fault):
            return said
        document = self.chorus.deposit(content, name, str(asked.get("syntaxeFlux", "")))
        silent = fault in {Fault.LOST, Fault.LOST_AND_HIDDEN}
        return Reply(document=document, silent=silent)

    def chorus_report(self, request: Request) -> Reply:
        """What became of a deposit."""
        return Reply(document=self.chorus.report(request.document()))

    def chorus_invoices(self, request: Request) -> Reply:
        """The invoices of the supplier."""
        return Reply(document=self.chorus.invoices(request.document()))

    def chorus_invoice(self, request: Request) -> Reply:
        """One invoice."""
        return Reply(document=self.chorus.invoice(request.document()))

    def chorus_structures(self, request: Request) -> Reply:
        """Public buyers."""
        return Reply(document=self.chorus.structures(request.document()))


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract.

    Attributes:
        name: Also the name its faults are drawn under.
        signed: Whether it asks for a token.
        draws: Whether it may fail by the draw of reads; a deposit draws its own.
    """

    name: str
    method: str
    pattern: re.Pattern[str]
    act: Callable[[PracticePlatform, Request], Reply]
    signed: bool = True
    draws: bool = True


def _operation(
    name: str,
    method: str,
    path: str,
    act: Callable[[PracticePlatform, Request], Reply],
    *,
    signed: bool = True,
    draws: bool = True,
) -> Operation:
    return Operation(name, method, re.compile(path), act, signed, draws)


_FLOW, _DIRECTORY, _CHORUS = "/afnor-flow/v1", "/afnor-directory/v1", "/cpro"

OPERATIONS = (
    _operation("token", "POST", "/oauth/token", PracticePlatform.token, signed=False, draws=False),
    _operation("healthcheck", "GET", f"{_FLOW}/healthcheck", PracticePlatform.health),
    _operation("flows.deposit", "POST", f"{_FLOW}/flows", PracticePlatform.deposit, draws=False),
    _operation("flows.search", "POST", f"{_FLOW}/flows/search", PracticePlatform.search),
    _operation("flows.get", "GET", f"{_FLOW}/flows/([^/]+)", PracticePlatform.flow),
    _operation(
        "webhooks.create", "POST", f"{_FLOW}/webhooks", PracticePlatform.subscribe, draws=False
    ),
    _operation("webhooks.list", "GET", f"{_FLOW}/webhooks", PracticePlatform.webhooks),
    _operation(
        "webhooks.delete", "DELETE", f"{_FLOW}/webhooks/([^/]+)", PracticePlatform.unsubscribe
    ),
    _operation(
        "directory.siren", "GET", rf"{_DIRECTORY}/siren/code-insee:(\d+)", PracticePlatform.siren
    ),
    _operation(
        "directory.siret", "GET", rf"{_DIRECTORY}/siret/code-insee:(\d+)", PracticePlatform.siret
    ),
    _operation(
        "directory.routing_code",
        "GET",
        rf"{_DIRECTORY}/routing-code/siret:(\d+)/code:([^/]+)",
        PracticePlatform.routing_code,
    ),
    _operation(
        "directory.lines",
        "POST",
        f"{_DIRECTORY}/directory-line/search",
        PracticePlatform.directory_lines,
    ),
    _operation(
        "chorus.deposit",
        "POST",
        f"{_CHORUS}/factures/v1/deposer/flux",
        PracticePlatform.chorus_deposit,
        draws=False,
    ),
    _operation(
        "chorus.report",
        "POST",
        f"{_CHORUS}/transverses/v1/consulterCR",
        PracticePlatform.chorus_report,
    ),
    _operation(
        "chorus.invoices",
        "POST",
        f"{_CHORUS}/factures/v1/rechercher/fournisseur",
        PracticePlatform.chorus_invoices,
    ),
    _operation(
        "chorus.invoice",
        "POST",
        f"{_CHORUS}/factures/v1/consulter/fournisseur",
        PracticePlatform.chorus_invoice,
    ),
    _operation(
        "chorus.structures",
        "POST",
        f"{_CHORUS}/structures/v1/rechercher",
        PracticePlatform.chorus_structures,
    ),
)
"""The whole contract, in one table."""


def _check_info(info: object) -> None:
    """Refuse a description that is not of the contract.

    Raises:
        ValueError: Why.
    """
    if not isinstance(info, dict):
        raise ValueError("flowInfo est un objet JSON")  # noqa: TRY004  what was sent is wrong
    name = info.get("name")
    if not isinstance(name, str) or not 1 <= len(name) <= 255:
        raise ValueError("name va de 1 à 255 caractères")
    FlowSyntax(str(info.get("flowSyntax")))
    if "processingRule" in info:
        ProcessingRule(info["processingRule"])
    if "flowProfile" in info:
        FlowProfile(info["flowProfile"])
    if not _TRACKING_ID.fullmatch(str(info.get("trackingId", ""))):
        raise ValueError("trackingId va jusqu'à 100 caractères imprimables")
    if not re.fullmatch(r"([0-9a-f]{64})?", str(info.get("sha256", ""))):
        raise ValueError("sha256 est en hexadécimal")


def _metadata(flow: StoredFlow) -> dict[str, object]:
    return {
        "flowId": flow.flow_id,
        "trackingId": flow.tracking_id or None,
        "name": flow.name,
        "flowDirection": flow.direction.value,
        "flowType": flow.type.value,
        "flowSyntax": flow.syntax,
        "flowProfile": flow.profile or None,
        "processingRule": flow.rule or None,
        "sha256": flow.sha256,
        "submittedAt": instant_text(flow.submitted_at),
        "updatedAt": instant_text(flow.updated_at),
        "acknowledgement": {
            "status": flow.status.value,
            "details": [
                {"level": "Error", "item": "", "reasonCode": code, "reasonMessage": words}
                for code, words in flow.reasons
            ],
        },
    }


def _found(document: dict[str, object] | None) -> Reply:
    if document is None:
        return refusal(404, "NOT_FOUND", "Absent de l'annuaire.")
    return Reply(document=document)
