"""The guide documents every merge field, exactly as the code has it."""

from pathlib import Path

from echeance.core.letters.fields import MERGE_FIELDS

GUIDE = Path(__file__).resolve().parents[3] / "docs/guide/lettres-et-mises-en-demeure.md"


def test_the_table_of_the_guide_is_that_of_the_code():
    lines = GUIDE.read_text(encoding="utf-8").splitlines()
    start = lines.index("| Champ | Contenu | Exemple |") + 2

    documented = lines[start : start + len(MERGE_FIELDS)]

    assert documented == [
        f"| `{field.name}` | {field.label} | {field.example} |" for field in MERGE_FIELDS
    ]
    assert not lines[start + len(MERGE_FIELDS)].startswith("|")
