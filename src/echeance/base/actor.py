"""Who acts, for which company, with which rights: the first argument of every command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from echeance.base.errors import RightMissingError
from echeance.base.rights import Right

if TYPE_CHECKING:
    from echeance.base.models import Company, User


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or the assistant itself, acting in one company.

    Attributes:
        company: The only company the commands may touch.
        user: The person; ``None`` when the assistant acts by itself under its policy.
        rights: What it may do; every command checks its own first.
    """

    company: Company
    user: User | None
    rights: frozenset[Right]

    @property
    def name(self) -> str:
        """How the journal names it."""
        return self.user.email if self.user else "assistant"

    def require(self, right: Right) -> None:
        """Refuse to go on without ``right``.

        Raises:
            RightMissingError: The actor lacks it.
        """
        if right not in self.rights:
            raise RightMissingError(right=right.value)


def system(company: Company) -> Actor:
    """The assistant acting by itself: every right, bounded by the policy and by what it calls."""
    return Actor(company=company, user=None, rights=frozenset(Right))
