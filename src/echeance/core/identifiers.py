"""Identifiers of firms and bank accounts: value classes whose bad values cannot exist.

Each class checks itself when it is built, so holding one is proof enough. ``parse`` takes what a
person types or a file holds (spaces, dots, hyphens, lower case), the constructor takes the bare
value only.

Sources: Insee (SIREN and SIRET, Luhn key), CGI ann. II (French VAT number),
ISO 13616 (IBAN), ISO 9362 (BIC), EPC262-08 (creditor identifier), XP Z12-013 (electronic address,
scheme 0225).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Self

from echeance.core.errors import EcheanceError, Kind

LA_POSTE = "356000000"

_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u200b\u2060\ufeff]+")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_FOREIGN_VAT = re.compile(r"[A-Z]{2}[A-Z0-9]{2,13}")
_CREDITOR_ID = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}")
_ADDRESS = re.compile(r"[A-Za-z0-9\-_.]{1,125}")
_SCHEME = re.compile(r"[0-9]{4}|EM")
_MESSAGE_LENGTH = 60


@dataclass(eq=False)
class InvalidIdentifierError(EcheanceError):
    """Base of the identifier errors: ``value`` is what was given, shortened when it is long."""

    code = "identifiers.invalid"
    kind = Kind.INVALID
    message = "L'identifiant « {value} » n'est pas valable : corrigez-le."

    value: str

    def __post_init__(self) -> None:
        if len(self.value) > _MESSAGE_LENGTH:
            self.value = self.value[: _MESSAGE_LENGTH - 1] + "…"


@dataclass(eq=False)
class InvalidSirenError(InvalidIdentifierError):
    """Not nine digits, or a wrong Luhn key."""

    code = "identifiers.invalid_siren"
    message = (
        "Le SIREN « {value} » n'est pas valable : il compte neuf chiffres dont le dernier est une "
        "clé de contrôle. Recopiez-le depuis l'annuaire des entreprises."
    )


@dataclass(eq=False)
class InvalidSiretError(InvalidIdentifierError):
    """Not fourteen digits, or a wrong key."""

    code = "identifiers.invalid_siret"
    message = (
        "Le SIRET « {value} » n'est pas valable : il compte quatorze chiffres, le SIREN suivi du "
        "numéro de l'établissement. Recopiez-le depuis l'annuaire des entreprises."
    )


@dataclass(eq=False)
class InvalidVatIdError(InvalidIdentifierError):
    """Unknown country, wrong shape, or wrong key."""

    code = "identifiers.invalid_vat_id"
    message = (
        "Le numéro de TVA « {value} » n'est pas valable : il commence par le code du pays et finit "
        "par une clé exacte (par exemple FR83404833048). Vérifiez-le auprès de l'entreprise."
    )


@dataclass(eq=False)
class VatIdMismatchError(EcheanceError):
    """A French VAT number belongs to the SIREN it ends with."""

    code = "identifiers.vat_id_mismatch"
    kind = Kind.INVALID
    message = (
        "Le numéro de TVA {vat_id} ne correspond pas au SIREN {siren} (attendu : {expected}). "
        "Corrigez l'un des deux."
    )

    vat_id: str
    siren: str
    expected: str


@dataclass(eq=False)
class InvalidIbanError(InvalidIdentifierError):
    """Wrong country, length or key."""

    code = "identifiers.invalid_iban"
    message = (
        "L'IBAN « {value} » n'est pas valable : sa longueur ou sa clé est fausse. "
        "Recopiez-le depuis le RIB."
    )


@dataclass(eq=False)
class InvalidBicError(InvalidIdentifierError):
    """Not the shape of ISO 9362."""

    code = "identifiers.invalid_bic"
    message = (
        "Le BIC « {value} » n'est pas valable : il compte 8 ou 11 caractères. "
        "Recopiez-le depuis le RIB."
    )


@dataclass(eq=False)
class InvalidCreditorIdError(InvalidIdentifierError):
    """Not the shape of a SEPA creditor identifier, or a wrong key."""

    code = "identifiers.invalid_creditor_id"
    message = (
        "L'identifiant créancier SEPA « {value} » n'est pas valable : sa forme ou sa clé est "
        "fausse (par exemple FR72ZZZ123456). Recopiez-le depuis le courrier de votre banque."
    )


@dataclass(eq=False)
class InvalidElectronicAddressError(InvalidIdentifierError):
    """Outside the rules of its scheme."""

    code = "identifiers.invalid_electronic_address"
    message = (
        "L'adresse de facturation électronique « {value} » n'est pas valable : elle s'écrit SIREN, "
        "SIREN_SIRET, SIREN_SIRET_CODE ou SIREN_SUFFIXE. Relevez-la dans l'annuaire de la "
        "facturation électronique."
    )


def strip_separators(text: str) -> str:
    """Drop every kind of space, dots and hyphens, and write in upper case.

    >>> strip_separators(" fr 83-404.833 048 ")
    'FR83404833048'
    """
    return _SEPARATORS.sub("", text).upper()


@dataclass(frozen=True, slots=True)
class _Identifier:
    """A bare, checked text. Subclasses say what is valid and which error tells otherwise."""

    error: ClassVar[type[InvalidIdentifierError]] = InvalidIdentifierError

    value: str

    def __post_init__(self) -> None:
        if not self._is_valid(self.value):
            raise self.error(self.value)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a text with its spaces, dots and hyphens.

        Raises:
            InvalidIdentifierError: the subclass's own error, naming the text as it was given.
        """
        bare = strip_separators(text)
        if not cls._is_valid(bare):
            raise cls.error(text.strip())
        return cls(bare)

    @classmethod
    def is_valid(cls, text: str) -> bool:
        """Whether ``parse`` would accept the text."""
        return cls._is_valid(strip_separators(text))

    @staticmethod
    def _is_valid(bare: str) -> bool:
        raise NotImplementedError

    def formatted(self) -> str:
        """The value as a person reads it."""
        return self.value

    def __str__(self) -> str:
        return self.value


