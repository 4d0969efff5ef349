"""Flux 10 as XML: one table of terms both writes and reads, so that neither can drift.

An element, attribute or text that the table does not know stops the reading: nothing is dropped in
silence.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from decimal import InvalidOperation
from functools import cache
from typing import Any, Final

from lxml import etree

from echeance.core.einvoice.xml import parse_xml
from echeance.core.reporting.errors import NotAReportError, ReportUnreadableError
from echeance.core.reporting.model import Report
from echeance.core.reporting.terms import REPORT, Codec, Constant, Group, Shape, Term

_UNKNOWN: Final = "n'est pas lu par Échéance"
_SCHEMA_HINT: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
"""Attributes that only tell a parser where the schema is."""


# -- writing --------------------------------------------------------------------------------------


def write_report(report: Report) -> bytes:
    """The XML of a message; the same facts give the same bytes."""
    root = etree.Element("Report")
    _fill(root, REPORT, report)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _fill(element: etree._Element, shape: Shape, fact: object) -> None:
    for entry in shape.entries:
        match entry:
            case Term(name, path, codec):
                value = getattr(fact, name)
                if value is not None and value != "":
                    _put(element, path, codec.write(value))
            case Constant(path, value):
                parent = path.rpartition("/")[0]
                if not parent or element.find(parent) is not None:
                    _put(element, path, value)
            case Group(name, path, inner, many):
                held = getattr(fact, name)
                for one in held if many else () if held is None else (held,):
                    above, _, tag = path.rpartition("/")
                    _fill(etree.SubElement(_reach(element, above), tag), inner, one)


def _put(element: etree._Element, path: str, text: str) -> None:
    above, _, last = path.rpartition("/")
    parent = _reach(element, above)
    if last.startswith("@"):
        parent.set(last[1:], text)
    else:
        etree.SubElement(parent, last).text = text


def _reach(element: etree._Element, path: str) -> etree._Element:
    """The element below, made when it is not there; one of each tag on the way."""
    for tag in path.split("/") if path else ():
        found = element.find(tag)
        element = etree.SubElement(element, tag) if found is None else found
    return element


# -- reading --------------------------------------------------------------------------------------


def read_report(content: bytes, filename: str = "") -> Report:
    """Read a message.

    Raises:
        FileError: Not XML that is safe to read, see :func:`echeance.core.einvoice.xml.parse_xml`.
        NotAReportError: Another document.
        ReportUnreadableError: A value that is missing or malformed, or something unknown.
    """
    root = parse_xml(content, filename)
    if root.tag != "Report":
        raise NotAReportError(str(root.tag)[:80])
    return _read(root, REPORT, "Report")  # type: ignore[no-any-return]  # the shape says its fact


def _read(element: etree._Element, shape: Shape, place: str) -> Any:
    _check_known(element, shape, place)
    values: dict[str, object] = {}
    for entry in shape.entries:
        match entry:
            case Term(name, path, codec):
                text = _get(element, path)
                if text:
                    values[name] = _decoded(codec, text, f"{place}/{path}")
            case Constant(path, value):
                text = _get(element, path)
                if text not in {"", value}:
                    problem = f"vaut « {text[:80]} », « {value} » est attendu"
                    raise ReportUnreadableError(f"{place}/{path}", problem)
            case Group(name, path, inner, many):
                found = element.findall(path)
                if not many and len(found) > 1:
                    raise ReportUnreadableError(f"{place}/{path}", "est là plusieurs fois")
                read = tuple(_read(one, inner, f"{place}/{path}") for one in found)
                if many:
                    values[name] = read
                elif read:
                    values[name] = read[0]
    for one in fields(shape.fact):
        if one.name not in values and one.default is MISSING:
            raise ReportUnreadableError(f"{place}/{_path_of(shape, one.name)}", "manque")
    return shape.fact(**values)


def _path_of(shape: Shape, name: str) -> str:
    return next(
        entry.path
        for entry in shape.entries
        if not isinstance(entry, Constant) and entry.name == name
    )


def _get(element: etree._Element, path: str) -> str:
    above, _, last = path.rpartition("/")
    if last.startswith("@"):
        parent = element.find(above)
        return (parent.get(last[1:]) or "").strip() if parent is not None else ""
    return (element.findtext(path) or "").strip()


def _decoded(codec: Codec, text: str, path: str) -> object:
    try:
        return codec.read(text)
    except (ValueError, InvalidOperation) as error:
        problem = f"vaut « {text[:80]} », que ce format n'admet pas"
        raise ReportUnreadableError(path, problem) from error


def _check_known(element: etree._Element, shape: Shape, place: str) -> None:
    """Refuse what no entry of the shape reads: an element, an attribute, a stray text, a second.

    Groups are left to their own shape.
    """
    known = _known(shape)
    waiting = [(element, "")]
    seen = set()
    while waiting:
        parent, above = waiting.pop()
        names = map(str, parent.attrib)
        stray = next((name for name in names if _unknown_attribute(name, above, known)), "")
        if stray:
            raise ReportUnreadableError(f"{place}/{above}@{stray}", _UNKNOWN)
        texts = [child.tail for child in parent]
        if above.rstrip("/") not in known.leaves:
            texts.append(parent.text)
        if any((text or "").strip() for text in texts):
            raise ReportUnreadableError(f"{place}/{above}".rstrip("/"), "contient un texte de trop")
        for child in parent.iterchildren("*"):  # comments and instructions say nothing
            path = f"{above}{child.tag}"
            if path in known.groups:
                continue
            if path not in known.paths:
                raise ReportUnreadableError(f"{place}/{path}", _UNKNOWN)
            if path in seen:
                raise ReportUnreadableError(f"{place}/{path}", "est là plusieurs fois")
            seen.add(path)
            waiting.append((child, f"{path}/"))


def _unknown_attribute(name: str, above: str, known: _Known) -> bool:
    return f"{above}@{name}" not in known.paths and not name.startswith(_SCHEMA_HINT)


@dataclass(frozen=True, slots=True)
class _Known:
    """Paths that lead to an entry, those of groups, and those that hold a text."""

    paths: frozenset[str]
    groups: frozenset[str]
    leaves: frozenset[str]


@cache
def _known(shape: Shape) -> _Known:
    paths: set[str] = set()
    groups: set[str] = set()
    leaves: set[str] = set()
    for entry in shape.entries:
        parts = entry.path.split("/")
        (groups if isinstance(entry, Group) else leaves).add(entry.path)
        paths |= {"/".join(parts[: length + 1]) for length in range(len(parts))}
    return _Known(frozenset(paths), frozenset(groups), frozenset(leaves))
