"""Write the reference pages from the product itself: API, console, policy, errors.

``python -m tools.reference`` writes ``docs/reference/openapi.json``, ``api.md``, ``console.md``,
``policy.md`` and ``docs/errors.md``, each only when it changes.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from tools import errors_page, messages

REFERENCE = messages.ROOT / "docs/reference"
PREFIX = "/api/v1/"
GENERATED = "This page is generated from the code (`make docs`)."

API_HEAD = f"""# API

`/api/v1`, JSON. The same facts, for programs: {{download}}`openapi.json`. {GENERATED}

- **Who asks**: `Authorization: Bearer ech_…`. The token says the company; a request never does.
- **Amounts** are text with two decimals (`"120.00"`), dates are `YYYY-MM-DD`.
- **Refusals** are `application/problem+json`: `type` is `urn:echeance:` and a code of
  [Errors](../errors.md), `title` the sentence in the language of `Accept-Language`, `facts` the
  values behind it.
- **Writes** take an `Idempotency-Key`: the same key and facts give the first answer again, the same
  key with other facts is a conflict.
"""
CONSOLE_HEAD = """# Console

`echeance` et ses commandes. Un refus s'écrit sur la sortie d'erreur, en une phrase ; le code de
sortie en dit le genre (voir [Errors](../errors.md)). Les commandes qui jugent (`einvoice validate`,
`ledger verify`, `archive verify`) ont le leur : 0 tout est juste, 1 il y a des anomalies, 3 le
jugement n'a pas pu être rendu. `ECHEANCE_LANGUAGE=en` fait dire les refus en anglais. Cette page
est produite à partir du code (`make docs`).
"""
POLICY_HEAD = f"""# Policy

What the assistant does by itself, proposes, or never does: one versioned document a company, one
section a room. The document holds only what differs from the defaults below.

{GENERATED}
"""

Schema = Mapping[str, Any]


# -- API ------------------------------------------------------------------------------------------


def openapi() -> dict[str, Any]:
    """The description of the API, as the API itself serves it."""
    from echeance.api.root import api

    return dict(api.get_openapi_schema(path_prefix=PREFIX))


def api_page(description: Mapping[str, Any]) -> str:
    """Operations by room, then the shapes they take and give."""
    by_tag: dict[str, list[str]] = {}
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            for tag in operation["tags"]:
                by_tag.setdefault(tag, []).append(_operation(method, path, operation))
    parts = [API_HEAD]
    for tag, operations in by_tag.items():
        parts.append(f"\n## {tag}\n\n" + "\n".join(operations))
    parts.append("\n## Shapes\n")
    for name, schema in sorted(description["components"]["schemas"].items()):
        parts.append(f"\n### {name}\n\n{_fields(schema)}")
    return "".join(parts)


def _operation(method: str, path: str, operation: Schema) -> str:
    lines = [
        f"### {operation['summary']}\n",
        f"`{method.upper()} {path}`\n",
        f"{_paragraph(operation.get('description', ''))}\n",
    ]
    for parameter in operation["parameters"]:
        schema = parameter["schema"]
        default = f", {_literal(schema['default'])} by default" if "default" in schema else ""
        lines.append(f"- {parameter['in']} `{parameter['name']}`: {_shape(schema)}{default}")
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        lines.append(f"- body: {_shape(content['schema'])}{_unless_json(media)}")
    for status, answer in operation["responses"].items():
        shown = [
            f"{_shape(content['schema'])}{_unless_json(media)}"
            for media, content in answer.get("content", {}).items()
            if "schema" in content
        ]
        lines.append(f"- {status}: {' or '.join(shown) or 'no body'}")
    return "\n".join(lines) + "\n"


def _unless_json(media: str) -> str:
    return "" if media == "application/json" else f" (`{media}`)"


def _fields(schema: Schema) -> str:
    if "properties" not in schema:
        return f"{_shape(schema)}\n"
    lines = ["| field | value | |\n| --- | --- | --- |\n"]
    for name, value in schema["properties"].items():
        if name in schema.get("required", ()):
            rule = "always"
        else:
            rule = f"{_literal(value['default'])} by default" if "default" in value else "optional"
        lines.append(f"| `{name}` | {_shape(value)} | {rule} |\n")
    return "".join(lines)


def _shape(schema: Schema) -> str:
    """The words for a JSON schema: ``list of PartyOut``, ``text or null``, ``number ≥ 1``."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(_shape(one) for one in schema[several]))
    if "enum" in schema:
        return ", ".join(_literal(value) for value in schema["enum"])
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_shape(schema.get('items', {}))}"
    limits = [
        f"{sign} {schema[name]}"
        for name, sign in (("minimum", "≥"), ("maximum", "≤"), ("maxLength", "≤"))
        if name in schema
    ]
    word = {"string": "text", "object": "object"}.get(kind, kind)
    return " ".join([str(schema.get("format", word)), *limits])


