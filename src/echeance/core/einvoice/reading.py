"""Reading a document with a compiled tree, and putting back what the model could not hold.

Nothing of a file is lost: what the table has no row for, a second value where one is expected and a
value that cannot be read are kept whole with their place (:class:`Unknown`). :func:`restore` puts
them back into a document written anew, so that reading and writing a file keeps all of its
elements, attributes and texts; comments and processing instructions are no data.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final, cast, get_args, get_type_hints

from lxml import etree

from echeance.core.einvoice.binding import Binding, Leaf, Node
from echeance.core.einvoice.errors import UnreadableSyntaxError
from echeance.core.einvoice.fields import Kind, Level, Term
from echeance.core.einvoice.model import Finding, Invoice
from echeance.core.einvoice.profiles import BY_SPECIFICATION

_NUMBER: Final = re.compile(r"[+-]?(\d{1,30}(\.\d{0,20})?|\.\d{1,20})", re.ASCII)
_DAY: Final = re.compile(r"(\d{4})(-?)(\d\d)\2(\d\d)", re.ASCII)
_CODED: Final = re.compile(r"#([A-Z]{3})#(.*)", re.DOTALL)
_SCHEMA_INSTANCE: Final = "{http://www.w3.org/2001/XMLSchema-instance}"

Place = tuple[tuple[int, int], ...]
"""From the root: which child of the tree, and which of the elements that are it."""


class UnknownKind(StrEnum):
    """What the model could not hold."""

    ELEMENT = "element"
    ATTRIBUTE = "attribute"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something in a file that the table has no row for, or no room.

    Attributes:
        path: Where it is, with prefixes.
        value: Its text, in one line of 200 characters at most.
        line: Line of the file.
        kind: What it is.
        place: The element it stands in (``ELEMENT``) or on.
        after: For an element: the known element it follows, below ``place``.
        source: The element itself, whole.
    """

    path: str
    value: str
    line: int
    kind: UnknownKind = UnknownKind.ELEMENT
    place: Place = ()
    after: tuple[int, int] | None = None
    source: etree._Element | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What was read.

    Attributes:
        invoice: Every term that could be read; the rest is empty.
        unknown: What the file says and the model cannot hold, in the order of the file.
        findings: Values that could not be read, and mandatory terms that are absent.
        repeated: What the file says a second time: nothing new, but put back with the rest.
    """

    invoice: Invoice
    unknown: tuple[Unknown, ...]
    findings: tuple[Finding, ...]
    repeated: tuple[Unknown, ...] = ()

    @property
    def kept(self) -> tuple[Unknown, ...]:
        """All that stands beside the invoice, for :func:`restore`."""
        return self.unknown + self.repeated


def read(binding: Binding, root: etree._Element) -> ReadResult:
    """Read a parsed document, whatever its profile and however wrong its content.

    Args:
        binding: The syntax.
        root: Root element, from a hardened parser.

    Raises:
        UnreadableSyntaxError: The root is not of this syntax.
    """
    if root.tag != binding.root.qualified:
        raise UnreadableSyntaxError(binding.name(str(root.tag)), binding.syntax)
    reading = _Reading(binding, root)
    reading.element(root, binding.root, reading.facts)
    invoice = reading.build(Invoice, reading.facts, ())
    return ReadResult(
        invoice, tuple(reading.unknown), tuple(reading.findings), tuple(reading.repeated)
    )


def _early(binding: Binding, root: etree._Element) -> dict[str, str]:
    """What the choice of other elements depends on, wherever it stands in the file."""
    return {name: (root.findtext(path) or "").strip() for name, path in binding.early.items()}


def _matched(element: etree._Element, node: Node, early: Mapping[str, str]) -> Node | None:
    """The node below ``node`` that an element is; ``None`` if the table has none."""
    for candidate in node.by_name.get(str(element.tag), ()):
        if not candidate.filters or all(one.accepts(element, early) for one in candidate.filters):
            return candidate
    return None


def _repeats(node: Node) -> bool:
    leaf = node.content
    return bool(node.group) or (isinstance(leaf, Leaf) and leaf.term.repeated)


class _Reading:
    """One document being read: the facts so far, as nested dictionaries named as the model."""

    def __init__(self, binding: Binding, root: etree._Element) -> None:
        self.facts: dict[str, Any] = {}
        self.unknown: list[Unknown] = []
        self.findings: list[Finding] = []
        self.repeated: list[Unknown] = []
        self._binding = binding
        self._early = _early(binding, root)
        self._stack: list[tuple[int, int]] = []

    def element(self, element: etree._Element, node: Node, scope: dict[str, Any]) -> None:
        """Take what ``element`` says into ``scope``, the facts of the group around it."""
        for name, text in element.attrib.items():
            self._attribute(element, node, scope, str(name), str(text))
        text = (element.text or "").strip()
        if text:
            self._text(element, node, scope, text)
        if not len(element):
            return
        seen: dict[int, int] = {}
        after: tuple[int, int] | None = None
        for child in element.iterchildren(etree.Element):
            known = _matched(child, node, self._early)
            ordinal = seen.get(known.index, 0) if known else 0
            if known is None or (ordinal and not _repeats(known)):
                self._report(child, _text_below(child), UnknownKind.ELEMENT, after=after)
                continue
            seen[known.index] = ordinal + 1
            after = (known.index, ordinal)
            self._stack.append(after)
            self.element(child, known, self._enter(known, scope))
            self._stack.pop()

    def _enter(self, node: Node, scope: dict[str, Any]) -> dict[str, Any]:
        """The scope inside ``node``: a new item when it is a repeated group."""
        if not node.group:
            return scope
        for name in node.group[:-1]:
            scope = scope.setdefault(name, {})
        item: dict[str, Any] = {}
        scope.setdefault(node.group[-1], []).append(item)
        return item

    def _text(self, element: etree._Element, node: Node, scope: dict[str, Any], text: str) -> None:
        content = node.content
        if isinstance(content, Leaf):
            coded = _CODED.fullmatch(text) if node.code else None
            if node.code and coded:
                self._set(node.code, coded[1], scope, element)
                text = coded[2].strip()
            if text:
                self._set(content, text, scope, element)
            return
        if content is not None and content[0] == "$":
            content = self._early.get(content[1:])
        if text != content:
            self._report(element, text, UnknownKind.TEXT)

    def _attribute(
        self, element: etree._Element, node: Node, scope: dict[str, Any], name: str, text: str
    ) -> None:
        source = node.attributes.get(name)
        if isinstance(source, Leaf):
            if text.strip():
                self._set(source, text.strip(), scope, element, name)
            return
        if source is not None and source[0] == "$":
            source = self._early.get(source[1:])
        if text == source or name.startswith(_SCHEMA_INSTANCE):
            return
        item = self._item_of(element, text, UnknownKind.ATTRIBUTE, name)
        same_currency = name == "currencyID" and text == self._early.get("currency")
        (self.repeated if same_currency else self.unknown).append(item)

    def _set(
        self,
        leaf: Leaf,
        text: str,
        scope: dict[str, Any],
        element: etree._Element,
        attribute: str = "",
    ) -> None:
        kind = UnknownKind.ATTRIBUTE if attribute else UnknownKind.TEXT
        value = _decoded(text, leaf)
        if value is None:
            self._report(element, text, kind, attribute)
            self.findings.append(
                Finding(
                    "FORMAT",
                    "fatal",
                    leaf.term.id,
                    f"{leaf.term.label} : la valeur « {text[:60]} » est illisible "
                    f"(ligne {_line(element)}). Demandez un fichier corrigé.",
                )
            )
            return
        if not leaf.names:
            scope[""] = value
            return
        target = self.facts if leaf.shared else scope
        for name in leaf.names[:-1]:
            target = target.setdefault(name, {})
        last = leaf.names[-1]
        if leaf.term.repeated:
            target.setdefault(last, []).append(value)
        elif target.setdefault(last, value) != value:
            self._report(element, text, kind, attribute)
        elif not leaf.written:
            self.repeated.append(self._item_of(element, text, kind, attribute))

    def _report(
        self,
        element: etree._Element,
        text: str,
        kind: UnknownKind,
        attribute: str = "",
        after: tuple[int, int] | None = None,
    ) -> None:
        self.unknown.append(self._item_of(element, text, kind, attribute, after))

    def _item_of(
        self,
        element: etree._Element,
        text: str,
        kind: UnknownKind,
        attribute: str = "",
        after: tuple[int, int] | None = None,
    ) -> Unknown:
        path = self._path(element) + (f"/@{attribute}" if attribute else "")
        return Unknown(path, text[:200], _line(element), kind, tuple(self._stack), after, element)

    def _path(self, element: etree._Element) -> str:
        above = [element, *element.iterancestors()]
        return "/".join(self._binding.name(str(one.tag)) for one in reversed(above))

    def build(self, model: Any, facts: Mapping[str, Any], names: tuple[str, ...]) -> Any:
        """Make the frozen facts, noting what is mandatory and absent at the document's level."""
        self._note_absent(facts, names)
        hints = _hints(model)
        values: dict[str, object] = {}
        for name, value in facts.items():
            below = (*names, name)
            if isinstance(value, dict):
                values[name] = self.build(_inner(hints[name]), value, below)
            elif isinstance(value, list):
                values[name] = tuple([self._built(hints[name], item, below) for item in value])
            else:
                values[name] = value
        return model(**values)

    def _built(self, hint: Any, item: Any, names: tuple[str, ...]) -> Any:
        if not isinstance(item, dict):
            return item
        if _inner(hint) is str:
            return item.get("", "")
        return self.build(_inner(hint), item, names)

    def _note_absent(self, facts: Mapping[str, Any], names: tuple[str, ...]) -> None:
        claimed = BY_SPECIFICATION.get(self.facts.get("specification_id", ""))
        level = claimed.level if claimed else Level.EN16931
        for term in self._binding.mandatory.get(names, ()):
            if term.name.rpartition(".")[2] not in facts and term.level <= level:
                self.findings.append(_absence(term))


