"""Django app."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """See the package docstring."""

    name = "echeance.collection"
    label = "collection"

    def ready(self) -> None:
        """Declare the slice of the policy and the job of the last check."""
        from echeance.base import policy, queue
        from echeance.collection.types import CollectionPolicy

        policy.register(CollectionPolicy)
        queue.periodic("echeance.collection.jobs.release_reminders", every_seconds=60)
