"""Django app."""

from django.apps import AppConfig


class AssistantConfig(AppConfig):
    """See the package docstring."""

    name = "echeance.assistant"
    label = "assistant"

    def ready(self) -> None:
        """Declare the slice of the policy, and what the page of an invoice shows of the day."""
        from echeance.assistant.types import DayPolicy
        from echeance.base import panels, policy

        policy.register(DayPolicy)
        panels.add("invoice", "assistant:why_panel", title="Pourquoi ?", order=10)
