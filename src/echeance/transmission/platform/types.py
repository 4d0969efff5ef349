"""What is said to a platform and what it answers, in the terms of XP Z12-013 and Chorus Pro."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class FlowSyntax(StrEnum):
    """How the file of a flow is written."""

    CII = "CII"
    UBL = "UBL"
    FACTUR_X = "Factur-X"
    CDAR = "CDAR"
    FRR = "FRR"


class FlowProfile(StrEnum):
    """How much of the semantic model an invoice uses."""

    BASIC = "Basic"
    CIUS = "CIUS"
    EXTENDED = "Extended-CTC-FR"


class ProcessingRule(StrEnum):
    """Under which regime a flow is handled."""

    B2B = "B2B"
    B2B_INTERNATIONAL = "B2BInt"
    B2C = "B2C"
    B2G = "B2G"
    B2G_INTERNATIONAL = "B2GInt"
    OUT_OF_SCOPE = "OutOfScope"
    B2G_OUT_OF_SCOPE = "B2GOutOfScope"
    ARCHIVE_ONLY = "ArchiveOnly"
    NOT_APPLICABLE = "NotApplicable"


class FlowDirection(StrEnum):
    """Whether the company receives the flow or has given it."""

    IN = "In"
    OUT = "Out"


class FlowType(StrEnum):
    """What a flow carries; the names ending in ``LC`` carry its life cycle."""

    CUSTOMER_INVOICE = "CustomerInvoice"
    SUPPLIER_INVOICE = "SupplierInvoice"
    STATE_INVOICE = "StateInvoice"
    CUSTOMER_INVOICE_LC = "CustomerInvoiceLC"
    SUPPLIER_INVOICE_LC = "SupplierInvoiceLC"
    STATE_CUSTOMER_INVOICE_LC = "StateCustomerInvoiceLC"
    STATE_SUPPLIER_INVOICE_LC = "StateSupplierInvoiceLC"


class DocType(StrEnum):
    """Which form of a flow is asked for."""

    METADATA = "Metadata"
    ORIGINAL = "Original"
    CONVERTED = "Converted"
    READABLE_VIEW = "ReadableView"


class AckStatus(StrEnum):
    """What the platform thinks of a flow so far."""

    PENDING = "Pending"
    OK = "Ok"
    ERROR = "Error"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client waits and how often it tries again.

    Attributes:
        timeout_seconds: For one exchange, connection and each read.
        attempts: Tries in all.
        wait_seconds: Before the second try, doubled each time, with jitter.
        wait_seconds_max: The longest wait, a ``Retry-After`` included.
    """

    timeout_seconds: float = 30
    attempts: int = 4
    wait_seconds: float = 0.5
    wait_seconds_max: float = 30


@dataclass(frozen=True, slots=True)
class Access:
    """Where a platform is, and how one signs in (OAuth 2, client credentials, RFC 6749 4.4).

    Attributes:
        base_url: Of the flow service, ``https`` or the loopback of this machine.
        token_url: Of the authorization server.
        directory_url: Of the directory service; the flow service's when empty.
        scope: Asked with the token; may be empty.
    """

    base_url: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    directory_url: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class ChorusAccess:
    """Access to Chorus Pro through PISTE: the application's, and the technical account's."""

    access: Access
    login: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FlowInfo:
    """What is said of a file when it is deposited.

    Attributes:
        name: Of the file, at most 255 characters.
        tracking_id: The depositor's own name of the deposit: one deposit, one id.
        profile: ``None`` for what has none (CDAR, e-reporting).
        sha256: Of the file, lower-case hexadecimal.
    """

    name: str
    syntax: FlowSyntax
    rule: ProcessingRule
    tracking_id: str
    sha256: str
    profile: FlowProfile | None = None


@dataclass(frozen=True, slots=True)
class AckDetail:
    """One reason of an acknowledgement, as the platform words it."""

    level: str
    item: str
    code: str
    text: str

    def __str__(self) -> str:
        return " : ".join(part for part in (self.code, self.text) if part)


@dataclass(frozen=True, slots=True)
class FlowFacts:
    """A flow as the platform knows it.

    Attributes:
        direction, type, syntax: As written; a platform may know words this client does not.
        updated_at: When anything of it last changed: the cursor of a search.
        submitted_at: When it was deposited; ``None`` when the platform does not say.
    """

    flow_id: str
    tracking_id: str
    name: str
    direction: str
    type: str
    syntax: str
    rule: str
    sha256: str
    updated_at: datetime
    submitted_at: datetime | None
    status: AckStatus
    details: tuple[AckDetail, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowSearch:
    """Criteria of a search; those left empty do not count.

    Attributes:
        updated_after: Strictly after that instant.
    """

    updated_after: datetime | None = None
    updated_before: datetime | None = None
    directions: tuple[FlowDirection, ...] = ()
    types: tuple[FlowType, ...] = ()
    tracking_id: str = ""
    status: AckStatus | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A subscription: where the platform calls when flows change."""

    webhook_id: str
    callback_url: str


@dataclass(frozen=True, slots=True)
class LegalUnit:
    """A SIREN of the directory (« annuaire »)."""

    siren: str
    name: str
    administrative_status: str


@dataclass(frozen=True, slots=True)
class Facility:
    """A SIRET of the directory."""

    siret: str
    siren: str
    name: str
    administrative_status: str


@dataclass(frozen=True, slots=True)
class RoutingCode:
    """A code a facility wants invoices addressed to (code service)."""

    siret: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class DirectoryLine:
    """An address where invoices are received (scheme 0225), and the platform behind it."""

    address: str
    siren: str
    siret: str
    routing_code: str
    platform_id: str


@dataclass(frozen=True, slots=True)
class Download:
    """A file taken from a platform."""

    content: bytes = field(repr=False)
    media_type: str = "application/octet-stream"

    @property
    def sha256(self) -> str:
        """Fingerprint of the bytes, to compare with what the platform announced."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class ChorusReport:
    """Chorus Pro's report of a deposit (« compte rendu d'intégration »).

    Attributes:
        deposit_id: ``numeroFluxDepot``.
        state: ``etatCourantDepotFlux`` as written.
        errors: ``libelleErreurDP`` of each error.
    """

    deposit_id: str
    state: str
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChorusInvoice:
    """An invoice as the supplier sees it on Chorus Pro."""

    invoice_id: int
    number: str
    status: str
    recipient_siret: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChorusStructure:
    """A public structure and what an invoice to it must carry.

    Attributes:
        service_code_required: « code service obligatoire ».
        commitment_required: « numéro d'engagement obligatoire ».
    """

    structure_id: int
    siret: str
    name: str
    service_code_required: bool = False
    commitment_required: bool = False