def _absence(term: Term) -> Finding:
    return Finding(
        term.rule or "EN 16931",
        "fatal",
        term.id,
        f"{term.label} ({term.id}) manque : demandez un fichier complet.",
    )


@cache
def _hints(model: Any) -> dict[str, Any]:
    """Field types of a model class, resolved once."""
    return get_type_hints(model)


@cache
def _inner(hint: Any) -> Any:
    """The class inside ``X | None`` or ``tuple[X, ...]``."""
    return next(argument for argument in get_args(hint) if argument not in (type(None), Ellipsis))


def _line(element: etree._Element) -> int:
    return cast("int | None", element.sourceline) or 0


def _text_below(element: etree._Element) -> str:
    """All text of an element and its descendants, in one line."""
    return " ".join(" ".join(str(text) for text in element.itertext()).split())


def _decoded(text: str, leaf: Leaf) -> object | None:
    """The value of a text; None when it is not of its kind."""
    match leaf.term.kind:
        case Kind.TEXT:
            return leaf.decode.get(text, text) if leaf.decode else text
        case Kind.DATE:
            parts = _DAY.fullmatch(text)
            try:
                return date(int(parts[1]), int(parts[3]), int(parts[4])) if parts else None
            except ValueError:
                return None
        case Kind.BINARY:
            try:
                return base64.b64decode("".join(text.split()), validate=True)
            except binascii.Error:
                return None
        case _:
            return Decimal(text) if _NUMBER.fullmatch(text) else None


