"""Django app."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """See the package docstring."""

    name = "echeance.collection"
    label = "collection"
