"""Full-text search in each engine's own way, over words that Python has already folded.

SQLite: an FTS5 table without content or positions, kept by triggers. PostgreSQL: an expression
index. The words are cut and folded by :mod:`echeance.archive.rules`, so both engines find the
same files. The statements can be run twice; the migration ``0002_search`` runs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

# Words of a file are single-spaced: no parser of the engine is asked what a word is.
_VECTOR = "array_to_tsvector(string_to_array(text, ' '))"

INSTALL: dict[str, Sequence[str]] = {
    "sqlite": (
        """CREATE VIRTUAL TABLE IF NOT EXISTS archive_search
        USING fts5(text, content='archive_filetext', content_rowid='id', detail='none')""",
        """CREATE TRIGGER IF NOT EXISTS archive_search_added AFTER INSERT ON archive_filetext BEGIN
        INSERT INTO archive_search(rowid, text) VALUES (new.id, new.text);
        END""",
        """CREATE TRIGGER IF NOT EXISTS archive_search_removed AFTER DELETE ON archive_filetext
        BEGIN INSERT INTO archive_search(archive_search, rowid, text)
        VALUES ('delete', old.id, old.text);
        END""",
        "INSERT INTO archive_search(archive_search) VALUES ('rebuild')",
    ),
    "postgresql": (
        f"CREATE INDEX IF NOT EXISTS archive_search ON archive_filetext USING gin (({_VECTOR}))",
    ),
}
REMOVE: dict[str, Sequence[str]] = {
    "sqlite": (
        "DROP TRIGGER archive_search_added",
        "DROP TRIGGER archive_search_removed",
        "DROP TABLE archive_search",
    ),
    "postgresql": ("DROP INDEX archive_search",),
}


def run(statements: dict[str, Sequence[str]], database: BaseDatabaseWrapper) -> None:
    """Run the statements meant for this engine."""
    with database.cursor() as cursor:
        for statement in statements[database.vendor]:
            cursor.execute(statement)


def matching(words: Sequence[str]) -> RawSQL:
    """Sub-query of the :class:`~echeance.archive.models.FileText` ids that have all these words.

    Args:
        words: Folded words, letters and digits only; each stands for those it begins.
    """
    assert all(word.isalnum() for word in words), "words are cut by the rules"
    if connection.vendor == "sqlite":
        query = " ".join(f'"{word}"*' for word in words)
        return RawSQL("SELECT rowid FROM archive_search WHERE archive_search MATCH %s", [query])
    query = " & ".join(f"'{word}':*" for word in words)
    return RawSQL(  # noqa: S611  constant text, the words are a parameter
        f"SELECT id FROM archive_filetext WHERE {_VECTOR} @@ %s::tsquery",  # noqa: S608
        [query],
    )
