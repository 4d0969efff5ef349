"""What the ground floor tells the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CompanyCreated:
    """Société créée."""

    action: ClassVar[str] = "base.company_created"

    company_id: int
    siren: str

    @property
    def subject(self) -> str:
        """The company."""
        return f"company:{self.company_id}"


@dataclass(frozen=True, slots=True)
class CompanyChanged:
    """Société modifiée: each field with its old and new value."""

    action: ClassVar[str] = "base.company_changed"

    company_id: int
    changes: dict[str, tuple[str, str]]

    @property
    def subject(self) -> str:
        """The company."""
        return f"company:{self.company_id}"


@dataclass(frozen=True, slots=True)
class RoleGiven:
    """Rôle donné to a user."""

    action: ClassVar[str] = "base.role_given"

    user_id: int
    role: str

    @property
    def subject(self) -> str:
        """The user."""
        return f"user:{self.user_id}"


@dataclass(frozen=True, slots=True)
class ApiTokenIssued:
    """Jeton of the API créé for a user."""

    action: ClassVar[str] = "base.api_token_issued"

    token_id: int
    user_id: int
    name: str

    @property
    def subject(self) -> str:
        """The token."""
        return f"api_token:{self.token_id}"


@dataclass(frozen=True, slots=True)
class ApiTokenRevoked:
    """Jeton of the API révoqué."""

    action: ClassVar[str] = "base.api_token_revoked"

    token_id: int

    @property
    def subject(self) -> str:
        """The token."""
        return f"api_token:{self.token_id}"


@dataclass(frozen=True, slots=True)
class PolicySaved:
    """Règles enregistrées."""

    action: ClassVar[str] = "base.policy_saved"

    number: int
    note: str

    @property
    def subject(self) -> str:
        """The version."""
        return f"policy:{self.number}"


@dataclass(frozen=True, slots=True)
class WorkItemAnswered:
    """Question close, with the answer given."""

    action: ClassVar[str] = "base.work_item_answered"

    work_item_id: int
    key: str
    answer: str

    @property
    def subject(self) -> str:
        """The item."""
        return f"work_item:{self.work_item_id}"


@dataclass(frozen=True, slots=True)
class WorkItemSnoozed:
    """Question reportée."""

    action: ClassVar[str] = "base.work_item_snoozed"

    work_item_id: int
    until: str

    @property
    def subject(self) -> str:
        """The item."""
        return f"work_item:{self.work_item_id}"


@dataclass(frozen=True, slots=True)
class JobRetried:
    """Tâche relancée par une personne."""

    action: ClassVar[str] = "base.job_retried"

    job_id: int
    path: str

    @property
    def subject(self) -> str:
        """The job."""
        return f"job:{self.job_id}"


@dataclass(frozen=True, slots=True)
class SheetExported:
    """Liste exportée for a spreadsheet."""

    action: ClassVar[str] = "base.sheet_exported"

    export_id: int
    sheet: str
    rows: int

    @property
    def subject(self) -> str:
        """The export."""
        return f"sheet_export:{self.export_id}"


@dataclass(frozen=True, slots=True)
class SheetTaken:
    """Différences of a file reprises."""

    action: ClassVar[str] = "base.sheet_taken"

    import_id: int
    sheet: str
    filename: str
    taken: int
    stale: int
    refused: int

    @property
    def subject(self) -> str:
        """The import."""
        return f"sheet_import:{self.import_id}"


@dataclass(frozen=True, slots=True)
class SheetUndone:
    """Reprise of a file annulée."""

    action: ClassVar[str] = "base.sheet_undone"

    import_id: int
    sheet: str
    restored: int
    kept: int

    @property
    def subject(self) -> str:
        """The import."""
        return f"sheet_import:{self.import_id}"


@dataclass(frozen=True, slots=True)
class ColleagueAsked:
    """Question posée à un collègue."""

    action: ClassVar[str] = "base.colleague_asked"

    question_id: int
    about: str
    person: str

    @property
    def subject(self) -> str:
        """The object it is about."""
        return self.about


@dataclass(frozen=True, slots=True)
class ColleagueAnswered:
    """Réponse d'un collègue."""

    action: ClassVar[str] = "base.colleague_answered"

    question_id: int
    about: str
    person: str

    @property
    def subject(self) -> str:
        """The object it is about."""
        return self.about


@dataclass(frozen=True, slots=True)
class QuestionWithdrawn:
    """Question retirée."""

    action: ClassVar[str] = "base.question_withdrawn"

    question_id: int
    about: str
    person: str

    @property
    def subject(self) -> str:
        """The object it is about."""
        return self.about
