"""Names, accounts and the words of payers and banks, all invented."""

from __future__ import annotations

import random
import re
import unicodedata
from typing import Final

TRADES: Final = (
    "Ateliers", "Boulangerie", "Garage", "Transports", "Menuiserie", "Plomberie", "Pharmacie",
    "Cabinet", "Services", "Industries", "Conseil", "Bâtiment", "Toitures", "Jardins", "Hôtel",
    "Éditions", "Électricité", "Mécanique", "Charpentes", "Domaine",
)  # fmt: skip
FORMS: Final = ("SARL", "SAS", "SA", "EURL", "SASU", "SCI", "")
PLACES: Final = ("Lyon", "Nantes", "Dijon", "Pau", "Brest", "Nîmes", "Tours", "Metz")
_SYLLABLES: Final = (
    "ba", "bel", "cho", "da", "dor", "fa", "fon", "ga", "gri", "ha", "jo", "la", "lin", "lou",
    "ma", "mer", "na", "nou", "pa", "per", "qui", "ra", "ros", "sa", "sol", "ta", "tur", "val",
    "ver", "vi", "zan",
)  # fmt: skip
_STRANGERS: Final = (
    "URSSAF", "DGFIP REMBOURSEMENT", "CPAM INDEMNITES", "ASSURANCES MUTUELLES REUNIES",
    "CREDIT BAIL ET LOCATION", "CAISSE DES CONGES", "M OU MME DELORME", "NOTAIRES ASSOCIES",
)  # fmt: skip
_BANK_WORDS: Final = (
    "VIR SEPA RECU", "VIREMENT DE", "VIR INST RECU", "VIR RECU {digits}S", "VIREMENT RECU DE",
    "VIR CPTE A CPTE RECU", "VIR",
)  # fmt: skip
_SILENT: Final = (
    "", "", "REGLEMENT", "VIREMENT", "PAIEMENT FOURNISSEUR", "REGLEMENT FACTURE", "MERCI",
    "Votre prestation", "CPTA FOURNISSEURS {period}", "NOTRE REF {digits}",
    "TIERS {digits}", "PAIEMENT DU {day}", "VIREMENT {day} MONTANT EN EUR",
)  # fmt: skip


def family_name(index: int) -> str:
    """A word that no other index gives."""
    size = len(_SYLLABLES)
    value = (index * 7_919 + 12_345) % size**4
    letters = ""
    for _ in range(4):
        value, place = divmod(value, size)
        letters += _SYLLABLES[place]
    return letters.title()


def iban(chance: random.Random) -> str:
    """A French account whose RIB key and check digits hold."""
    bank = chance.choice((30002, 30003, 30004, 10278, 14508, 16958, 20041, 11315))
    branch, account = chance.randrange(100_000), chance.randrange(10**11)
    key = 97 - (89 * bank + 15 * branch + 3 * account) % 97
    body = f"{bank:05d}{branch:05d}{account:011d}{key:02d}"
    return f"FR{98 - int(body + '152700') % 97:02d}{body}"


def plain(text: str) -> str:
    """Upper case without accents, as banks carry it."""
    bare = unicodedata.normalize("NFKD", text)
    return "".join(one for one in bare if not unicodedata.combining(one)).upper()


def bank_name(chance: random.Random, name: str, *, cut: bool = False) -> str:
    """The name as the payer's bank writes it: case, accents and legal form vary."""
    written = plain(name) if chance.random() < 0.8 else name
    words = written.split()
    if words[-1] in FORMS:
        turn = chance.random()
        if turn < 0.25:
            words = words[:-1]
        elif turn < 0.45:
            words = [words[-1], *words[:-1]]
    written = " ".join(words)
    return written[: max(12, len(written) * 3 // 4)] if cut else written


def label(chance: random.Random, name: str) -> str:
    """Label of a transfer received, at most 31 characters."""
    words = chance.choice(_BANK_WORDS).format(digits=digits(chance, 10))
    return f"{words} {plain(name)}".strip()[:31].strip()


def silent(chance: random.Random) -> str:
    """Remittance text that names no document."""
    period = f"{chance.randrange(1, 13):02d}/2026"
    day = f"{chance.randrange(1, 29):02d}/{chance.choice((10, 11))}/2026"
    return chance.choice(_SILENT).format(period=period, day=day, digits=digits(chance, 7))


def stranger(chance: random.Random) -> str:
    """Somebody who is no customer."""
    return chance.choice(_STRANGERS)


def digits(chance: random.Random, count: int) -> str:
    """That many figures, the first not zero."""
    return str(chance.randrange(10 ** (count - 1), 10**count))


def phone(chance: random.Random) -> str:
    """A French telephone number, in pairs."""
    rest = f"{chance.randrange(10**8):08d}"
    return " ".join(("06", *(rest[place : place + 2] for place in range(0, 8, 2))))


def cite(chance: random.Random, number: str) -> str:
    """The number as a careful payer writes it: whole, separators free."""
    turn = chance.random()
    if turn < 0.15:
        number = re.sub(r"[^0-9A-Za-z]", "", number)
    elif turn < 0.22:
        number = re.sub(r"[^0-9A-Za-z]", " ", number)
    elif turn < 0.28:
        number = number.lower()
    before = chance.choice(("", "", "FACT ", "FACTURE ", "FACT N° ", "VOTRE FACTURE ", "RGT "))
    return before + number


def swap(chance: random.Random, figures: str) -> str:
    """Two figures side by side change places; the same text when all are alike."""
    places = [at for at in range(len(figures) - 1) if figures[at] != figures[at + 1]]
    if not places:
        return figures
    at = chance.choice(places)
    return figures[:at] + figures[at + 1] + figures[at] + figures[at + 2 :]


def misread(chance: random.Random, number: str) -> str:
    """As a scanner reads it: one or two signs taken for another, or a blank inside."""
    alike = {"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z", "6": "G"}
    places = [at for at, sign in enumerate(number) if sign in alike]
    letters = list(number)
    for at in chance.sample(places, min(len(places), chance.choice((1, 1, 2)))):
        letters[at] = alike[letters[at]]
    if not places or chance.random() < 0.2:
        letters.insert(len(letters) - 2, " ")
    return "".join(letters)
