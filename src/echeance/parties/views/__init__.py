"""Web faces of the parties."""

from echeance.parties.views.holdings import (
    credit,
    establishment_edit,
    establishment_end,
    establishment_new,
    group,
    hold,
    mandate_new,
    mandate_revoke,
    release,
    service_end,
    service_new,
)
from echeance.parties.views.record import (
    account_confirm,
    account_end,
    account_new,
    contact_edit,
    contact_end,
    contact_new,
    customer,
    customer_edit,
    customer_new,
    customers,
    export,
)
from echeance.parties.views.registers import (
    registers_accept,
    registers_ask,
)

__all__ = [
    "account_confirm",
    "account_end",
    "account_new",
    "contact_edit",
    "contact_end",
    "contact_new",
    "credit",
    "customer",
    "customer_edit",
    "customer_new",
    "customers",
    "establishment_edit",
    "establishment_end",
    "establishment_new",
    "export",
    "group",
    "hold",
    "mandate_new",
    "mandate_revoke",
    "registers_accept",
    "registers_ask",
    "release",
    "service_end",
    "service_new",
]
