"""Sending in the background."""

from __future__ import annotations

from dataclasses import asdict

from django_tasks import task

from echeance.base import queries as base
from echeance.base.actor import system
from echeance.transmission import commands
from echeance.transmission.errors import NotQuarantinedError
from echeance.transmission.platform import configured


@task()
def send_due() -> dict[str, int]:
    """Send what has been released, in all companies, by every channel."""
    by_mail = asdict(commands.send_due())
    others = asdict(commands.send_other_channels())
    return {name: count + others[name] for name, count in by_mail.items()}


@task()
def deposit_due() -> dict[str, int]:
    """Hand over to the platform what is due, in all companies."""
    return asdict(commands.deposit_due())


@task()
def poll_platform() -> dict[str, dict[str, int | str]]:
    """Read the platform for each company; nothing where none is configured."""
    if not configured.has_platform():
        return {}
    return {
        company.siren: asdict(commands.poll_platform(company=company))
        for company in base.companies()
    }


@task()
def retry_received(*, siren: str, received_id: int) -> dict[str, int | str]:
    """Read a document in quarantine again, because a person asked; nothing when it no longer is."""
    actor = system(base.company_by_siren(siren=siren))
    try:
        return asdict(commands.retry_received(actor=actor, received_ids=[received_id]))
    except NotQuarantinedError:  # it was read meanwhile
        return {}
