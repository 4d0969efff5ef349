"""Records of one firm or person entered twice: pairs to look at, with what speaks for and against.

Two records of different firms (two SIREN, two VAT numbers of one country) or of two establishments
of one firm (two SIRET) are never a pair. Everything else adds up to a score; a pair is *certain*
only when a register number is shared and nothing speaks against, and is otherwise asked to a
person. Two consumers are always asked: a father and his son share a name and a door.

Records are compared only inside blocks (a shared number, the beginning of a word at one place, the
same initials), so that the work grows with the number of records and not with its square.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from echeance.core.identifiers import strip_separators
from echeance.core.words import words

SCORE_MIN = 60
"""Below this a pair is not shown."""

_LIKE_MIN = 84
_BLOCK_MAX = 40
_WINDOW = 6
_RARE_MAX = 12

_LEGAL_FORMS = frozenset(
    {
        "sa", "sas", "sasu", "sarl", "eurl", "sci", "snc", "sca", "scp", "scs", "scop", "scic",
        "selarl", "selas", "selasu", "sel", "ei", "eirl", "earl", "gaec", "gie", "gmbh", "ag",
        "kg", "ltd", "llc", "plc", "inc", "corp", "bv", "nv", "sprl", "srl", "spa", "sl", "slu",
        "cv", "vof", "bvba"
    }
)  # fmt: skip
_EMPTY_WORDS = frozenset(
    {
        "et", "and", "und", "de", "du", "des", "la", "le", "les", "l", "d", "a", "au", "aux",
        "en", "the", "of"
    }
)  # fmt: skip
_GENERIC = frozenset(
    {
        "societe", "ste", "ets", "etablissement", "etablissements", "cie", "compagnie",
        "entreprise", "maison"
    }
)  # fmt: skip
_TITLES = frozenset(
    {
        "m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "dr", "me", "maitre"
    }
)  # fmt: skip
_STREET = {
    "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard",
    "bvd": "boulevard", "r": "rue", "pl": "place", "rte": "route", "ch": "chemin",
    "chem": "chemin", "imp": "impasse", "all": "allee", "fg": "faubourg", "fbg": "faubourg",
    "sq": "square", "za": "zone", "zi": "zone", "zac": "zone", "st": "saint", "ste": "sainte",
    "gal": "general", "mal": "marechal",
}  # fmt: skip


class Sign(StrEnum):
    """What speaks for two records being one, or against it."""

    SAME_SIRET = "same_siret"
    SAME_SIREN = "same_siren"
    SAME_VAT_ID = "same_vat_id"
    SAME_IBAN = "same_iban"
    SAME_EMAIL = "same_email"
    SAME_NAME = "same_name"
    LIKE_NAME = "like_name"
    INITIALS = "initials"
    NAME_WITHIN = "name_within"
    SAME_FAMILY = "same_family"
    SAME_ADDRESS = "same_address"
    SAME_PLACE = "same_place"
    OTHER_NAME = "other_name"
    OTHER_FIRST_NAME = "other_first_name"
    OTHER_PLACE = "other_place"
    OTHER_STREET = "other_street"
    OTHER_KIND = "other_kind"
    OTHER_VAT_COUNTRY = "other_vat_country"


_FOR = {
    Sign.SAME_SIRET: 90,
    Sign.SAME_SIREN: 80,
    Sign.SAME_VAT_ID: 80,
    Sign.SAME_IBAN: 45,
    Sign.SAME_EMAIL: 35,
    Sign.SAME_NAME: 45,
    Sign.LIKE_NAME: 40,
    Sign.INITIALS: 30,
    Sign.NAME_WITHIN: 30,
    Sign.SAME_FAMILY: 30,
    Sign.SAME_ADDRESS: 30,
    Sign.SAME_PLACE: 20,
}
_AGAINST = {
    Sign.OTHER_NAME: 10,
    Sign.OTHER_FIRST_NAME: 0,
    Sign.OTHER_PLACE: 20,
    Sign.OTHER_STREET: 0,
    Sign.OTHER_KIND: 10,
    Sign.OTHER_VAT_COUNTRY: 10,
}
_REGISTERS = frozenset({Sign.SAME_SIRET, Sign.SAME_SIREN, Sign.SAME_VAT_ID})
_PLACE_UNKNOWN = 15


@dataclass(frozen=True, slots=True)
class Record:
    """A party as duplicates are looked for.

    Attributes:
        key: Its number, unique among those given.
        consumer: A private person rather than a firm or a public body.
        emails: Addresses of its contacts.
        ibans: Its accounts in use.
    """

    key: int
    name: str
    consumer: bool = False
    siren: str = ""
    siret: str = ""
    vat_id: str = ""
    address_line: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    emails: tuple[str, ...] = ()
    ibans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One sign and the value it rests on (a number, an address, a likeness in percent)."""

    sign: Sign
    value: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one.

    Attributes:
        first: The smaller key.
        second: The larger key.
        score: 60 to 100.
        certain: A register number is shared, the names agree and nothing speaks against.
        reasons: What speaks for it, heaviest first.
        against: What speaks against it.
    """

    first: int
    second: int
    score: int
    certain: bool
    reasons: tuple[Reason, ...]
    against: tuple[Reason, ...]


def name_words(name: str, *, consumer: bool = False) -> tuple[str, ...]:
    """The words of a name that tell it from another, in their order.

    Case, accents, legal forms, « Ets », « Société », titles and link words go; letters that stand
    alone are one word.

    >>> name_words("S.A.R.L. Établissements Le Moël & Fils"), name_words("LE MOEL ET FILS")
    (('moel', 'fils'), ('moel', 'fils'))
    >>> name_words("Mme Ève de La Tour", consumer=True)
    ('eve', 'tour')
    """
    joined = _joined_letters(words(name))
    dropped = _LEGAL_FORMS | _EMPTY_WORDS | _GENERIC | (_TITLES if consumer else frozenset())
    kept = tuple("saint" if word == "st" else word for word in joined if word not in dropped)
    return kept or tuple(joined)


def _joined_letters(given: Sequence[str]) -> list[str]:
    """``s a r l dupont`` as ``sarl dupont``."""
    found: list[str] = []
    run = ""
    for word in (*given, ""):
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        if run:
            found.append(run)
            run = ""
        if word:
            found.append(word)
    return found


@dataclass(slots=True)
class _Folded:
    """A record as it is compared."""

    record: Record
    tokens: tuple[str, ...]
    sorted_name: str
    compact: str
    numbers: tuple[str, ...]
    initials: frozenset[str]
    street: str
    house: str
    postcode: str
    city: str
    emails: frozenset[str]
    ibans: frozenset[str]
    siren: str
    siret: str
    vat_id: str


def _folded(record: Record) -> _Folded:
    tokens = name_words(record.name, consumer=record.consumer)
    every = [
        word
        for word in _joined_letters(words(record.name))
        if word not in _EMPTY_WORDS and word not in _LEGAL_FORMS
    ]
    street = [_STREET.get(word, word) for word in words(record.address_line)]
    street = [word for word in street if word not in _EMPTY_WORDS]
    siret = strip_separators(record.siret)
    return _Folded(
        record=record,
        tokens=tokens,
        sorted_name=" ".join(sorted(tokens)),
        compact="".join(tokens),
        numbers=tuple(sorted(word for word in tokens if word.isdecimal())),
        initials=frozenset(
            "".join(word[0] for word in given) for given in (tokens, every) if len(given) > 2
        ),
        street=" ".join(sorted(word for word in street if not word.isdecimal())),
        house=" ".join(sorted(word for word in street if word.isdecimal())),
        postcode="".join(words(record.postcode)),
        city=" ".join(
            "saint" if word == "st" else "sainte" if word == "ste" else word
            for word in words(record.city)
            if word != "cedex" and not word.isdecimal()
        ),
        emails=frozenset(email.strip().casefold() for email in record.emails) - {""},
        ibans=frozenset(strip_separators(iban) for iban in record.ibans) - {""},
        siren=strip_separators(record.siren) or siret[:9],
        siret=siret,
        vat_id=strip_separators(record.vat_id),
    )


def compare(first: Record, second: Record) -> Pair | None:
    """What two records have in common; ``None`` when they are too unlike, or surely two.

    >>> pair = compare(
    ...     Record(1, "Atelier Brume SAS", siren="404833048", postcode="75001", city="Paris"),
    ...     Record(2, "ATELIER BRUME", siren="404 833 048", postcode="75001", city="PARIS"),
    ... )
    >>> pair.score, pair.certain, [reason.sign.value for reason in pair.reasons]
    (100, True, ['same_siren', 'same_name', 'same_place'])
    """
    return _compared(_folded(first), _folded(second))


def _compared(one: _Folded, other: _Folded) -> Pair | None:
    if one.record.key > other.record.key:
        one, other = other, one
    if _surely_two(one, other):
        return None
    reasons = _by_number(one, other)
    against: list[Reason] = []
    consumers = one.record.consumer and other.record.consumer
    name = _by_name(one, other, consumers=consumers)
    if name is None and not reasons:
        # A door in common is not enough: most pairs of a block end here.
        return None
    place = _by_place(one, other)
    reasons += [reason for reason in place if reason.sign in _FOR]
    against += [reason for reason in place if reason.sign in _AGAINST]
    if name:
        reasons.append(name)
    registered = any(reason.sign in _REGISTERS for reason in reasons)
    if name is None:
        against.append(Reason(Sign.OTHER_NAME))
    elif name.sign is Sign.SAME_FAMILY:
        against.append(Reason(Sign.OTHER_FIRST_NAME))
    if one.record.consumer != other.record.consumer:
        against.append(Reason(Sign.OTHER_KIND))
    if one.vat_id and other.vat_id and one.vat_id != other.vat_id:
        against.append(Reason(Sign.OTHER_VAT_COUNTRY, f"{one.vat_id[:2]}, {other.vat_id[:2]}"))
    score = sum(_FOR[reason.sign] for reason in reasons) - sum(
        _AGAINST[reason.sign] for reason in against
    )
    if not place and name and name.sign in {Sign.SAME_NAME, Sign.LIKE_NAME}:
        score += _PLACE_UNKNOWN
    # A shared register number is always worth a look, whatever else differs.
    score = max(score, SCORE_MIN) if registered else score
    if score < SCORE_MIN:
        return None
    return Pair(
        first=one.record.key,
        second=other.record.key,
        score=min(score, 100),
        certain=registered and not against and not consumers,
        reasons=tuple(sorted(reasons, key=lambda reason: -_FOR[reason.sign])),
        against=tuple(against),
    )


def _surely_two(one: _Folded, other: _Folded) -> bool:
    if one.siren and other.siren and one.siren != other.siren:
        return True
    if one.siret and other.siret and one.siret != other.siret:
        return True
    return bool(
        one.vat_id
        and other.vat_id
        and one.vat_id != other.vat_id
        and one.vat_id[:2] == other.vat_id[:2]
    )


def _by_number(one: _Folded, other: _Folded) -> list[Reason]:
    found = []
    if one.siret and one.siret == other.siret:
        found.append(Reason(Sign.SAME_SIRET, one.siret))
    elif one.siren and one.siren == other.siren:
        found.append(Reason(Sign.SAME_SIREN, one.siren))
    elif one.vat_id and one.vat_id == other.vat_id:
        found.append(Reason(Sign.SAME_VAT_ID, one.vat_id))
    if shared := one.ibans & other.ibans:
        found.append(Reason(Sign.SAME_IBAN, min(shared)))
    if shared := one.emails & other.emails:
        found.append(Reason(Sign.SAME_EMAIL, min(shared)))
    return found


def _by_name(one: _Folded, other: _Folded, *, consumers: bool) -> Reason | None:
    if not one.compact or not other.compact:
        return None
    if one.compact == other.compact or one.sorted_name == other.sorted_name:
        return Reason(Sign.SAME_NAME)
    # « Agence 12 » and « Agence 13 » are one letter apart and two customers.
    if one.numbers != other.numbers:
        return None
    short, long = sorted((one, other), key=lambda row: (len(row.tokens), row.compact))
    if consumers and set(one.tokens) & set(other.tokens):
        return _of_persons(short, long)
    likeness = max(
        fuzz.ratio(one.sorted_name, other.sorted_name), fuzz.ratio(one.compact, other.compact)
    )
    if likeness >= _LIKE_MIN:
        return Reason(Sign.LIKE_NAME, str(int(likeness)))
    if len(short.tokens) == 1 and short.compact in long.initials:
        return Reason(Sign.INITIALS, short.compact.upper())
    if len(short.compact) > 3 and set(short.tokens) < set(long.tokens):
        return Reason(Sign.NAME_WITHIN, " ".join(short.tokens))
    return None


def _of_persons(short: _Folded, long: _Folded) -> Reason:
    """Two persons with a word in common: the same one mistyped, or two of a family."""
    mine = sorted(set(short.tokens) - set(long.tokens))
    theirs = sorted(set(long.tokens) - set(short.tokens))
    if not mine or not theirs:
        return Reason(Sign.NAME_WITHIN, " ".join(short.tokens))
    # « J. Martin » may be Jean; Jean and Jeanne are two.
    if len(mine) == 1 and len(mine[0]) == 1 and any(word[0] == mine[0] for word in theirs):
        return Reason(Sign.NAME_WITHIN, " ".join(short.tokens))
    likeness = fuzz.ratio(" ".join(mine), " ".join(theirs))
    if likeness >= _LIKE_MIN:
        return Reason(Sign.LIKE_NAME, str(int(likeness)))
    return Reason(Sign.SAME_FAMILY, " ".join(sorted(set(short.tokens) & set(long.tokens))))


def _by_place(one: _Folded, other: _Folded) -> list[Reason]:
    if one.record.country != other.record.country:
        return [Reason(Sign.OTHER_PLACE)]
    if not (one.postcode or one.city) or not (other.postcode or other.city):
        return []
    same = (bool(one.postcode) and one.postcode == other.postcode) or (
        bool(one.city) and one.city == other.city
    )
    if not same:
        return [Reason(Sign.OTHER_PLACE)]
    town = Reason(Sign.SAME_PLACE)
    if not one.street or not other.street:
        return [town]
    if one.house == other.house and (
        one.street == other.street or fuzz.ratio(one.street, other.street) >= _LIKE_MIN
    ):
        return [Reason(Sign.SAME_ADDRESS)]
    # Two doors of a town tell two persons of one name apart, not two entries of one firm.
    if one.record.consumer and other.record.consumer:
        return [Reason(Sign.OTHER_PLACE)]
    return [town, Reason(Sign.OTHER_STREET)]


def candidates(records: Iterable[Record]) -> list[Pair]:
    """Pairs that may be one record entered twice, highest score first, then by keys.

    The answer depends neither on the order of the records nor on case and accents. A block of more
    than forty records (a head office with hundreds of desks, an address of everybody) is read in
    the order of names, each record beside the next six.

    >>> [pair.score for pair in candidates([Record(1, "Brume SA"), Record(2, "Ets BRUME")])]
    [60]
    """
    rows = [_folded(record) for record in records]
    rows.sort(key=lambda row: (row.sorted_name, row.postcode, row.siret, row.record.key))
    found: dict[tuple[int, int], Pair | None] = {}
    for block in _blocks(rows):
        window = len(block) if len(block) <= _BLOCK_MAX else _WINDOW
        for rank, one in enumerate(block):
            for other in block[rank + 1 : rank + 1 + window]:
                key = (one.record.key, other.record.key)
                if key not in found and key[::-1] not in found:
                    found[key] = _compared(one, other)
    pairs = [pair for pair in found.values() if pair]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.first, pair.second))


def _blocks(rows: Sequence[_Folded]) -> list[list[_Folded]]:
    counts = Counter(word for row in rows for word in set(row.tokens))
    blocks: dict[Hashable, list[_Folded]] = {}
    for row in rows:
        for key in _keys(row, counts):
            blocks.setdefault(key, []).append(row)
    return [block for block in blocks.values() if len(block) > 1]


def _keys(row: _Folded, counts: Counter[str]) -> set[Hashable]:
    keys: set[Hashable] = {("name", row.compact), ("sorted", row.sorted_name)}
    keys |= {("siren", row.siren), ("siret", row.siret), ("vat", row.vat_id)}
    keys |= {("iban", iban) for iban in row.ibans} | {("email", email) for email in row.emails}
    for place in {("code", row.postcode), ("city", row.city)}:
        if place[1]:
            keys |= {("start", word[:3], place) for word in row.tokens}
            keys |= {("end", word[-3:], place) for word in row.tokens}
            keys |= {("house", row.house, row.street, place)} if row.street else set()
    keys |= {("word", word) for word in row.tokens if counts[word] <= _RARE_MAX}
    keys |= {("begins", row.compact[:6]), ("ends", row.compact[-6:])}
    keys |= {("initials", initials) for initials in row.initials}
    if len(row.tokens) == 1 and len(row.compact) <= 6:
        keys.add(("initials", row.compact))
    return {key for key in keys if isinstance(key, tuple) and key[1]}