def _digits(bare: str, length: int) -> bool:
    return len(bare) == length and bare.isascii() and bare.isdigit()


def _luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


@dataclass(frozen=True, slots=True)
class Siren(_Identifier):
    """Number of a French firm: nine digits with a Luhn key (BT-30, BT-47, scheme 0002).

    >>> Siren.parse("404 833 048")
    Siren(value='404833048')
    >>> str(Siren("404833048").vat_id)
    'FR83404833048'
    """

    error = InvalidSirenError

    @staticmethod
    def _is_valid(bare: str) -> bool:
        return _digits(bare, 9) and bare != "000000000" and _luhn(bare)

    @property
    def vat_id(self) -> VatId:
        """The French VAT number with its ordinary numeric key, (12 + 3 × (SIREN mod 97)) mod 97."""
        key = (12 + 3 * (int(self.value) % 97)) % 97
        return VatId(f"FR{key:02d}{self.value}")

    def formatted(self) -> str:
        """Groups of three digits, no-break spaces."""
        return "\u00a0".join((self.value[:3], self.value[3:6], self.value[6:]))


@dataclass(frozen=True, slots=True)
class Siret(_Identifier):
    """Number of an establishment: the SIREN and five digits (scheme 0009).

    Establishments of La Poste do not follow Luhn: the sum of their digits is a multiple of 5,
    except the head office, which follows Luhn.

    >>> Siret.parse("356 000 000 49837").siren
    Siren(value='356000000')
    """

    error = InvalidSiretError

    @staticmethod
    def _is_valid(bare: str) -> bool:
        if not _digits(bare, 14) or not Siren.is_valid(bare[:9]):
            return False
        if _luhn(bare):
            return True
        return bare.startswith(LA_POSTE) and sum(map(int, bare)) % 5 == 0

    @property
    def siren(self) -> Siren:
        """The firm of the establishment."""
        return Siren(self.value[:9])

    def formatted(self) -> str:
        """SIREN in groups of three, then the five digits."""
        return f"{self.siren.formatted()}\u00a0{self.value[9:]}"


@dataclass(frozen=True, slots=True)
class VatId(_Identifier):
    """VAT number with its country prefix (BT-31, BT-48).

    Numbers of the European Union are checked by their country's own rule; elsewhere only the
    shape is (two letters, then two to thirteen letters or digits).
    """

    error = InvalidVatIdError

    @staticmethod
    def _is_valid(bare: str) -> bool:
        from stdnum.eu import vat

        if not _FOREIGN_VAT.fullmatch(bare):
            return False
        if bare[:2].lower() in {*vat.MEMBER_STATES, "el", "xi"}:
            return bool(vat.is_valid(bare)) and vat.compact(bare) == bare
        return True

    @property
    def country(self) -> str:
        """ISO 3166 code of the country (Greece writes EL on its numbers, XI is Northern Ireland).

        >>> VatId("EL094259216").country
        'GR'
        """
        return {"EL": "GR", "XI": "GB"}.get(self.value[:2], self.value[:2])

    @property
    def siren(self) -> Siren | None:
        """The SIREN inside a French number; none abroad and in Monaco (which has no SIREN)."""
        if not self.value.startswith("FR") or not Siren.is_valid(self.value[4:]):
            return None
        return Siren(self.value[4:])

    def check_siren(self, siren: Siren) -> None:
        """Refuse a French number that is not the one of this SIREN.

        Raises:
            VatIdMismatchError: the number is French and ends with another SIREN.
        """
        if self.value.startswith("FR") and self.siren != siren:
            raise VatIdMismatchError(self.value, siren.value, siren.vat_id.value)

    def formatted(self) -> str:
        """A French number is cut as ``FR 83 404 833 048``, others stand as they are."""
        siren = self.siren
        if siren is None:
            return self.value
        return f"FR\u00a0{self.value[2:4]}\u00a0{siren.formatted()}"


