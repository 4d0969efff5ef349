"""Database fields shared by all rooms."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable, register_combinable_fields

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

_Set_contra = TypeVar("_Set_contra", contravariant=True)  # what may be assigned
_Get_co = TypeVar("_Get_co", covariant=True)  # what is read

if TYPE_CHECKING:

    class _Units(models.Field[_Set_contra, _Get_co]):
        _pyi_private_set_type: Decimal | int | str
        _pyi_private_get_type: Decimal
        _pyi_lookup_exact_type: Decimal | int | str

else:

    class _Units(models.Field):
        def __class_getitem__(cls, _types):
            return cls


class AmountField(_Units[_Set_contra, _Get_co]):
    """A ``Decimal`` in Python, a whole number of 10^-scale units in the database.

    SQLite keeps Django's ``DecimalField`` as a floating number: sums and comparisons made in
    SQL are then wrong by a cent (see docs/adr/0003). Whole numbers are exact on SQLite and
    PostgreSQL alike, and ``SUM``, ``=`` and CHECK constraints can be trusted.

    It is no integer field for Django, which would read ``F("debit") - F("credit")`` as cents, and
    round a float up before it could be refused. Sums, differences and signs of amounts are
    amounts; a product of two is refused, for their scales would add up; a constant is written
    ``Value(amount, output_field=AmountField())``.

    Args:
        scale: Decimals kept. 2 for amounts; 6 for unit prices, quantities and rates.
    """

    description = "Exact amount"

    def __init__(self, *args: Any, scale: int = 2, **kwargs: Any) -> None:
        self.scale = scale
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        """The column of both engines."""
        return "BigIntegerField"

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Keep ``scale`` in migrations."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, list(args), {**kwargs, "scale": self.scale}

    def from_db_value(
        self, value: int | None, _expression: object, _connection: BaseDatabaseWrapper
    ) -> Decimal | None:
        """Database units to Decimal."""
        return None if value is None else Decimal(value).scaleb(-self.scale)

    def to_python(self, value: Any) -> Decimal | None:
        """Form or API text to Decimal. Floats are refused."""
        if value is None or isinstance(value, Decimal):
            return value
        if isinstance(value, float):
            raise TypeError("An amount is never a float.")
        try:
            return Decimal(value)
        except InvalidOperation as error:
            raise ValidationError(
                "« %(value)s » n'est pas un montant.", params={"value": value}
            ) from error

    def get_prep_value(self, value: Any) -> int | None:
        """Decimal to database units; refuses to lose a fraction silently."""
        amount = self.to_python(value)
        if amount is None:
            return None
        # Compared back, because scaleb itself rounds to the digits of the decimal context.
        units = int(amount.scaleb(self.scale)) if amount.is_finite() else 0
        if Decimal(units).scaleb(-self.scale) != amount:
            raise ValueError(f"{amount} has more than {self.scale} decimals: round it first.")
        return units


for _sign in (Combinable.ADD, Combinable.SUB):
    register_combinable_fields(AmountField, _sign, AmountField, AmountField)
# Django writes -F("amount") as F("amount") * -1.
register_combinable_fields(AmountField, Combinable.MUL, models.IntegerField, AmountField)
