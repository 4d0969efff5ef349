"""What billing tells the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class MappingSaved:
    """Correspondance enregistrée."""

    action: ClassVar[str] = "billing.mapping_saved"

    source: str
    mapping: dict[str, object]

    @property
    def subject(self) -> str:
        """The source."""
        return f"source:{self.source}"


@dataclass(frozen=True, slots=True)
class OrdersImported:
    """Commandes importées."""

    action: ClassVar[str] = "billing.orders_imported"

    import_id: int
    source: str
    rows: int
    orders: int
    rejected: int

    @property
    def subject(self) -> str:
        """The import."""
        return f"order_import:{self.import_id}"


@dataclass(frozen=True, slots=True)
class OrderAccepted:
    """Commande acceptée telle qu'elle est, by a person."""

    action: ClassVar[str] = "billing.order_accepted"

    order_id: int
    number: str
    waited_for: str

    @property
    def subject(self) -> str:
        """The order."""
        return f"order:{self.order_id}"


@dataclass(frozen=True, slots=True)
class OrderSetAside:
    """Commande écartée: it will not be billed."""

    action: ClassVar[str] = "billing.order_set_aside"

    order_id: int
    number: str
    reason: str

    @property
    def subject(self) -> str:
        """The order."""
        return f"order:{self.order_id}"


@dataclass(frozen=True, slots=True)
class InvoiceDrafted:
    """Brouillon créé."""

    action: ClassVar[str] = "billing.invoice_drafted"

    invoice_id: int
    kind: str
    gross_total: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class DraftDiscarded:
    """Brouillon supprimé."""

    action: ClassVar[str] = "billing.draft_discarded"

    invoice_id: int
    gross_total: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class InvoiceIssued:
    """Document émis."""

    action: ClassVar[str] = "billing.invoice_issued"

    invoice_id: int
    number: str
    issue_date: str
    gross_total: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class InvoiceSealed:
    """Document scellé: its file is archived."""

    action: ClassVar[str] = "billing.invoice_sealed"

    invoice_id: int
    file_id: int
    sha256: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class InvoiceFileRefused:
    """Fichier refusé by the official rules."""

    action: ClassVar[str] = "billing.invoice_file_refused"

    invoice_id: int
    number: str
    rules: list[str]

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.invoice_id}"


@dataclass(frozen=True, slots=True)
class StyleSaved:
    """Présentation enregistrée."""

    action: ClassVar[str] = "billing.style_saved"

    company_id: int
    color: str
    template_sha256: str
    logo_sha256: str

    @property
    def subject(self) -> str:
        """The company."""
        return f"company:{self.company_id}"


@dataclass(frozen=True, slots=True)
class SeriesCreated:
    """Série créée."""

    action: ClassVar[str] = "billing.series_created"

    series_id: int
    prefix: str
    kind: str

    @property
    def subject(self) -> str:
        """The series."""
        return f"series:{self.series_id}"


@dataclass(frozen=True, slots=True)
class ItemSaved:
    """Article enregistré."""

    action: ClassVar[str] = "billing.item_saved"

    item_id: int
    code: str

    @property
    def subject(self) -> str:
        """The article."""
        return f"item:{self.item_id}"


@dataclass(frozen=True, slots=True)
class ReportPrepared:
    """E-reporting préparé: its message is valid and archived."""

    action: ClassVar[str] = "billing.report_prepared"

    report_id: int
    number: str
    file_id: int
    stands_in_for: str
    left_out: list[str]

    @property
    def subject(self) -> str:
        """The message."""
        return f"sales_report:{self.report_id}"
