"""Fills in Word models nobody vouches for: started by ``core.letters.word`` only.

A model is a program in a compressed archive. The process gives itself a ceiling of memory and of
processor time first; who started it counts the seconds and ends it. Models may loop over the
tables of a letter, test and print its fields, and nothing else: every part is read as a syntax
tree and refused when it holds any other construct.

Input and output: frames of ``core.typesetting_child``. The first frame gives the model (base64)
and the fields it may name with the columns of the tables; each next one the values of a letter.
Output: ``{"fields": […], "problems": […]}`` once, then ``{"docx": base64}`` or
``{"error": reason}``.
"""

from __future__ import annotations

import io
import sys
from base64 import b64decode, b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import nodes

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 120
OUTPUT_BYTES_MAX = 10_000_000
LOOP_WORDS = frozenset({"index", "index0", "first", "last", "length"})
# Everything a letter needs: no call, no filter, no arithmetic, no attribute but a column.
ALLOWED = frozenset(
    {
        "Template", "Output", "TemplateData", "Name", "Getattr", "For", "If", "CondExpr",
        "Compare", "Operand", "Const", "And", "Or", "Not",
    }
)  # fmt: skip

_CONSTRUCTS = {
    "Call": "un appel de fonction",
    "Filter": "un filtre ( | )",
    "Getitem": "un accès entre crochets",
    "Assign": "« set »",
    "AssignBlock": "« set »",
    "Include": "« include »",
    "Import": "« import »",
    "FromImport": "« import »",
    "Extends": "« extends »",
    "Block": "« block »",
    "Macro": "« macro »",
    "CallBlock": "« call »",
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow", "Neg"), "un calcul"),
}


def limit() -> None:
    """Bound this process, where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


class Reader:
    """Reads the parts of a model, and keeps what it names and what is wrong with it."""

    def __init__(self, known: dict[str, list[str]], lists: list[str]) -> None:
        """Prepare.

        Args:
            known: Fields that may be named, with the columns of those that are tables.
            lists: Fields that are lists of texts.
        """
        self._known = known
        self._loops = {name for name, columns in known.items() if columns} | set(lists)
        self.fields: set[str] = set()
        self.problems: dict[str, None] = {}

    def read(self, tree: nodes.Template) -> None:
        """Check one part."""
        self._walk(tree, {})

    def _walk(self, node: nodes.Node, rows: dict[str, str]) -> None:
        from jinja2 import nodes

        kind = type(node).__name__
        if kind not in ALLOWED:
            self._wrong(f"n'est pas permis dans un modèle : {_CONSTRUCTS.get(kind, kind)}")
            return
        if isinstance(node, nodes.For):
            self._loop(node, rows)
            return
        if isinstance(node, nodes.Getattr):
            self._column(node, rows)
            return
        if isinstance(node, nodes.Name):
            self._name(node.name, rows)
        for child in node.iter_child_nodes():
            if type(child).__name__ not in {
                "Eq",
                "Ne",
            }:
                self._walk(child, rows)

    def _loop(self, node: nodes.For, rows: dict[str, str]) -> None:
        from jinja2 import nodes

        plain = isinstance(node.iter, nodes.Name) and isinstance(node.target, nodes.Name)
        if not plain or node.recursive or node.test or len(rows) > 0:
            self._wrong("une boucle parcourt un tableau, seule, sans condition")
            return
        table, target = node.iter.name, node.target.name  # type: ignore[attr-defined]
        if table not in self._loops:
            self._wrong(f"« {table} » n'est pas un tableau à parcourir")
            return
        if target in self._known or target == "loop":
            self._wrong(f"« {target} » est déjà le nom d'un champ")
            return
        self.fields.add(table)
        for child in [*node.body, *node.else_]:
            self._walk(child, {target: table})

    def _column(self, node: nodes.Getattr, rows: dict[str, str]) -> None:
        from jinja2 import nodes

        if not isinstance(node.node, nodes.Name):
            self._wrong(f"« .{node.attr} » ne peut pas être lu")
            return
        name = node.node.name
        if name == "loop" and rows:
            if node.attr not in LOOP_WORDS:
                self._wrong(f"« loop.{node.attr} » n'existe pas")
            return
        columns = self._known.get(rows.get(name, ""), [])
        if node.attr not in columns:
            self._wrong(f"« {name}.{node.attr} » n'est pas une colonne connue")

    def _name(self, name: str, rows: dict[str, str]) -> None:
        if name in rows:
            return
        if name not in self._known:
            self._wrong(f"le champ « {name} » est inconnu")
            return
        self.fields.add(name)

    def _wrong(self, problem: str) -> None:
        self.problems[problem] = None


def environment(reader: Reader | None) -> Any:
    """The sandbox parts are rendered in; a reader checks each before."""
    from jinja2 import StrictUndefined, Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Checked(ImmutableSandboxedEnvironment):
        def from_string(self, source: Any, *args: Any, **kwargs: Any) -> Template:
            if reader is not None:
                reader.read(self.parse(source))
                if reader.problems:
                    return super().from_string("")
            return super().from_string(source, *args, **kwargs)

    made = Checked(autoescape=True, undefined=StrictUndefined)
    made.globals.clear()
    made.filters.clear()
    made.tests.clear()
    return made


def fill(model: bytes, values: dict[str, Any], reader: Reader | None = None) -> bytes:
    """The model with its fields filled in."""
    from docxtpl import DocxTemplate

    document = DocxTemplate(io.BytesIO(model))
    document.render(values, environment(reader), autoescape=True)
    out = io.BytesIO()
    document.save(out)
    if out.tell() > OUTPUT_BYTES_MAX:
        msg = f"la lettre dépasse {OUTPUT_BYTES_MAX // 1_000_000} Mo"
        raise ValueError(msg)
    return out.getvalue()


def examine(first: dict[str, Any]) -> dict[str, Any]:
    """What a model names, and all that is wrong with it."""
    from jinja2 import TemplateError

    reader = Reader(first["known"], first["lists"])
    try:
        fill(b64decode(first["model"]), first["sample"], reader)
    except TemplateError as error:
        reader.problems[f"une accolade ou une boucle est mal fermée ({error.message})"] = None
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  a library faced with a hostile file: any fault
        if not reader.problems:
            reader.problems[f"Word ne pourrait pas l'ouvrir ({type(error).__name__})"] = None
    return {"fields": sorted(reader.fields), "problems": list(reader.problems)}


def main() -> int:
    """Answer each frame; the exit status."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    from echeance.core.typesetting_child import read_frame, write_frame

    limit()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    first = read_frame(source)
    assert first is not None, "the model comes first"
    write_frame(sink, examine(first))
    model = b64decode(first["model"])
    while (frame := read_frame(source)) is not None:
        try:
            made = fill(model, frame["values"])
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  a library faced with a hostile file: any fault
            write_frame(sink, {"error": f"{type(error).__name__}: {error}"[:300]})
        else:
            write_frame(sink, {"docx": b64encode(made).decode()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
