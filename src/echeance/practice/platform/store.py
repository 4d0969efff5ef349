"""What the platform of practice holds, and what happens there as its time goes by.

Nothing runs in the background: whatever was due is done when somebody next asks, in order. The
time is the caller's, so that a test lives a day in a second.
"""

from __future__ import annotations

import hashlib
import heapq
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from echeance.core.lifecycle import Event, Reason, Role, cdar
from echeance.practice.platform.faults import Fault
from echeance.practice.platform.judging import Judged, judge
from echeance.transmission.documents import DocumentFacts, DocumentKind
from echeance.transmission.platform.types import AckStatus, FlowDirection, FlowSyntax, FlowType

VERDICT_AFTER = timedelta(seconds=1)
LATE_VERDICT_AFTER = timedelta(minutes=5)
HIDDEN_FOR = timedelta(minutes=3)
STEP = timedelta(minutes=1)
"""Between two statuses of an invoice."""

# Buyers mostly agree; these are the share of those who contest, and of those who refuse.
_CONTESTED = 0.1
_REFUSED = 0.1
_ITSELF = cdar.Party("WK", "8888", cdar.PLATFORM, "Plateforme d'entraînement")


@dataclass(slots=True)
class StoredFlow:
    """A flow of the platform. ``visible`` is whether a search shows it yet."""

    flow_id: str
    name: str
    syntax: str
    direction: FlowDirection
    type: FlowType
    content: bytes = field(repr=False)
    submitted_at: datetime
    updated_at: datetime
    tracking_id: str = ""
    rule: str = ""
    profile: str = ""
    status: AckStatus = AckStatus.PENDING
    reasons: tuple[tuple[str, str], ...] = ()
    visible: bool = True
    document: DocumentFacts | None = field(default=None, repr=False)

    @property
    def sha256(self) -> str:
        """Of its file."""
        return hashlib.sha256(self.content).hexdigest()


