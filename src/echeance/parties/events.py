"""What the parties tell the journal; every event is one of the history of its party."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class _PartyEvent:
    party_id: int

    @property
    def subject(self) -> str:
        """The party."""
        return f"party:{self.party_id}"


@dataclass(frozen=True, slots=True)
class PartyCreated(_PartyEvent):
    """Tiers créé, with its first values (those that are not empty), as ``("", new)``."""

    action: ClassVar[str] = "parties.party_created"

    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PartyChanged(_PartyEvent):
    """Tiers modifié: each field with its old and new value."""

    action: ClassVar[str] = "parties.party_changed"

    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PartyMerged(_PartyEvent):
    """Tiers fusionné dans un autre."""

    action: ClassVar[str] = "parties.party_merged"

    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class MergeUndone(_PartyEvent):
    """Fusion annulée, told to both parties."""

    action: ClassVar[str] = "parties.merge_undone"

    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class QualityDismissed(_PartyEvent):
    """Anomalie de la fiche écartée, with its reason."""

    action: ClassVar[str] = "parties.quality_dismissed"

    anomaly: str
    reason: str


@dataclass(frozen=True, slots=True)
class PersonalDataTold(_PartyEvent):
    """Données personnelles remises to somebody who asked for them."""

    action: ClassVar[str] = "parties.personal_data_told"

    pieces: int


@dataclass(frozen=True, slots=True)
class PersonalDataErased(_PartyEvent):
    """Données personnelles effacées, as far as the law lets them go."""

    action: ClassVar[str] = "parties.personal_data_erased"

    ground: str
    complete: bool
    kept_until: str


@dataclass(frozen=True, slots=True)
class ContactChanged(_PartyEvent):
    """Contact ajouté, modifié ou retiré; old values are empty when it is added."""

    action: ClassVar[str] = "parties.contact_changed"

    contact_id: int
    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class AddressAdded(_PartyEvent):
    """Adresse ajoutée."""

    action: ClassVar[str] = "parties.address_added"

    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class BankAccountChanged(_PartyEvent):
    """RIB ajouté, confirmé ou retiré."""

    action: ClassVar[str] = "parties.bank_account_changed"

    account_id: int
    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class EstablishmentChanged(_PartyEvent):
    """Établissement ajouté, modifié ou retiré; fields are prefixed by its SIRET."""

    action: ClassVar[str] = "parties.establishment_changed"

    establishment_id: int
    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ServiceChanged(_PartyEvent):
    """Service d'un acheteur public ajouté ou retiré."""

    action: ClassVar[str] = "parties.service_changed"

    service_id: int
    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class GroupChanged(_PartyEvent):
    """Tiers rattaché à un groupe, ou détaché; values are codes of parents."""

    action: ClassVar[str] = "parties.group_changed"

    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CreditChanged(_PartyEvent):
    """Encours autorisé changé, tiers bloqué ou débloqué, with the reason given."""

    action: ClassVar[str] = "parties.credit_changed"

    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class MandateChanged(_PartyEvent):
    """Mandat de prélèvement ajouté, utilisé ou révoqué."""

    action: ClassVar[str] = "parties.mandate_changed"

    mandate_id: int
    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RegisterAsked(_PartyEvent):
    """Registre public consulté: what was asked, what it answered."""

    action: ClassVar[str] = "parties.register_asked"

    register: str
    asked: str
    outcome: str
    reference: str = ""
