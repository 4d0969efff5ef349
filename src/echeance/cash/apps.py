"""Django app."""

from django.apps import AppConfig


class CashConfig(AppConfig):
    """See the package docstring."""

    name = "echeance.cash"
    label = "cash"

    def ready(self) -> None:
        """Declare the slice of the policy."""
        from echeance.base import policy
        from echeance.cash.types import CashPolicy

        policy.register(CashPolicy)