class Store:
    """Flows in memory. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], datetime], seed: int = 2026) -> None:
        """Start empty.

        Args:
            clock: The instant, aware.
            seed: Of what the buyers answer.
        """
        self._clock = clock
        self._seed = seed
        self._lock = threading.RLock()
        self._flows: dict[str, StoredFlow] = {}
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._ranks = 0
        self._last: datetime | None = None
        self._numbers: set[tuple[str, str, str]] = set()
        self.changed: Callable[[StoredFlow], None] = lambda _flow: None

    def deposit(
        self, content: bytes, info: Mapping[str, str], fault: Fault | None = None
    ) -> StoredFlow:
        """Take a file, whatever it is worth: the verdict comes later.

        The same deposit made twice is kept twice: it is for the depositor not to.
        """
        with self._lock:
            self.advance()
            now = self._stamp()
            flow = StoredFlow(
                flow_id=self._name("D"),
                name=info["name"],
                syntax=info["flowSyntax"],
                direction=FlowDirection.OUT,
                type=FlowType.CUSTOMER_INVOICE,
                content=content,
                submitted_at=now,
                updated_at=now,
                tracking_id=info.get("trackingId", ""),
                rule=info.get("processingRule", ""),
                profile=info.get("flowProfile", ""),
                visible=fault is not Fault.LOST_AND_HIDDEN,
            )
            self._flows[flow.flow_id] = flow
            if not flow.visible:
                self._later(HIDDEN_FOR, lambda: self._show(flow))
            announced = info.get("sha256", "")
            wait = LATE_VERDICT_AFTER if fault is Fault.LATE else VERDICT_AFTER
            self._later(wait, lambda: self._conclude(flow, announced, fault))
            return flow

    def receive(
        self,
        content: bytes,
        name: str,
        syntax: FlowSyntax = FlowSyntax.CII,
        kind: FlowType = FlowType.SUPPLIER_INVOICE,
    ) -> StoredFlow:
        """A file that comes for the company from elsewhere."""
        with self._lock:
            now = self._stamp()
            flow = StoredFlow(
                flow_id=self._name("R"),
                name=name,
                syntax=syntax.value,
                direction=FlowDirection.IN,
                type=kind,
                content=content,
                submitted_at=now,
                updated_at=now,
                status=AckStatus.OK,
            )
            self._flows[flow.flow_id] = flow
            self.changed(flow)
            return flow

    def search(self, where: Mapping[str, object], limit: int) -> list[StoredFlow]:
        """Visible flows that meet the criteria of the contract, the earliest change first."""
        with self._lock:
            self.advance()
            found = [flow for flow in self._flows.values() if flow.visible and _meets(flow, where)]
            return sorted(found, key=lambda flow: (flow.updated_at, flow.flow_id))[:limit]

    def flow(self, flow_id: str) -> StoredFlow | None:
        """One flow."""
        with self._lock:
            self.advance()
            return self._flows.get(flow_id)

    def flows(self) -> list[StoredFlow]:
        """All of them, as they came."""
        with self._lock:
            self.advance()
            return list(self._flows.values())

    def deposits(self) -> Counter[tuple[str, str]]:
        """How many times each tracking id and fingerprint was deposited: once is right."""
        with self._lock:
            return Counter(
                (flow.tracking_id, flow.sha256)
                for flow in self._flows.values()
                if flow.direction is FlowDirection.OUT
            )

    def quiet(self) -> bool:
        """Whether nothing more will happen by itself."""
        with self._lock:
            self.advance()
            return not self._due

    def advance(self) -> None:
        """Do what has become due."""
        with self._lock:
            while self._due and self._due[0][0] <= self._clock():
                heapq.heappop(self._due)[2]()

    def _later(self, wait: timedelta, act: Callable[[], None]) -> None:
        self._ranks += 1
        heapq.heappush(self._due, (self._clock() + wait, self._ranks, act))

    def _stamp(self) -> datetime:
        """The instant of a change: later than every change before, to the millisecond."""
        now = self._clock().replace(microsecond=self._clock().microsecond // 1000 * 1000)
        if self._last is not None and now <= self._last:
            now = self._last + timedelta(milliseconds=1)
        self._last = now
        return now

    def _name(self, letter: str) -> str:
        self._ranks += 1
        return f"{letter}-{self._ranks:06d}"

    def _show(self, flow: StoredFlow) -> None:
        flow.visible = True
        flow.updated_at = self._stamp()
        self.changed(flow)

    def _conclude(self, flow: StoredFlow, announced: str, fault: Fault | None) -> None:
        judged = judge(flow.content, flow.name, announced)
        if fault is Fault.REJECTED and not judged.reasons:
            judged = Judged(judged.document, (("REJ_COH", "Rejet tiré au sort."),))
        document = judged.document
        invoice = document if document and document.kind is DocumentKind.INVOICE else None
        if invoice and not judged.reasons:
            key = (invoice.seller_siren, invoice.number, str(invoice.issue_date))
            if key in self._numbers:
                judged = Judged(document, (("DOUBLON", "Ce numéro a déjà été déposé."),))
            self._numbers.add(key)
        flow.document = document
        flow.status = AckStatus.ERROR if judged.reasons else AckStatus.OK
        flow.reasons = judged.reasons
        flow.updated_at = self._stamp()
        self.changed(flow)
        if invoice is None:
            return
        times = 2 if fault is Fault.REPEATED else 1
        if judged.reasons:
            reasons = tuple(Reason(code, words) for code, words in judged.reasons[:1])
            self._tell(invoice, 213, Role.SENDING_PLATFORM, reasons, times=times)
            return
        steps: list[tuple[int, Role, tuple[Reason, ...]]] = [
            (200, Role.SENDING_PLATFORM, ()),
            (201, Role.SENDING_PLATFORM, ()),
            (202, Role.RECEIVING_PLATFORM, ()),
            (203, Role.RECEIVING_PLATFORM, ()),
            self._reaction(invoice.number),
        ]
        for rank, (code, role, why) in enumerate(steps):
            self._later(rank * STEP, self._telling(invoice, code, role, why, times))

    def _telling(
        self,
        invoice: DocumentFacts,
        code: int,
        role: Role,
        reasons: tuple[Reason, ...],
        times: int,
    ) -> Callable[[], None]:
        return lambda: self._tell(invoice, code, role, reasons, times=times)

    def _reaction(self, number: str) -> tuple[int, Role, tuple[Reason, ...]]:
        """What the buyer says in the end; the same number, the same answer."""
        drawn = random.Random(f"{self._seed}|{number}").random()  # noqa: S311  a simulation
        if drawn < _REFUSED:
            return 210, Role.BUYER, (Reason("TRANSAC_INC", "Nous n'avons rien commandé."),)
        if drawn < _REFUSED + _CONTESTED:
            return 207, Role.BUYER, (Reason("QTE_ERR", "Il manque un carton."),)
        return 205, Role.BUYER, ()

    def _tell(
        self,
        invoice: DocumentFacts,
        code: int,
        role: Role,
        reasons: tuple[Reason, ...],
        *,
        times: int,
    ) -> None:
        """Send a status of an invoice to its seller, as many times as asked."""
        at = self._clock()
        content = cdar.write_cdar(
            cdar.compose(
                event=Event(code, role, at, reasons),
                document=cdar.Document(
                    number=invoice.number,
                    type_code=invoice.type_code,
                    issue_date=invoice.issue_date,
                    seller=cdar.Party("SE", invoice.seller_siren, cdar.SIREN),
                ),
                identifier=self._name("CDV"),
                issued_at=at,
                sender=_ITSELF,
                issuer=(
                    cdar.Party("BY", invoice.buyer_siren, cdar.SIREN)
                    if role is Role.BUYER
                    else cdar.Party("WK")
                ),
                recipients=(
                    cdar.Party(
                        "SE",
                        invoice.seller_siren,
                        cdar.SIREN,
                        address=invoice.seller_siren,
                        address_scheme=cdar.ROUTING,
                    ),
                ),
            )
        )
        for _ in range(times):
            name = f"{invoice.number.replace('/', '-')}-{code}.xml"
            self.receive(content, name, FlowSyntax.CDAR, FlowType.CUSTOMER_INVOICE_LC)


def _meets(flow: StoredFlow, where: Mapping[str, object]) -> bool:
    after, before = where.get("updatedAfter"), where.get("updatedBefore")
    if after and not flow.updated_at > datetime.fromisoformat(str(after)):
        return False
    if before and not flow.updated_at < datetime.fromisoformat(str(before)):
        return False
    among = (("flowDirection", flow.direction), ("flowType", flow.type))
    for name, value in among:
        wanted = where.get(name)
        if isinstance(wanted, list) and wanted and value.value not in wanted:
            return False
    exact = (("trackingId", flow.tracking_id), ("ackStatus", flow.status.value))
    return all(where.get(name) in (None, "", value) for name, value in exact)