# Putting back


def restore(binding: Binding, content: bytes, unknown: Iterable[Unknown]) -> bytes:
    """Put what the model could not hold back into the document written from the model.

    Args:
        binding: The syntax of the document, the one ``unknown`` was read with.
        content: What ``binding.write`` gave for the invoice that was read.
        unknown: As :func:`read` gave it.
    """
    items = tuple(unknown)
    if not items:
        return content
    root = etree.fromstring(content)
    restoring = _Restoring(binding, root)
    for item in items:
        restoring.put(item)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


class _Restoring:
    def __init__(self, binding: Binding, root: etree._Element) -> None:
        self._places: dict[Place, etree._Element] = {(): root}
        self._nodes: dict[Place, Node] = {(): binding.root}
        # Where the last element was put after a known one: the next one follows it.
        self._last: dict[tuple[Place, tuple[int, int] | None], etree._Element] = {}
        self._early = _early(binding, root)
        self._walk(root, binding.root, ())

    def _walk(self, element: etree._Element, node: Node, place: Place) -> None:
        seen: dict[int, int] = {}
        for child in element.iterchildren(etree.Element):
            known = _matched(child, node, self._early)
            if known is None:
                continue
            ordinal = seen.get(known.index, 0)
            seen[known.index] = ordinal + 1
            below = (*place, (known.index, ordinal))
            self._places[below], self._nodes[below] = child, known
            self._walk(child, known, below)

    def put(self, item: Unknown) -> None:
        source = item.source
        assert source is not None, "read documents keep the elements they do not know"
        element = self._ensure(item.place)
        if item.kind is UnknownKind.ATTRIBUTE:
            name = next(key for key, _ in _named(source) if item.path.endswith(f"/@{key}"))
            element.set(name, source.get(name) or "")
        elif item.kind is UnknownKind.TEXT:
            element.text = source.text
        else:
            self._insert(element, item, deepcopy(source))

    def _insert(self, parent: etree._Element, item: Unknown, copy: etree._Element) -> None:
        copy.tail = None
        key = (item.place, item.after)
        before = self._last.get(key)
        if before is None and item.after is not None:
            before = self._places.get((*item.place, item.after))
        if before is not None and before.getparent() is parent:
            before.addnext(copy)
        else:
            parent.insert(0, copy)
        self._last[key] = copy

    def _ensure(self, place: Place) -> etree._Element:
        """The element of a place, made where the model had nothing to say in it."""
        if place in self._places:
            return self._places[place]
        parent = self._ensure(place[:-1])
        node = self._nodes[place[:-1]].children[place[-1][0]]
        element = etree.Element(node.qualified)
        later = [
            self._places[one]
            for one in self._places
            if one[:-1] == place[:-1] and one and one[-1] > place[-1]
        ]
        if later:
            min(later, key=parent.index).addprevious(element)
        else:
            parent.append(element)
        self._places[place], self._nodes[place] = element, node
        return element


def _named(element: etree._Element) -> list[tuple[str, str]]:
    return [(str(name), str(text)) for name, text in element.attrib.items()]
