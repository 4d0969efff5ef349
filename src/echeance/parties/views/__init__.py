"""Web faces of the parties."""

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

__all__ = [
    "account_confirm",
    "account_end",
    "account_new",
    "contact_edit",
    "contact_end",
    "contact_new",
    "customer",
    "customer_edit",
    "customer_new",
    "customers",
    "export",
]