# -- console --------------------------------------------------------------------------------------


def console_page() -> str:
    """Every command, with its arguments and options."""
    from typer.main import get_command

    from echeance.cli.main import build

    return CONSOLE_HEAD + "".join(_commands("echeance", get_command(build())))


def _commands(path: str, command: Any) -> Iterator[str]:
    """Typer gives no public type to what it builds: a group is what holds commands."""
    below = getattr(command, "commands", None)
    if below is None:
        yield f"\n### {path}\n\n{_paragraph(command.help or '')}\n"
        lines = [_parameter(one) for one in command.params if one.name != "help"]
        if lines:
            yield "\n" + "".join(lines)
        return
    yield f"\n## {path}\n\n{_paragraph(command.help or '')}\n"
    # Commands of the house first, then those of the rooms.
    for name in sorted(below, key=lambda one: (hasattr(below[one], "commands"), one)):
        yield from _commands(f"{path} {name}", below[name])


def _parameter(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        name = f"`{parameter.name.upper()}`"
    else:
        name = ", ".join(f"`{one}`" for one in (*parameter.opts, *parameter.secondary_opts))
    told = [_paragraph(getattr(parameter, "help", None) or "")]
    if parameter.required:
        told.append("Obligatoire.")
    elif parameter.default not in (None, "", False, (), []) and not callable(parameter.default):
        told.append(f"Par défaut : {_literal(parameter.default)}.")
    return f"- {name} : {' '.join(one for one in told if one)}\n"


# -- policy ---------------------------------------------------------------------------------------


def policy_page() -> str:
    """Every section: its settings, what each means, and its default."""
    from echeance.base import policy

    parts = [POLICY_HEAD]
    for section, settings in policy.slices().items():
        said = inspect.cleandoc(settings.__doc__ or "")
        means = _attributes(said)
        parts.append(f"\n## {section}\n\n{_paragraph(said.partition('Attributes:')[0])}\n\n")
        parts.append("| setting | default | what it means |\n| --- | --- | --- |\n")
        for field in fields(settings):
            default = "" if field.default is MISSING else _literal(field.default)
            parts.append(f"| `{field.name}` | {default} | {means.get(field.name, '')} |\n")
    return "".join(parts)


def _attributes(docstring: str) -> dict[str, str]:
    """The ``Attributes:`` of a Google docstring, each in one line."""
    _, _, block = docstring.partition("Attributes:\n")
    found = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", block, flags=re.MULTILINE)
    return {name: _paragraph(words) for name, words in found}


# -- text -----------------------------------------------------------------------------------------


def _paragraph(text: str) -> str:
    return " ".join(text.split()).replace("``", "`").replace("|", "\\|")


def _literal(value: object) -> str:
    """A value as one writes it in JSON."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, Decimal):
        return f"`{value}`"
    if isinstance(value, Path):
        return f"`{value}`"
    return f"`{json.dumps(value, ensure_ascii=False, default=_plain)}`"


def _plain(value: object) -> object:
    """A line of settings as one writes it, without what equals its default."""
    if is_dataclass(value):
        pairs = ((one.name, one.default, getattr(value, one.name)) for one in fields(value))
        return {name: found for name, default, found in pairs if found != default}
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


def pages() -> dict[Path, str]:
    """Every generated file of the documentation and its text."""
    messages.set_up()
    description = openapi()
    return {
        REFERENCE / "openapi.json": json.dumps(description, ensure_ascii=False, indent=1) + "\n",
        REFERENCE / "api.md": api_page(description),
        REFERENCE / "console.md": console_page(),
        REFERENCE / "policy.md": policy_page(),
        errors_page.PAGE: errors_page.page(),
    }


def main() -> None:
    """Write what changed."""
    for file, text in pages().items():
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