@dataclass(frozen=True, slots=True)
class Iban(_Identifier):
    """Bank account number with its ISO 13616 key (BT-84)."""

    error = InvalidIbanError

    @staticmethod
    def _is_valid(bare: str) -> bool:
        from stdnum import iban

        return bool(iban.is_valid(bare))

    @property
    def country(self) -> str:
        """ISO 3166 code of the bank's country."""
        return self.value[:2]

    def formatted(self) -> str:
        """Groups of four, no-break spaces."""
        groups = (self.value[start : start + 4] for start in range(0, len(self.value), 4))
        return "\u00a0".join(groups)

    def masked(self) -> str:
        """What a log or a mail may show: country, key, and the last four characters.

        >>> Iban("FR7630006000011234567890189").masked()
        'FR76…0189'
        """
        return f"{self.value[:4]}…{self.value[-4:]}"


@dataclass(frozen=True, slots=True)
class Bic(_Identifier):
    """Code of a bank, eight or eleven characters (BT-86). It has no key: the shape is checked."""

    error = InvalidBicError

    @staticmethod
    def _is_valid(bare: str) -> bool:
        return _BIC.fullmatch(bare) is not None


@dataclass(frozen=True, slots=True)
class CreditorId(_Identifier):
    """SEPA creditor identifier (« ICS », BT-90): country, key, business code, national number.

    The key is ISO 7064 mod 97-10 over all but the three characters of the business code, which
    the creditor may choose (``ZZZ`` when it does not). A French one has thirteen characters.
    Source: EPC262-08.

    >>> CreditorId.parse("fr72 ZZZ 123456").value
    'FR72ZZZ123456'
    """

    error = InvalidCreditorIdError

    @staticmethod
    def _is_valid(bare: str) -> bool:
        from stdnum.iso7064 import mod_97_10

        if not _CREDITOR_ID.fullmatch(bare) or (bare.startswith("FR") and len(bare) != 13):
            return False
        return bool(mod_97_10.is_valid(bare[7:] + bare[:4]))

    @property
    def country(self) -> str:
        """ISO 3166 code of the country that gave it."""
        return self.value[:2]


@dataclass(frozen=True, slots=True)
class ElectronicAddress:
    """Where a platform delivers (BT-34, BT-49): a scheme and a value.

    French firms use scheme 0225: ``SIREN``, ``SIREN_SIRET``, ``SIREN_SIRET_ROUTING`` or
    ``SIREN_SUFFIX``, at most 125 characters among letters, digits, ``-``, ``_`` and ``.``.

    >>> ElectronicAddress.parse("404833048_ACHATS")
    ElectronicAddress(value='404833048_ACHATS', scheme='0225')
    """

    value: str
    scheme: str = "0225"

    def __post_init__(self) -> None:
        if not self._is_valid():
            raise InvalidElectronicAddressError(f"{self.scheme}:{self.value}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``scheme:value``, or a value of scheme 0225 alone.

        Raises:
            InvalidElectronicAddressError: the value breaks the rules of its scheme.
        """
        scheme, colon, value = text.strip().partition(":")
        return cls(value.strip(), scheme.strip()) if colon else cls(scheme)

    @classmethod
    def of_siren(cls, siren: Siren, siret: Siret | None = None, routing: str = "") -> Self:
        """The address of a firm, of one establishment, or of one routing code of it."""
        return cls("_".join(part for part in (siren.value, siret and siret.value, routing) if part))

    def _is_valid(self) -> bool:
        if not _SCHEME.fullmatch(self.scheme):
            return False
        if self.scheme == "EM":
            return "@" in self.value and len(self.value) <= 254
        if not _ADDRESS.fullmatch(self.value):
            return False
        if self.scheme != "0225":
            return True
        siren, *rest = self.value.split("_")
        if not _digits(siren, 9) or not Siren.is_valid(siren) or not all(rest):
            return False
        if rest and _digits(rest[0], 14) and rest[0].startswith(siren):
            return Siret.is_valid(rest[0])
        return True

    @property
    def siren(self) -> Siren | None:
        """The firm behind a 0225 address."""
        return Siren(self.value[:9]) if self.scheme == "0225" else None

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"
