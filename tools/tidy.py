"""House rules that no linter knows. Add one each time a review repeats itself.

Findings fail the build; notes (lengths) are only printed. See STYLE.md for the reasons.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src" / "echeance"
TESTS = ROOT / "tests"

FUNCTION_LINES_MAX = 60
FILE_LINES_MAX = 400
WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
WRITERS = {
    *("commands", "jobs", "journal", "counters", "queue", "runner", "fulltext"),
    "roundtrip",  # of base: writes what came back from a spreadsheet
}
EXACT = {"core", "rules", "commands"}
# Modules of core where a float is a measure of time or likeness, never money.
FLOAT_ALLOWED = {
    "core/einvoice/official",
    "core/typesetting.py",
    "core/spreadsheet_child.py",
    "core/payers/boosting.py",
}
UNFINISHED = re.compile(r"\b(FIXME|TODO|XXX|breakpoint\(\))")
SHARED = re.compile(r"/work/|\.\./shared")

Finding = tuple[str, int, str]


def is_writer(path: str) -> bool:
    """Whether a module may write to the database; the core cannot, its ``save`` is of a file."""
    is_core = path.startswith("core/")
    return is_core or Path(path).stem in WRITERS or "migrations/" in path or "/commands/" in path


def check_sizes(path: str, tree: ast.Module, lines: int) -> Iterator[Finding]:
    """Long files and functions are reported; they do not fail the build."""
    if lines > FILE_LINES_MAX:
        yield path, 1, f"{lines} lines (over {FILE_LINES_MAX}): split by noun?"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                yield path, node.lineno, f"{node.name} has {length} lines"


def check_writes(path: str, tree: ast.Module) -> Iterator[Finding]:
    """Only commands write."""
    if is_writer(path):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            chain = ast.unparse(node.func)
            if node.func.attr in WRITES and ("objects" in chain or node.func.attr == "save"):
                yield path, node.lineno, f"{chain}(): only commands write"


def check_floats(path: str, tree: ast.Module) -> Iterator[Finding]:
    """No float where money is."""
    parts = Path(path).parts
    if not EXACT & {*parts, Path(path).stem} or any(path.startswith(ok) for ok in FLOAT_ALLOWED):
        return
    for node in ast.walk(tree):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        call = isinstance(node, ast.Call) and ast.unparse(node.func) == "float"
        if literal or call:
            yield path, getattr(node, "lineno", 0), "float near money: use Decimal"


def check_commands(path: str, tree: ast.Module) -> Iterator[Finding]:
    """A command takes named facts only; in a package, what its ``__init__`` re-exports."""
    if Path(path).stem == "commands":
        commands = None
    elif "/commands/" in path:
        front = (SRC / path).with_name("__init__.py").read_text(encoding="utf-8")
        commands = {
            alias.name
            for node in ast.parse(front).body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
    else:
        return
    for node in tree.body:
        if (
            isinstance(node, ast.FunctionDef)
            and not node.name.startswith("_")
            and (commands is None or node.name in commands)
            and (node.args.args or node.args.posonlyargs)
        ):
            yield path, node.lineno, f"{node.name}: keyword-only arguments (*)"


def check_faces(path: str, text: str) -> Iterator[Finding]:
    """Views and API load objects through queries, never through a manager."""
    if Path(path).stem in {"views", "api", "console"}:
        for number, line in enumerate(text.splitlines(), 1):
            if ".objects" in line:
                yield path, number, "a face loads through queries, not through .objects"


def check_text(path: str, text: str) -> Iterator[Finding]:
    """Nothing unfinished; nothing that depends on material outside the project."""
    for number, line in enumerate(text.splitlines(), 1):
        if UNFINISHED.search(line):
            yield path, number, "unfinished: finish it or open an issue"
        if SHARED.search(line):
            yield path, number, "the product depends on nothing outside the project"


def check_codes(codes: dict[str, str], path: str, tree: ast.Module) -> Iterator[Finding]:
    """Error codes are unique, and start with their room or core library."""
    parts = Path(path).with_suffix("").parts
    owners = {part.rstrip("s") for part in parts} | set(parts)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.ClassDef) and node.name.endswith("Error")):
            continue
        for item in node.body:
            if isinstance(item, ast.Assign) and ast.unparse(item.targets[0]) == "code":
                code = ast.literal_eval(item.value)
                if code.split(".")[0] not in owners:
                    yield path, item.lineno, f"code {code!r} does not start with its room"
                if code in codes:
                    yield path, item.lineno, f"code {code!r} already in {codes[code]}"
                codes[code] = path


def check_rooms() -> Iterator[Finding]:
    """Each room says what it is, in half a page."""
    for folder in sorted(SRC.iterdir()):
        if (folder / "__init__.py").exists() and not (folder / "README.md").exists():
            yield folder.name, 1, "no README.md"


def check_sources() -> Iterator[Finding]:
    """Each source of law cited in the code has a page in docs/legal."""
    if not any((ROOT / "docs" / "legal").glob("*.md")):
        yield "docs/legal", 1, "no page"


def tracked() -> list[Path]:
    """Python files of the product that git tracks or would track."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "src/echeance"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / name for name in listing.splitlines() if name.endswith(".py")]


def main() -> int:
    """Print findings, one a line; exit 1 if any."""
    codes: dict[str, str] = {}
    findings: list[Finding] = [*check_rooms(), *check_sources()]
    notes: list[Finding] = []
    for file in sorted(tracked()):
        if not file.exists():
            continue
        path, text = str(file.relative_to(SRC)), file.read_text(encoding="utf-8")
        tree = ast.parse(text)
        notes += check_sizes(path, tree, text.count("\n"))
        findings += check_writes(path, tree)
        findings += check_floats(path, tree)
        findings += check_commands(path, tree)
        findings += check_faces(path, text)
        findings += check_text(path, text)
        findings += check_codes(codes, path, tree)
    if "--notes" in sys.argv:
        for path, line, message in notes:
            print(f"src/echeance/{path}:{line}: note: {message}")
    elif notes:
        print(f"{len(notes)} notes on length (tools/tidy.py --notes)")
    for path, line, message in findings:
        print(f"src/echeance/{path}:{line}: {message}")
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main())
