"""The shape of every error a person or a program may be shown."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What the caller can do about it. Each door maps it once (HTTP status, exit code)."""

    INVALID = "invalid"  # 422: the facts given are wrong, correct them
    NOT_FOUND = "not_found"  # 404: no such object, or not yours to see
    FORBIDDEN = "forbidden"  # 403: you may not
    REFUSED = "refused"  # 409: a rule of the trade says no
    CONFLICT = "conflict"  # 409: the object changed meanwhile, read it again
    UNAVAILABLE = "unavailable"  # 503: an outside service failed, try later


@dataclass(eq=False)
class EcheanceError(Exception):
    """Base of all business errors: a stable code, a kind, facts, and a French sentence.

    Subclasses are dataclasses: their fields are the facts, their ``message`` is the French
    sentence (a gettext msgid) formatted with those facts. The sentence says what is wrong and
    what to do now.
    """

    code: ClassVar[str] = "core.error"
    kind: ClassVar[Kind] = Kind.REFUSED
    message: ClassVar[str] = "Opération refusée."

    @property
    def facts(self) -> dict[str, object]:
        """The values behind the sentence, for programs."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __str__(self) -> str:
        return self.message.format(**self.facts)


@dataclass(eq=False)
class ConfirmationNeededError(EcheanceError):
    """A command needs a yes before it goes on; the caller repeats it with ``confirmed={key}``."""

    code = "core.confirmation_needed"
    kind = Kind.CONFLICT
    message = "{question}"

    key: str
    question: str
