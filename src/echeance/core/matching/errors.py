"""What stops the matching of files: each error names the line and what to do now."""

from __future__ import annotations

from dataclasses import dataclass

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class MatchingFileError(EcheanceError):
    """Base of every refusal of a file given to the matcher: nothing has been matched."""

    code = "matching.file_refused"
    kind = Kind.INVALID
    message = "Fichier refusé."


@dataclass(eq=False)
class ItemColumnsError(MatchingFileError):
    """The first line of the open items lacks columns."""

    code = "matching.item_columns"
    message = (
        "La première ligne du fichier des échéances doit nommer les colonnes ; il manque : "
        "{columns}. Ajoutez-les, séparées par des virgules ou des points-virgules."
    )

    columns: str


@dataclass(eq=False)
class ItemLineError(MatchingFileError):
    """A line of the open items that cannot be read."""

    code = "matching.item_line"
    message = (
        "Échéances, ligne {line}, colonne {column} : « {value} » n'est pas {expected}. "
        "Corrigez cette ligne et recommencez."
    )

    line: int
    column: str
    value: str
    expected: str


@dataclass(eq=False)
class ItemKnownError(MatchingFileError):
    """Two lines of the open items bear one identifier."""

    code = "matching.item_known"
    message = (
        "Échéances, ligne {line} : l'identifiant « {item_id} » est déjà celui d'une autre ligne. "
        "Donnez un identifiant différent à chaque échéance."
    )

    line: int
    item_id: str


@dataclass(eq=False)
class PolicyFileError(MatchingFileError):
    """The policy cannot be read; ``detail`` says what and where."""

    code = "matching.policy"
    message = (
        "La règle de rapprochement n'est pas lisible : {detail}. "
        "Écrivez-la en JSON ou en TOML comme le montre le guide « Rapprocher »."
    )

    detail: str
