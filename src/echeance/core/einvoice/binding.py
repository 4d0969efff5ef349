"""Binding of the field table to an XML syntax: one compiled tree writes and reads.

The rows of :mod:`echeance.core.einvoice.fields` are folded into a tree of elements, ordered as the
schema of the syntax wants. Writing walks the tree and asks the invoice; reading walks the file
and asks the tree, so that whatever the tree does not know is reported, never dropped in silence.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final, cast, get_args, get_type_hints

from lxml import etree

from echeance.core.einvoice.errors import ForbiddenCharacterError, UnreadableSyntaxError
from echeance.core.einvoice.fields import Kind, Level, Term
from echeance.core.einvoice.model import Finding, Invoice
from echeance.core.einvoice.profiles import BY_SPECIFICATION

_FEWEST_DECIMALS: Final = {Kind.AMOUNT: 2, Kind.PRICE: 2, Kind.PERCENT: 2, Kind.QUANTITY: 0}
_NUMBER: Final = re.compile(r"[+-]?(\d{1,30}(\.\d{0,20})?|\.\d{1,20})")
_DAY: Final = re.compile(r"(\d{4})(-?)(\d\d)\2(\d\d)")
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STEP: Final = re.compile(r"(@?[\w:.]+)((?:\[[^\]]*\]|\{[^}]*\})*)")
_CLAUSE: Final = re.compile(r"([\[{])([^=\]}]+)=([^\]}]*)[\]}]")
_SCHEMA_INSTANCE: Final = "{http://www.w3.org/2001/XMLSchema-instance}"

_Namer = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something in a file that the table has no row for, with the line it stands on."""

    path: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What was read.

    Attributes:
        invoice: Every term that could be read; the rest is empty.
        unknown: What the file says and the model cannot hold, in the order of the file.
        findings: Values that could not be read, and mandatory terms that are absent.
    """

    invoice: Invoice
    unknown: tuple[Unknown, ...]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Leaf:
    """A place that holds a value, and where it goes in the model below the current scope."""

    term: Term
    names: tuple[str, ...]
    shared: bool  # belongs to the invoice, though it stands in a repeated group
    written: bool  # False for the second places of a term


@dataclass(slots=True)
class _Filter:
    """``[path=value]``: qualified ``steps`` to a descendant, then its ``attribute`` or text."""

    steps: tuple[str, ...]
    attribute: str
    value: str

    def accepts(self, element: etree._Element, currencies: Mapping[str, object]) -> bool:
        found: etree._Element | None = element
        for step in self.steps:
            found = found.find(step) if found is not None else None
        if found is None:
            return False
        text = found.get(self.attribute) if self.attribute else (found.text or "").strip()
        expected = currencies.get(self.value[1:]) if self.value[0] == "$" else self.value
        # XML Schema writes a boolean in two ways.
        return text == expected or (text, expected) in {("1", "true"), ("0", "false")}


@dataclass(slots=True)
class _Node:
    """An element of the syntax."""

    tag: str
    qualified: str
    key: tuple[str, ...]
    parent: _Node | None
    always: bool = False
    group: tuple[str, ...] = ()  # when repeated: its names below the group around it
    filters: list[_Filter] = field(default_factory=list)
    children: list[_Node] = field(default_factory=list)
    by_name: dict[str, list[_Node]] = field(default_factory=dict)
    attributes: dict[str, _Leaf | str] = field(default_factory=dict)
    content: _Leaf | str | None = None
    fixed: str = ""  # the whole element, when it holds nothing but constants


class Binding:
    """A syntax: its namespaces, the order of its elements, and the column that says the paths."""

    def __init__(
        self,
        *,
        syntax: str,
        root: str,
        namespaces: Mapping[str, str],
        default_prefix: str,
        terms: Iterable[Term],
        path: Callable[[Term], str],
        order: str,
        always: Iterable[str] = (),
    ) -> None:
        """Compile the table.

        Args:
            syntax: Name for messages.
            root: Root element, prefixed.
            namespaces: Prefix to namespace, in the order of declaration.
            default_prefix: Prefix of the steps that have none.
            terms: The table; a group stands before its terms.
            path: The column of a row for this syntax.
            order: Local names of all elements, white-space separated, such that the content of
                every type of the schema follows it.
            always: Elements the schema wants even when empty.
        """
        self.syntax = syntax
        self._namespaces = namespaces
        self._prefixes = {uri: prefix for prefix, uri in namespaces.items()}
        self._default_prefix = default_prefix
        self._always = frozenset(always)
        self._root = self._new(root, (), None)
        self._groups: dict[tuple[str, ...], _Node] = {(): self._root}
        self._mandatory: dict[tuple[str, ...], list[Term]] = {}
        self._repeated: set[tuple[str, ...]] = set()
        # All groups first: a term may cross a group that the table lists after it.
        for term in sorted(terms, key=lambda term: term.kind is not Kind.GROUP):
            self._add(term, path(term))
        self._sort(self._root, {name: rank for rank, name in enumerate(order.split())})
        declarations = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in namespaces.items())
        self._open = f"<?xml version='1.0' encoding='UTF-8'?>\n<{root}{declarations}>"
        self._close = f"</{root}>"

    # Compiling the table

    def _qualified(self, tag: str) -> str:
        prefix, _, local = tag.rpartition(":")
        return f"{{{self._namespaces[prefix or self._default_prefix]}}}{local}"

    def _new(self, step: str, key: tuple[str, ...], parent: _Node | None) -> _Node:
        tag = step if ":" in step else f"{self._default_prefix}:{step}"
        local = tag.rpartition(":")[2]
        return _Node(tag, self._qualified(tag), key, parent, always=local in self._always)

    def _child(self, parent: _Node, step: str, clauses: str = "") -> _Node:
        """The child for a step, made on first use, with the constants its clauses ask for."""
        found = _CLAUSE.findall(clauses)
        key = (step, *(f"{path}={value}" for bracket, path, value in found if bracket == "["))
        child = next((node for node in parent.children if node.key == key), None)
        is_new = child is None
        if child is None:
            child = self._new(step, key, parent)
            parent.children.append(child)
        for bracket, path, value in found:
            steps, _, attribute = path.partition("@")
            names = [name for name in steps.split("/") if name]
            target = child
            for name in names:
                target = self._child(target, name)
            if attribute:
                target.attributes[attribute] = value
            else:
                target.content = value
            if is_new and bracket == "[":
                qualified = tuple(self._qualified(name) for name in names)
                child.filters.append(_Filter(qualified, attribute, value))
        return child

    def _add(self, term: Term, path: str) -> None:
        names = tuple(term.name.split("."))
        base = self._groups[names[:-1]]
        if term.mandatory:
            self._mandatory.setdefault(names[:-1], []).append(term)
        around = names[: self._depth_around(names)]
        for place in (path, *term.also):
            node, attribute = (self._root if place.startswith("/") else base), ""
            for step, clauses in _STEP.findall(place if place != "." else ""):
                if step[0] == "@":
                    attribute = step[1:]
                else:
                    node = self._child(node, step, clauses)
            if term.kind is Kind.GROUP:
                self._groups[names] = node
                if term.repeated:
                    node.group = names[len(around) :]
                    self._repeated.add(names)
                continue
            shared = not around and self._is_repeated(node)
            leaf = _Leaf(term, names[len(around) :], shared=shared, written=place == path)
            if attribute:
                node.attributes[attribute] = leaf
            else:
                node.content = leaf

    def _depth_around(self, names: tuple[str, ...]) -> int:
        """How many of ``names`` lead to the innermost repeated group around them; 0 if none."""
        depths = range(len(names) - 1, 0, -1)
        return next((depth for depth in depths if names[:depth] in self._repeated), 0)

    def _is_repeated(self, node: _Node | None) -> bool:
        return node is not None and (bool(node.group) or self._is_repeated(node.parent))

    def _sort(self, node: _Node, rank: Mapping[str, int]) -> None:
        node.children.sort(key=lambda child: rank[child.tag.rpartition(":")[2]])
        for child in node.children:
            node.by_name.setdefault(child.qualified, []).append(child)
            self._sort(child, rank)
        if isinstance(node.content, str):
            node.fixed = f"<{node.tag}>{node.content}</{node.tag}>"
        elif node.content is None and node.children and all(c.fixed for c in node.children):
            node.fixed = f"<{node.tag}>{''.join(c.fixed for c in node.children)}</{node.tag}>"

    # Writing

    def write(self, invoice: Invoice) -> bytes:
        """Write an invoice, UTF-8, always the same bytes for the same facts.

        Amounts, prices and rates get at least two decimals, quantities as many as they have.

        Raises:
            ForbiddenCharacterError: A text holds a control character.
        """
        body = "".join([_written(child, invoice, invoice) for child in self._root.children])
        bad = _FORBIDDEN.search(body)
        if bad:
            raise ForbiddenCharacterError(f"U+{ord(bad.group()):04X}")
        return f"{self._open}{body}{self._close}\n".encode()

    # Reading

    def read(self, root: etree._Element) -> ReadResult:
        """Read a parsed document, whatever its profile and however wrong its content.

        Args:
            root: Root element, from a hardened parser.

        Raises:
            UnreadableSyntaxError: The root is not of this syntax.
        """
        if root.tag != self._root.qualified:
            raise UnreadableSyntaxError(self._name(str(root.tag)), self.syntax)
        reading = _Reading(self._mandatory, self._name)
        reading.element(root, self._root, reading.facts, self._root.tag)
        invoice = reading.build(Invoice, reading.facts, ())
        return ReadResult(invoice, tuple(reading.unknown), tuple(reading.findings))

    def _name(self, qualified: str) -> str:
        """Prefixed form of ``{uri}local``, with the prefixes of this binding."""
        uri, brace, local = qualified[1:].partition("}")
        return f"{self._prefixes.get(uri, '?')}:{local}" if brace else qualified


def _escaped(text: str) -> str:
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    return text


def _quoted(text: str) -> str:
    text = _escaped(text).replace('"', "&quot;")
    return text.replace("\n", "&#10;").replace("\t", "&#9;")


def _number_text(value: Decimal, fewest: int) -> str:
    """Plain notation with at least ``fewest`` decimals and no useless zero beyond them."""
    whole, _, decimals = format(value, "f").partition(".")
    decimals = decimals.rstrip("0").ljust(fewest, "0")
    return f"{whole}.{decimals}" if decimals else whole


def _encoded(value: Any, kind: Kind) -> str:
    match kind:
        case Kind.DATE:
            return f"{value:%Y%m%d}"
        case Kind.BINARY:
            return base64.b64encode(value).decode()
        case Kind.TEXT:
            return str(value)
        case _:
            return _number_text(value, _FEWEST_DECIMALS[kind])


def _value(leaf: _Leaf, scope: object, invoice: Invoice) -> Any:
    value: Any = invoice if leaf.shared else scope
    for name in leaf.names:
        value = getattr(value, name)
        if value is None:
            return None
    return value


def _written(node: _Node, scope: object, invoice: Invoice) -> str:
    """The elements of ``node`` for ``scope``: none, one, or one per item when repeated."""
    if not node.group:
        return _element(node, scope, invoice)
    items: Any = scope
    for name in node.group:
        items = getattr(items, name)
        if items is None:
            return ""
    return "".join([_element(node, item, invoice) for item in items])


def _element(node: _Node, scope: object, invoice: Invoice) -> str:
    """One element, or "" when the invoice says nothing that goes in it."""
    leaf = node.content
    if isinstance(leaf, _Leaf):
        value = _value(leaf, scope, invoice) if leaf.written else None
        if value is None or value in ("", b"", ()):
            return ""
        opening = f"<{node.tag}{_attributes(node, scope, invoice)}>"
        values = value if isinstance(value, tuple) else (value,)
        texts = [_escaped(_encoded(item, leaf.term.kind)) for item in values]
        return "".join([f"{opening}{text}</{node.tag}>" for text in texts])
    filled = node.always
    parts = []
    for child in node.children:
        if child.fixed:
            parts.append(child.fixed)
        elif text := _written(child, scope, invoice):
            filled = True
            parts.append(text)
    if not filled:
        return ""
    return f"<{node.tag}{_attributes(node, scope, invoice)}>{''.join(parts)}</{node.tag}>"


def _attributes(node: _Node, scope: object, invoice: Invoice) -> str:
    text = ""
    for name, source in node.attributes.items():
        if isinstance(source, str):
            value = getattr(invoice, source[1:]) if source[0] == "$" else source
        else:
            value = _value(source, scope, invoice) if source.written else ""
        if value:
            text += f' {name}="{_quoted(value)}"'
    return text


class _Reading:
    """One document being read: the facts so far, as nested dictionaries named as the model."""

    def __init__(self, mandatory: Mapping[tuple[str, ...], list[Term]], name: _Namer) -> None:
        self.facts: dict[str, Any] = {}
        self.unknown: list[Unknown] = []
        self.findings: list[Finding] = []
        self._mandatory = mandatory
        self._name = name

    def element(
        self, element: etree._Element, node: _Node, scope: dict[str, Any], path: str
    ) -> None:
        """Take what ``element`` says into ``scope``, the facts of the group around it."""
        for name, text in element.attrib.items():
            self._attribute(element, node, scope, path, (str(name), str(text)))
        text = (element.text or "").strip()
        if isinstance(node.content, _Leaf):
            if text:
                self._set(node.content, text, scope, path, element)
        elif text and text != node.content:
            self._report(path, text, element)
        for child in element.iterchildren(etree.Element):
            below = f"{path}/{self._name(str(child.tag))}"
            known = next(
                (
                    candidate
                    for candidate in node.by_name.get(str(child.tag), ())
                    if all(item.accepts(child, self.facts) for item in candidate.filters)
                ),
                None,
            )
            if known is None:
                self._report(below, _text_below(child), child)
                continue
            self.element(child, known, self._enter(known, scope), below)

    def _enter(self, node: _Node, scope: dict[str, Any]) -> dict[str, Any]:
        """The scope inside ``node``: a new item when it is a repeated group."""
        if not node.group:
            return scope
        for name in node.group[:-1]:
            scope = scope.setdefault(name, {})
        item: dict[str, Any] = {}
        scope.setdefault(node.group[-1], []).append(item)
        return item

    def _attribute(
        self,
        element: etree._Element,
        node: _Node,
        scope: dict[str, Any],
        path: str,
        attribute: tuple[str, str],
    ) -> None:
        name, text = attribute
        source = node.attributes.get(name)
        if isinstance(source, _Leaf):
            if text.strip():
                self._set(source, text.strip(), scope, f"{path}/@{name}", element)
        elif (
            source is None
            and not name.startswith(_SCHEMA_INSTANCE)
            and not (name == "currencyID" and text == self.facts.get("currency"))
        ):
            self._report(f"{path}/@{name}", text, element)

    def _set(
        self, leaf: _Leaf, text: str, scope: dict[str, Any], path: str, element: etree._Element
    ) -> None:
        value = _decoded(text, leaf.term.kind)
        if value is None:
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
        target = self.facts if leaf.shared else scope
        for name in leaf.names[:-1]:
            target = target.setdefault(name, {})
        last = leaf.names[-1]
        if leaf.term.repeated:
            target.setdefault(last, []).append(value)
        elif target.setdefault(last, value) != value:
            self._report(path, text, element)

    def _report(self, path: str, text: str, element: etree._Element) -> None:
        self.unknown.append(Unknown(path, text, _line(element)))

    def build(self, model: Any, facts: Mapping[str, Any], names: tuple[str, ...]) -> Any:
        """Make the frozen facts, noting what is mandatory and absent at the document's level."""
        claimed = BY_SPECIFICATION.get(self.facts.get("specification_id", ""))
        level = claimed.level if claimed else Level.EN16931
        for term in self._mandatory.get(names, ()):
            if term.name.rpartition(".")[2] not in facts and term.level <= level:
                self.findings.append(
                    Finding(
                        term.rule or "EN 16931",
                        "fatal",
                        term.id,
                        f"{term.label} ({term.id}) manque : demandez un fichier complet.",
                    )
                )
        hints = _hints(model)
        values: dict[str, object] = {}
        for name, value in facts.items():
            below = (*names, name)
            if isinstance(value, dict):
                values[name] = self.build(_inner(hints[name]), value, below)
            elif isinstance(value, list):
                values[name] = tuple(
                    self.build(_inner(hints[name]), item, below) if isinstance(item, dict) else item
                    for item in value
                )
            else:
                values[name] = value
        return model(**values)


@cache
def _hints(model: Any) -> dict[str, Any]:
    """Field types of a model class, resolved once."""
    return get_type_hints(model)


def _inner(hint: Any) -> Any:
    """The class inside ``X | None`` or ``tuple[X, ...]``."""
    return next(argument for argument in get_args(hint) if argument not in (type(None), Ellipsis))


def _line(element: etree._Element) -> int:
    return cast("int | None", element.sourceline) or 0


def _text_below(element: etree._Element) -> str:
    """All text of an element and its descendants, in one line, cut at 200 characters."""
    words = " ".join(str(text) for text in element.itertext()).split()
    return " ".join(words)[:200]


def _decoded(text: str, kind: Kind) -> object | None:
    """The value of a text; None when it is not of its kind."""
    if kind is Kind.TEXT:
        return text
    if kind is Kind.DATE:
        parts = _DAY.fullmatch(text)
        try:
            return date(int(parts[1]), int(parts[3]), int(parts[4])) if parts else None
        except ValueError:
            return None
    if kind is Kind.BINARY:
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except binascii.Error:
            return None
    return Decimal(text) if _NUMBER.fullmatch(text) else None
