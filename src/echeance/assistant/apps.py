"""Django app."""

from django.apps import AppConfig


class AssistantConfig(AppConfig):
    """See the package docstring."""

    name = "echeance.assistant"
    label = "assistant"

    def ready(self) -> None:
        """Declare the slice of the policy."""
        from echeance.assistant.types import DayPolicy
        from echeance.base import policy

        policy.register(DayPolicy)
