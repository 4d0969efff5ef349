"""Customers for the search of duplicates: French-looking names, and one in fifty typed again."""

from __future__ import annotations

import random
from dataclasses import replace

from echeance.core.duplicates import Record

TRADES = (
    "Atelier", "Boulangerie", "Garage", "Transports", "Menuiserie", "Plomberie", "Pharmacie",
    "Cabinet", "Services", "Industries", "Conseil", "Bâtiment", "Toitures", "Jardins",
)  # fmt: skip
SYLLABLES = (
    "ba", "be", "bi", "bo", "cha", "da", "de", "di", "fon", "ga", "gre", "ja", "la", "le", "li",
    "lou", "ma", "me", "mi", "mon", "na", "ne", "pe", "pi", "ra", "ri", "ron", "sa", "se", "si",
    "ta", "te", "tin", "va", "ve", "vi", "zo",
)  # fmt: skip
FORMS = ("SA", "SAS", "SARL", "EURL", "")
TWINS_EVERY = 50


def customers(size: int) -> tuple[list[Record], set[tuple[int, int]]]:
    """So many records, and the pairs of them that are one customer typed twice."""
    chance = random.Random(size)  # noqa: S311  a corpus, not a secret
    towns = [
        (f"{chance.randrange(1000, 96_000):05d}", _word(chance, 3).title()) for _ in range(400)
    ]
    rows: list[Record] = []
    twins: set[tuple[int, int]] = set()
    while len(rows) < size:
        postcode, city = chance.choice(towns)
        row = Record(
            key=len(rows),
            name=f"{chance.choice(TRADES)} {_word(chance, 3).title()} {chance.choice(FORMS)}",
            siren=f"{chance.randrange(10**9):09d}" if chance.random() < 0.8 else "",
            address_line=f"{chance.randrange(1, 99)} rue {_word(chance, 2).title()}",
            postcode=postcode,
            city=city,
        )
        rows.append(row)
        if row.key % TWINS_EVERY == 0 and len(rows) < size:
            rows.append(_again(row, chance))
            twins.add((row.key, row.key + 1))
    return rows, twins


def _word(chance: random.Random, syllables: int) -> str:
    return "".join(chance.choices(SYLLABLES, k=syllables))


def _again(row: Record, chance: random.Random) -> Record:
    """The same customer, in a hurry: no SIREN, other case and form, one letter lost or doubled."""
    name = row.name.rsplit(" ", 1)[0]
    place = chance.randrange(2, len(name) - 1)
    typed = name[:place] + (name[place] * 2 if chance.random() < 0.5 else "") + name[place + 1 :]
    form = chance.choice(FORMS)
    return replace(row, key=row.key + 1, name=f"{typed.upper()} {form}", siren="", address_line="")
