"""Django app."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """See the package docstring."""

    name = "echeance.collection"
    label = "collection"

    def ready(self) -> None:
        """Declare the slice of the policy, the job of the last check, the panel of a customer."""
        from echeance.base import panels, policy, queue
        from echeance.billing.commands import before_discard
        from echeance.cash.commands import guard_assignments
        from echeance.collection.commands import let_go_of_drafts
        from echeance.collection.queries import disputed_reasons
        from echeance.collection.types import CollectionPolicy, DisputePolicy

        policy.register(CollectionPolicy)
        policy.register(DisputePolicy)
        before_discard(let_go=let_go_of_drafts)
        guard_assignments(guard=disputed_reasons)
        queue.periodic("echeance.collection.jobs.release_reminders", every_seconds=60)
        queue.periodic("echeance.collection.jobs.release_statements", every_seconds=60)
        queue.periodic("echeance.collection.jobs.follow_registered_letters", every_seconds=3600)
        queue.periodic("echeance.collection.jobs.follow_disputes", every_seconds=60)
        queue.periodic("echeance.collection.jobs.release_payment_plans", every_seconds=300)
        queue.periodic("echeance.collection.jobs.watch_limitations", every_seconds=24 * 60 * 60)
        queue.periodic("echeance.collection.jobs.watch_insolvencies", every_seconds=24 * 60 * 60)
        queue.periodic("echeance.collection.jobs.reckon_payers", every_seconds=86_400)
        queue.periodic("echeance.collection.jobs.check_rates", every_seconds=86_400)
        panels.add("party", "collection:party_panel", title="Relances et litiges", order=30)
        panels.add("party", "collection:party_calls", title="Appels et échéanciers", order=31)
        panels.add("invoice", "collection:invoice_disputes", title="Litiges", order=25)
        panels.add("account", "collection:account_figures", title="En litige, promis")
