"""What a party's facts must be, and the values they then stand as. No database, no clock.

Sources: CGI ann. II art. 242 nonies A I 1° (SIREN and address of the customer); Insee, CGI 286 ter
(identifiers); XP Z12-013 (electronic address of a French firm begins with its SIREN); rule books
of the SEPA direct debit (mandates).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from functools import lru_cache
from typing import Any

from echeance.core.dates import add_months
from echeance.core.errors import EcheanceError
from echeance.core.identifiers import ElectronicAddress, Siren, Siret, VatId
from echeance.core.tax import Exemption, Territory, territory_of
from echeance.core.terms import CustomerKind, parse_terms
from echeance.core.words import clean_line, words
from echeance.parties.errors import (
    EstablishmentInvalidError,
    EstablishmentMismatchError,
    InvalidEmailError,
    MandateInvalidError,
)
from echeance.parties.types import EstablishmentFacts, PartyFacts, PartyFinding

LABELS = {
    "code": "code",
    "name": "nom",
    "category": "catégorie",
    "is_customer": "client",
    "is_supplier": "fournisseur",
    "legal_form": "forme juridique",
    "siren": "SIREN",
    "siret": "SIRET",
    "vat_id": "n° de TVA",
    "language": "langue",
    "address_line": "adresse",
    "address_extra": "complément d'adresse",
    "postcode": "code postal",
    "city": "ville",
    "country": "pays",
    "territory": "territoire de TVA",
    "electronic_address": "adresse de facturation électronique",
    "payment_terms": "conditions de règlement",
    "order_reference_required": "bon de commande exigé",
    "vat_exemption": "exonération habituelle",
}
"""French name of each field."""

_LONGEST = {"code": 40, "name": 200, "legal_form": 60, "address_line": 200, "address_extra": 200,
            "postcode": 12, "city": 80}  # fmt: skip
_EMAIL = re.compile(r"[^\s@<>(),;:\"\\\[\]]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,63}")
_FIRM_ONLY = ("siren", "siret", "vat_id")


_FIELDS = tuple(field.name for field in fields(PartyFacts))


def values_of(facts: PartyFacts) -> dict[str, Any]:
    """The facts by field; ``asdict`` copies each value, which is half the time of an import."""
    return {name: getattr(facts, name) for name in _FIELDS}


class _Check:
    """Facts of one party on their way: values are replaced, problems are kept."""

    def __init__(self, facts: PartyFacts, party: str) -> None:
        self.values: dict[str, str] = {
            name: clean_line(value)
            for name, value in values_of(facts).items()
            if isinstance(value, str)
        }
        self.party = self.values["code"] or party
        self.findings: list[PartyFinding] = []

    def refuse(self, field: str, message: str) -> None:
        """Keep a problem of a field."""
        self.findings.append(PartyFinding(self.party, field, self.values[field], message))

    def parsed(self, field: str, parse: Callable[[str], str]) -> bool:
        """Replace a non-empty value by its checked form; whether it now holds one."""
        value = self.values[field]
        if not value:
            return False
        try:
            self.values[field] = parse(value)
        except EcheanceError as error:
            self.refuse(field, str(error))
            return False
        return True


def checked(facts: PartyFacts, *, party: str = "") -> tuple[PartyFacts, tuple[PartyFinding, ...]]:
    """The facts as they are to be kept, and everything that is wrong in them.

    Identifiers lose their blanks and are verified by their key; the SIREN comes from the SIRET or
    the French VAT number when it is empty, the electronic address of a French firm from its SIREN,
    the VAT territory from the postcode. With a finding, the facts must not be kept.

    Args:
        facts: As given.
        party: What to call it in the findings when it has no code.

    >>> kept, problems = checked(
    ...     PartyFacts("C1", "Brume", vat_id="FR 83 404 833 048", payment_terms="30 jours")
    ... )
    >>> kept.siren, kept.electronic_address, problems
    ('404833048', '0225:404833048', ())
    """
    check = _Check(facts, party)
    _check_words(check)
    _check_identifiers(check)
    _check_place(check)
    _check_electronic_address(check)
    _check_trade(check)
    if not (facts.is_customer or facts.is_supplier):
        check.refuse("code", "Le tiers n'est ni client ni fournisseur : choisissez au moins l'un.")
    return PartyFacts(**{**values_of(facts), **check.values}), tuple(check.findings)


def with_changes(facts: PartyFacts, changes: Mapping[str, object]) -> PartyFacts:
    """The facts with new values, not yet checked.

    A territory or an electronic address that was deduced is deduced again, so that it follows the
    postcode or the SIREN it came from.

    >>> brume, _ = checked(PartyFacts("C1", "Brume", siren="404833048", postcode="75001"))
    >>> moved, _ = checked(with_changes(brume, {"postcode": "97400"}))
    >>> moved.territory
    'reunion'
    """
    unknown = set(changes) - set(LABELS)
    assert not unknown, f"not fields of a party: {unknown}"
    given = values_of(facts)
    again: dict[str, str] = {}
    if facts.territory or facts.electronic_address:
        deduced, _ = checked(PartyFacts(**{**given, "territory": "", "electronic_address": ""}))
        again = {
            name: ""
            for name in ("territory", "electronic_address")
            if getattr(deduced, name) == given[name]
        }
    return PartyFacts(**{**given, **again, **changes})


def _check_words(check: _Check) -> None:
    for field in ("code", "name"):
        if not check.values[field]:
            check.refuse(field, f"Le champ « {LABELS[field]} » est vide : remplissez-le.")
    for field, longest in _LONGEST.items():
        if len(check.values[field]) > longest:
            check.refuse(
                field,
                f"Le champ « {LABELS[field]} » dépasse {longest} caractères : raccourcissez-le.",
            )
    if check.values["category"] not in {kind.value for kind in CustomerKind}:
        check.refuse(
            "category",
            f"La catégorie « {check.values['category']} » est inconnue : choisissez entreprise, "
            "particulier ou acheteur public.",
        )
    check.values["language"] = check.values["language"].lower()
    if not re.fullmatch(r"[a-z]{2}", check.values["language"]):
        check.refuse(
            "language",
            f"La langue « {check.values['language']} » est inconnue : donnez son code, comme fr.",
        )


def _check_identifiers(check: _Check) -> None:
    values = check.values
    if values["category"] == CustomerKind.CONSUMER:
        for field in _FIRM_ONLY:
            if values[field]:
                check.refuse(
                    field,
                    f"Un particulier n'a pas de {LABELS[field]} (« {values[field]} ») : "
                    "effacez-le, ou changez la catégorie.",
                )
        return
    has_siren = check.parsed("siren", lambda text: Siren.parse(text).value)
    has_siret = check.parsed("siret", lambda text: Siret.parse(text).value)
    has_vat_id = check.parsed("vat_id", lambda text: VatId.parse(text).value)
    if has_siret and not values["siren"]:
        values["siren"] = Siret(values["siret"]).siren.value
        has_siren = True
    if has_vat_id and not values["siren"]:
        inside = VatId(values["vat_id"]).siren
        values["siren"] = inside.value if inside else ""
        has_siren = inside is not None
    if has_siren and has_siret and not values["siret"].startswith(values["siren"]):
        check.refuse(
            "siret",
            f"Le SIRET {values['siret']} n'est pas un établissement du SIREN {values['siren']} : "
            "corrigez l'un des deux.",
        )
    if has_siren and has_vat_id:
        check.parsed("vat_id", lambda text: _same_firm(text, values["siren"]))


def _same_firm(vat_id: str, siren: str) -> str:
    VatId(vat_id).check_siren(Siren(siren))
    return vat_id


def _check_place(check: _Check) -> None:
    values = check.values
    values["country"] = values["country"].upper()
    if values["country"] not in _country_codes():
        check.refuse(
            "country",
            f"Le pays « {values['country']} » est inconnu : donnez son code de deux lettres, "
            "comme FR ou BE.",
        )
    if values["country"] == "FR" and values["postcode"]:
        values["postcode"] = values["postcode"].replace(" ", "")
        if not re.fullmatch(r"[0-9]{5}", values["postcode"]):
            check.refuse(
                "postcode",
                f"Le code postal « {values['postcode']} » n'est pas français : il compte cinq "
                "chiffres. Corrigez-le, ou le pays.",
            )
    if not values["territory"]:
        territory = territory_of(values["country"], values["postcode"])
        values["territory"] = territory.value if territory else ""
    elif values["territory"] not in {territory.value for territory in Territory}:
        check.refuse(
            "territory",
            f"Le territoire de TVA « {values['territory']} » est inconnu : laissez-le vide, il "
            "se déduit du code postal.",
        )


def _check_electronic_address(check: _Check) -> None:
    values = check.values
    siren = values["siren"] if Siren.is_valid(values["siren"]) else ""
    if not values["electronic_address"]:
        if siren and values["category"] != CustomerKind.CONSUMER:
            values["electronic_address"] = str(ElectronicAddress.of_siren(Siren(siren)))
        return
    if not check.parsed("electronic_address", lambda text: str(ElectronicAddress.parse(text))):
        return
    owner = ElectronicAddress.parse(values["electronic_address"]).siren
    if owner and owner.value != siren:
        check.refuse(
            "electronic_address",
            f"L'adresse de facturation électronique « {values['electronic_address']} » ne commence "
            f"pas par le SIREN du tiers ({siren or 'absent'}) : corrigez l'un des deux.",
        )


def _check_trade(check: _Check) -> None:
    check.parsed("payment_terms", lambda text: parse_terms(text).code)
    if not check.values["payment_terms"]:
        check.refuse(
            "payment_terms",
            "Les conditions de règlement sont vides : écrivez par exemple « 30 jours ».",
        )
    exemption = check.values["vat_exemption"]
    if exemption and exemption not in {known.value for known in Exemption}:
        check.refuse(
            "vat_exemption",
            f"Le motif d'exonération « {exemption} » est inconnu : choisissez-le dans la liste.",
        )


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    """ISO 3166 code of each country by its folded French or English name, and by itself."""
    from babel import Locale

    return {
        " ".join(words(name)): code
        for language in ("en", "fr")
        for code, name in Locale(language).territories.items()
        if re.fullmatch(r"[A-Z]{2}", code) and code not in {"EU", "EZ", "UN", "XA", "XB", "ZZ"}
    }


@lru_cache(maxsize=1)
def _country_codes() -> frozenset[str]:
    return frozenset(_country_names().values())


def country_code(text: str) -> str:
    """The ISO 3166 code of a country named in French or English; any other text as it is.

    >>> country_code("Belgique"), country_code("germany"), country_code("be"), country_code("Oz")
    ('BE', 'DE', 'BE', 'Oz')
    """
    upper = text.strip().upper()
    return upper if upper in _country_codes() else _country_names().get(" ".join(words(text)), text)


def checked_email(text: str) -> str:
    """One e-mail address, alone: what goes into a mail header must be nothing else.

    Raises:
        InvalidEmailError: Not an address, or more than one.

    >>> checked_email(" Compta@Brume.example ")
    'Compta@brume.example'
    """
    email = text.strip()
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        raise InvalidEmailError(email=email[:80])
    local, _, domain = email.rpartition("@")
    return f"{local}@{domain.lower()}"


def search_words(facts: PartyFacts) -> str:
    """What a party is found by: folded words of its names, numbers and town."""
    given = (facts.code, facts.name, facts.siren, facts.siret, facts.vat_id, facts.city)
    return " ".join(dict.fromkeys(words(" ".join(given))))


# -- establishments, groups, mandates -------------------------------------------------------------

MANDATE_MONTHS = 36
"""A mandate nothing was collected under for so long is dead. Source: EPC016-06, EPC222-07."""

_SEPA_REFERENCE = re.compile(r"[A-Za-z0-9+?/\-:().,']{1,35}")


def checked_establishment(
    facts: EstablishmentFacts, *, name: str, siren: str
) -> EstablishmentFacts:
    """An establishment as it is to be kept.

    Args:
        facts: As given.
        name: The party, for the messages.
        siren: Its SIREN; empty when it is not known, and then nothing can be checked.

    Raises:
        InvalidSiretError: Wrong key.
        EstablishmentMismatchError: Of another firm.
        InvalidElectronicAddressError: Not an address of a platform.
        EstablishmentInvalidError: An address of another firm, or a place that does not exist.

    >>> one = EstablishmentFacts(1, "404 833 048 00022", city="Lyon", postcode="69 002")
    >>> kept = checked_establishment(one, name="Brume", siren="404833048")
    >>> kept.siret, kept.postcode
    ('40483304800022', '69002')
    """
    siret = Siret.parse(facts.siret)
    if siret.siren.value != siren:
        raise EstablishmentMismatchError(siret.value, name, siren or "absent")
    country = facts.country.strip().upper()
    if country not in _country_codes():
        raise EstablishmentInvalidError(
            siret.value, f"le pays « {country} » est inconnu, donnez son code de deux lettres."
        )
    postcode = clean_line(facts.postcode)[:12]
    if country == "FR" and postcode:
        postcode = postcode.replace(" ", "")
        if not re.fullmatch(r"[0-9]{5}", postcode):
            raise EstablishmentInvalidError(
                siret.value, f"le code postal « {postcode} » ne compte pas cinq chiffres."
            )
    address = facts.electronic_address.strip()
    if address:
        parsed = ElectronicAddress.parse(address)
        if parsed.siren is not None and parsed.siren.value != siren:
            raise EstablishmentInvalidError(
                siret.value,
                f"l'adresse de facturation électronique « {address} » est celle d'une autre "
                "entreprise.",
            )
        address = str(parsed)
    return replace(
        facts,
        siret=siret.value,
        name=clean_line(facts.name)[:200],
        address_line=clean_line(facts.address_line)[:200],
        address_extra=clean_line(facts.address_extra)[:200],
        postcode=postcode,
        city=clean_line(facts.city)[:80],
        country=country,
        electronic_address=address,
    )


def head_of(party_id: int, parents: Mapping[int, int]) -> int:
    """Head of the group of a party: itself when it depends on nobody.

    A chain that comes back on itself (two groups merged into one another) ends at its smallest
    number, so that all of it has one head.

    >>> head_of(3, {3: 2, 2: 1}), head_of(1, {3: 2}), head_of(5, {5: 6, 6: 5})
    (1, 1, 5)
    """
    path = [party_id]
    while (above := parents.get(path[-1])) is not None:
        if above in path:
            return min(path[path.index(above) :])
        path.append(above)
    return path[-1]


def depends_on(party_id: int, other_id: int, parents: Mapping[int, int]) -> bool:
    """Whether a party stands somewhere under another, or is it.

    >>> depends_on(3, 1, {3: 2, 2: 1}), depends_on(1, 3, {3: 2, 2: 1})
    (True, False)
    """
    seen: set[int] = set()
    at: int | None = party_id
    while at is not None and at not in seen:
        if at == other_id:
            return True
        seen.add(at)
        at = parents.get(at)
    return False


def checked_reference(text: str) -> str:
    """A mandate reference as it is to be kept: upper case, for case does not tell two apart.

    At most 35 of the characters that every bank of SEPA carries, no blank, no slash at either end
    nor two in a row. Sources: EPC217-08 (characters), EPC130-08 (case of AT-01).

    Raises:
        MandateInvalidError: It is not one.

    >>> checked_reference(" rum-2026/017 ")
    'RUM-2026/017'
    """
    reference = text.strip()
    slashes = reference.startswith("/") or reference.endswith("/") or "//" in reference
    if not _SEPA_REFERENCE.fullmatch(reference) or slashes:
        raise MandateInvalidError(
            reference[:40],
            "la référence compte au plus 35 lettres sans accent, chiffres ou signes + ? - : ( ) . "
            ", ' et / à l'intérieur, sans espace.",
        )
    return reference.upper()


def mandate_ends_on(signed_on: date, last_used_on: date | None) -> date:
    """First day a mandate is dead: 36 months after its last collection, or its signature.

    The rule books count from the latest collection presented; a mandate that never served counts
    from its signature, the earlier and hence the safer day.

    Source: EPC016-06 (SDD Core) and EPC222-07 (SDD B2B).

    >>> mandate_ends_on(date(2024, 1, 15), None)
    datetime.date(2027, 1, 15)
    >>> mandate_ends_on(date(2024, 1, 15), date(2026, 2, 28))
    datetime.date(2029, 2, 28)
    """
    return add_months(last_used_on or signed_on, MANDATE_MONTHS)


# -- registers ------------------------------------------------------------------------------------

COMPARED = ("name", "address_line", "address_extra", "postcode", "city", "country")
"""Fields of a party that a register may correct."""

_SHORT = {
    "all": "allee", "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard",
    "bvd": "boulevard", "ch": "chemin", "che": "chemin", "fg": "faubourg", "imp": "impasse",
    "pl": "place", "rte": "route", "sq": "square", "st": "saint", "ste": "sainte",
    "za": "zone artisanale", "zi": "zone industrielle",
}  # fmt: skip
_FORMS = frozenset(
    {
        "cie", "etablissements", "ets", "eurl", "sa", "sarl", "sas", "sasu", "sci", "scp",
        "selarl", "selas", "snc", "societe", "ste",
    }
)  # fmt: skip


def _likeness(text: str) -> list[str]:
    """Words that tell two addresses apart: without case, accents, blanks and short forms."""
    return " ".join(_SHORT.get(word, word) for word in words(text)).split()


def _firm_words(text: str) -> list[str]:
    """Words that tell two firms apart: without their legal form."""
    kept = [word for word in words(text) if word not in _FORMS]
    return kept or words(text)


def differences(present: Mapping[str, str], said: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What a register says otherwise: field, present value, its value, in the order of the form.

    Case, accents, short forms of streets and legal forms are no difference: registers write in
    capitals. Neither is a value the register does not give, nor a name under which the firm also
    trades (``other_names``, separated by ``|``). A complement of address goes with the address
    it stood on.

    >>> differences({"name": "Étagères Morel", "address_line": "3 av. Foch"},
    ...             {"name": "ETAGERES MOREL SAS", "address_line": "3 AVENUE FOCH"})
    []
    >>> differences({"name": "Morel"}, {"name": "MOREL ET FILS"})
    [('name', 'Morel', 'MOREL ET FILS')]
    """
    found: list[tuple[str, str, str]] = []
    moved: set[str] = set()
    for name in COMPARED:
        old, new = present.get(name, ""), said.get(name, "")
        if name == "name":
            others = [new, *said.get("other_names", "").split("|")]
            if new and not any(_firm_words(old) == _firm_words(other) for other in others):
                found.append((name, old, new))
        elif new and _likeness(new) != _likeness(old):
            found.append((name, old, new))
        elif name == "address_extra" and old and not new and "address_line" in moved:
            found.append((name, old, ""))
        moved = {field for field, _, _ in found}
    return found


def route_among(present: str, lines: Sequence[str], siren: str) -> str:
    """The address of a firm in the directory, of those it has; empty when a person must choose.

    The present one when the directory has it, else the address of the firm as a whole, else the
    only one.

    >>> route_among("0225:404833048", ["0225:404833048_ACHATS"], "404833048")
    '0225:404833048_ACHATS'
    >>> route_among("", ["0225:404833048_A", "0225:404833048_B"], "404833048")
    ''
    """
    whole = f"0225:{siren}"
    for wanted in (present, whole):
        if wanted and wanted in lines:
            return wanted
    return lines[0] if len(lines) == 1 else ""
