"""Django app."""

from django.apps import AppConfig


class AssistantConfig(AppConfig):
    """See the package docstring."""

    name = "echeance.assistant"
    label = "assistant"
