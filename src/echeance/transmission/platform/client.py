"""Client of an approved platform. Source: XP Z12-013 1.3.0, flow and directory services."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

from echeance.core.errors import EcheanceError
from echeance.transmission.platform.errors import (
    PlatformAnswerError,
    PlatformOutcomeUnknownError,
)
from echeance.transmission.platform.http import FILE_BYTES_MAX, Answer, Channel
from echeance.transmission.platform.oauth import Tokens
from echeance.transmission.platform.types import (
    Access,
    AckDetail,
    AckStatus,
    DirectoryLine,
    DocType,
    Download,
    Facility,
    FlowFacts,
    FlowInfo,
    FlowSearch,
    LegalUnit,
    Patience,
    RoutingCode,
    Webhook,
)

PAGE: Final = 100
"""Flows in one answer of a search, at most."""

_DETAILS_MAX = 100


class PlatformClient:
    """An approved platform, spoken to over HTTP. One object a thread; close it."""

    def __init__(self, access: Access, *, patience: Patience | None = None) -> None:
        """Prepare, without connecting.

        Raises:
            PlatformAddressError: An address is neither ``https`` nor of this machine.
        """
        patience = patience or Patience()
        self._tokens = Tokens(access, patience=patience)
        self._flows = Channel(access.base_url, patience=patience, credentials=self._tokens.headers)
        self._directory = Channel(
            access.directory_url or access.base_url,
            patience=patience,
            credentials=self._tokens.headers,
        )

    def healthy(self) -> bool:
        """``GET /v1/healthcheck``: whether it answers and lets us in; never raises."""
        try:
            self._flows.get("/v1/healthcheck")
        except EcheanceError:
            return False
        return True

    def deposit(self, content: bytes, info: FlowInfo) -> FlowFacts:
        """``POST /v1/flows``: hand a file over, once.

        The fingerprint announced must be the file's. Repeat nothing after
        :class:`PlatformOutcomeUnknownError`: ask :meth:`find` first.

        Raises:
            PlatformOutcomeUnknownError: It may have been deposited.
            PlatformRefusedError: It was not, and will not be as it is.
            PlatformUnreachableError: It was not; later perhaps.
        """
        assert hashlib.sha256(content).hexdigest() == info.sha256, "the file is what is announced"
        described = {
            "name": info.name,
            "flowSyntax": info.syntax.value,
            "processingRule": info.rule.value,
            "trackingId": info.tracking_id,
            "sha256": info.sha256,
        }
        if info.profile:
            described["flowProfile"] = info.profile.value
        answer = self._flows.hand_over(
            "/v1/flows",
            files={
                "flowInfo": (None, json.dumps(described), "application/json"),
                "file": (info.name, content, "application/octet-stream"),
            },
        )
        try:
            return _flow(answer.document(), answer.host)
        except PlatformAnswerError as error:
            raise PlatformOutcomeUnknownError(error.host, error.reason) from error

    def find(self, tracking_id: str) -> list[FlowFacts]:
        """The flows deposited under a tracking id, as a search tells them; usually none or one."""
        found = self.search(FlowSearch(tracking_id=tracking_id))
        # A platform that ignores a criterion it does not know must not fool anybody.
        return [flow for flow in found if flow.tracking_id == tracking_id]

    def search(self, criteria: FlowSearch, *, limit: int = PAGE) -> list[FlowFacts]:
        """``POST /v1/flows/search``: one page, the earliest change first.

        Args:
            criteria: Those left empty do not count.
            limit: 1 to 100.
        """
        assert 1 <= limit <= PAGE, "a page holds 1 to 100 flows"
        answer = self._flows.ask("/v1/flows/search", {"where": _where(criteria), "limit": limit})
        rows = _rows(answer, "results")
        if len(rows) > limit:
            raise PlatformAnswerError(answer.host, f"plus de {limit} flux dans une page")
        flows = [_flow(row, answer.host) for row in rows]
        return sorted(flows, key=lambda flow: (flow.updated_at, flow.flow_id))

    def changes(self, since: datetime) -> Iterator[list[FlowFacts]]:
        """Pages of flows changed strictly after an instant, the earliest change first.

        The next page starts just before the last change of a full one, since others may share its
        instant: a flow may come twice, none is passed over.

        Raises:
            PlatformAnswerError: A whole page shares one instant, so that nothing can be ordered.
        """
        while True:
            page = self.search(FlowSearch(updated_after=since))
            if page:
                yield page
            if len(page) < PAGE:
                return
            last = page[-1].updated_at - timedelta(milliseconds=1)
            if last <= since:
                raise PlatformAnswerError(self._flows.host, "trop de flux au même instant")
            since = last

    def metadata(self, flow_id: str) -> FlowFacts:
        """``GET /v1/flows/{id}?docType=Metadata``.

        Raises:
            PlatformNotFoundError: No such flow.
        """
        answer = self._flows.get(_flow_path(flow_id), {"docType": DocType.METADATA.value})
        return _flow(answer.document(), answer.host)

    def download(self, flow_id: str, form: DocType = DocType.ORIGINAL) -> Download:
        """``GET /v1/flows/{id}?docType=…``: the file as given, converted, or readable.

        Raises:
            PlatformNotFoundError: No such flow, or not in that form.
            PlatformAnswerError: More than 100 MB.
        """
        assert form is not DocType.METADATA, "metadata are facts, not a file"
        answer = self._flows.get(
            _flow_path(flow_id), {"docType": form.value}, bytes_max=FILE_BYTES_MAX
        )
        return Download(answer.content, answer.media_type)

    def subscribe(self, callback_url: str) -> Webhook:
        """``POST /v1/webhooks``: be called when flows change.

        Raises:
            PlatformOutcomeUnknownError: Perhaps done: read :meth:`webhooks`.
        """
        answer = self._flows.hand_over("/v1/webhooks", json={"callbackUrl": callback_url})
        return _webhook(answer.document(), answer.host)

    def webhooks(self) -> list[Webhook]:
        """``GET /v1/webhooks``: the subscriptions."""
        answer = self._flows.get("/v1/webhooks")
        return [_webhook(row, answer.host) for row in _rows(answer, "webhooks")]

    def unsubscribe(self, webhook_id: str) -> None:
        """``DELETE /v1/webhooks/{id}``."""
        self._flows.delete(f"/v1/webhooks/{quote(webhook_id, safe='')}")

    def legal_unit(self, siren: str) -> LegalUnit:
        """``GET /v1/siren/code-insee:{siren}``.

        Raises:
            PlatformNotFoundError: The directory does not have it.
        """
        answer = self._directory.get(f"/v1/siren/code-insee:{quote(siren, safe='')}")
        row = answer.document()
        return LegalUnit(
            _text(row, "siren"), _text(row, "businessName"), _text(row, "administrativeStatus")
        )

    def facility(self, siret: str) -> Facility:
        """``GET /v1/siret/code-insee:{siret}``.

        Raises:
            PlatformNotFoundError: The directory does not have it.
        """
        answer = self._directory.get(f"/v1/siret/code-insee:{quote(siret, safe='')}")
        row = answer.document()
        return Facility(
            _text(row, "siret"),
            _text(row, "siren"),
            _text(row, "name"),
            _text(row, "administrativeStatus"),
        )

    def routing_code(self, siret: str, code: str) -> RoutingCode:
        """``GET /v1/routing-code/siret:{siret}/code:{code}``.

        Raises:
            PlatformNotFoundError: The facility has no such code.
        """
        path = f"/v1/routing-code/siret:{quote(siret, safe='')}/code:{quote(code, safe='')}"
        row = self._directory.get(path).document()
        return RoutingCode(
            _text(row, "siret"),
            _text(row, "routingIdentifier"),
            _text(row, "routingCodeName"),
        )

    def directory_lines(self, siren: str, *, limit: int = PAGE) -> list[DirectoryLine]:
        """``POST /v1/directory-line/search``: where a firm receives its invoices."""
        answer = self._directory.ask(
            "/v1/directory-line/search",
            {"filters": {"siren": {"op": "strict", "value": siren}}, "limit": limit, "ignore": 0},
        )
        return [
            DirectoryLine(
                _text(row, "addressingIdentifier"),
                _text(row, "siren"),
                _text(row, "siret"),
                _text(row, "routingIdentifier"),
                _text(row, "platformId"),
            )
            for row in _rows(answer, "results")[:limit]
        ]

    def close(self) -> None:
        """Close the connections and forget the token."""
        for part in (self._flows, self._directory, self._tokens):
            part.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _flow_path(flow_id: str) -> str:
    return f"/v1/flows/{quote(flow_id, safe='')}"


def _where(criteria: FlowSearch) -> dict[str, object]:
    where: dict[str, object] = {}
    if criteria.updated_after:
        where["updatedAfter"] = instant_text(criteria.updated_after)
    if criteria.updated_before:
        where["updatedBefore"] = instant_text(criteria.updated_before)
    if criteria.directions:
        where["flowDirection"] = [one.value for one in criteria.directions]
    if criteria.types:
        where["flowType"] = [one.value for one in criteria.types]
    if criteria.tracking_id:
        where["trackingId"] = criteria.tracking_id
    if criteria.status:
        where["ackStatus"] = criteria.status.value
    return where


def instant_text(instant: datetime) -> str:
    """An instant as the contract writes it: UTC, milliseconds.

    >>> instant_text(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    '2026-11-24T09:00:00.000Z'
    """
    text = instant.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def _rows(answer: Answer, name: str) -> list[dict[str, Any]]:
    rows = answer.document().get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise PlatformAnswerError(answer.host, f"« {name} » n'est pas une liste d'objets")
    return rows


def _text(row: Mapping[str, Any], name: str, most: int = 300) -> str:
    value = row.get(name)
    return "" if value is None else " ".join(str(value).split())[:most]


def _webhook(row: Mapping[str, Any], host: str) -> Webhook:
    webhook_id = _text(row, "webhookId")
    if not webhook_id:
        raise PlatformAnswerError(host, "abonnement sans identifiant")
    return Webhook(webhook_id, _text(row, "callbackUrl", 2000))


def _flow(row: Mapping[str, Any], host: str) -> FlowFacts:
    flow_id = _text(row, "flowId", 200)
    if not flow_id:
        raise PlatformAnswerError(host, "flux sans identifiant")
    updated_at = _instant(row.get("updatedAt") or row.get("submittedAt"))
    if updated_at is None:
        raise PlatformAnswerError(host, f"flux {flow_id} sans date de mise à jour")
    status, details = _acknowledgement(row.get("acknowledgement"))
    return FlowFacts(
        flow_id=flow_id,
        tracking_id=_text(row, "trackingId", 200),
        name=_text(row, "name"),
        direction=_text(row, "flowDirection"),
        type=_text(row, "flowType"),
        syntax=_text(row, "flowSyntax"),
        rule=_text(row, "processingRule"),
        sha256=_text(row, "sha256").lower(),
        updated_at=updated_at,
        submitted_at=_instant(row.get("submittedAt")),
        status=status,
        details=details,
    )


def _acknowledgement(value: object) -> tuple[AckStatus, tuple[AckDetail, ...]]:
    """What is not yet said is pending; a word of another version is not taken for a yes."""
    if not isinstance(value, dict):
        return AckStatus.PENDING, ()
    known = {status.value: status for status in AckStatus}
    details = value.get("details")
    rows = details if isinstance(details, list) else []
    return known.get(value.get("status", ""), AckStatus.PENDING), tuple(
        AckDetail(
            _text(row, "level"),
            _text(row, "item"),
            _text(row, "reasonCode"),
            _text(row, "reasonMessage"),
        )
        for row in rows[:_DETAILS_MAX]
        if isinstance(row, dict)
    )


def _instant(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
