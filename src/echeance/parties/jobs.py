"""Background work of the parties. A job may run twice: who was asked about just now is left."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from echeance.base import clock
from echeance.base.actor import system
from echeance.base.models import Company
from echeance.parties import commands, queries
from echeance.parties.registers.configured import configured_registers

ASKED_AGAIN_AFTER = timedelta(days=90)
TRIED_AGAIN_AFTER = timedelta(hours=20)
TURN = 200


@task()
def check_registers() -> dict[str, int]:
    """Ask public registers about customers nobody asked about for three months, 200 at a time.

    Companies of practice have customers that do not exist: they are passed over. Without a
    register that is configured, nothing is done.
    """
    total = {"checked": 0}
    registers = configured_registers()
    if not registers:
        return total
    now = clock.now()
    for company in Company.objects.filter(is_practice=False).order_by("pk"):
        actor = system(company)
        party_ids = queries.to_check(
            actor=actor,
            registers=registers,
            answered_before=now - ASKED_AGAIN_AFTER,
            tried_before=now - TRIED_AGAIN_AFTER,
            limit=TURN,
        )
        total["checked"] += len(commands.check_registers(actor=actor, party_ids=party_ids))
    return total
