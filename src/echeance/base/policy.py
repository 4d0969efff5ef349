"""What the assistant does by itself, proposes, or never does: one versioned document a company.

Each room declares its slice as a frozen dataclass with defaults in its ``types.py`` and a
``SECTION`` name. The document holds only what differs from the defaults, so a new setting of a
later version needs no migration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from echeance.base.errors import PolicyInvalidError
from echeance.base.models import PolicyVersion

if TYPE_CHECKING:
    from dataclasses import Field

    from echeance.base.models import Company


class Slice(Protocol):
    """A frozen dataclass of settings with defaults for all of them."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    SECTION: ClassVar[str]


S = TypeVar("S", bound=Slice)

_slices: dict[str, type[Slice]] = {}


def register(slice_class: type[S]) -> type[S]:
    """Make a slice known to the policy page and to its check; call it in ``apps.ready()``."""
    _slices[slice_class.SECTION] = slice_class
    return slice_class


def slices() -> dict[str, type[Slice]]:
    """Every registered slice, by section."""
    return dict(sorted(_slices.items()))


def parse(slice_class: type[S], values: dict[str, Any]) -> S:
    """A typed slice from the values of its section.

    Raises:
        PolicyInvalidError: An unknown setting, or a value of the wrong type.
    """
    unknown = set(values) - set(slice_class.__dataclass_fields__)
    if unknown:
        raise PolicyInvalidError(
            section=slice_class.SECTION, problem=f"réglage inconnu « {min(unknown)} »"
        )
    try:
        return TypeAdapter(slice_class).validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PolicyInvalidError(
            section=slice_class.SECTION, problem=f"{place} = {first['input']!r}"
        ) from error


def current(company: Company) -> tuple[int, dict[str, Any]]:
    """Version number in force and its document; ``(0, {})`` before the first save. One query."""
    row = (
        PolicyVersion.objects.filter(company=company)
        .order_by("-number")
        .values_list("number", "document")
        .first()
    )
    return row or (0, {})


def read(company: Company, slice_class: type[S]) -> S:
    """The slice in force for a company. One query."""
    _, document = current(company)
    return parse(slice_class, document.get(slice_class.SECTION, {}))


def check(document: dict[str, Any]) -> None:
    """Refuse a document with an unknown section, an unknown setting or a wrong value.

    Raises:
        PolicyInvalidError: With the section and the value at fault.
    """
    for section, values in document.items():
        if section not in _slices:
            raise PolicyInvalidError(section=section, problem="section inconnue")
        if not isinstance(values, dict):
            raise PolicyInvalidError(section=section, problem="des réglages sont attendus")
        parse(_slices[section], values)
