"""Binding of the field table to an XML syntax: one compiled tree writes and reads.

The rows of :mod:`echeance.core.einvoice.fields` are folded into a tree of elements, ordered as the
schema of the syntax wants. Writing walks the tree and asks the invoice; reading walks the file
and asks the tree (:mod:`echeance.core.einvoice.reading`).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree

from echeance.core.einvoice.errors import ForbiddenCharacterError
from echeance.core.einvoice.fields import ABSENT, Kind, Term
from echeance.core.einvoice.model import Invoice

_FEWEST_DECIMALS: Final = {Kind.AMOUNT: 2, Kind.PRICE: 2, Kind.PERCENT: 2, Kind.QUANTITY: 0}
_MONEY: Final = frozenset({Kind.AMOUNT, Kind.PRICE})
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STEP: Final = re.compile(r"(@?[\w:.]+)((?:\[[^\]]*\]|\{[^}]*\})*)(\*?)")
_CLAUSE: Final = re.compile(r"([\[{])(!?)([^=!\]}]+)(?:(!?)=([^\]}]*))?[\]}]")
_CODE: Final = "#"
"""Path of a code that stands between two # before the text of its group's element."""
EARLY: Final = ("currency", "accounting_currency", "number")
"""Attributes of the invoice that the paths of other terms may ask for."""

Paths = Callable[[Term], tuple[str, ...]]
"""The places of a term in a syntax: the one to write first; none when it has no place there."""


@dataclass(slots=True)
class Leaf:
    """A place that holds a value, and where it goes in the model below the current scope."""

    term: Term
    names: tuple[str, ...]
    shared: bool  # belongs to the invoice, though it stands in a repeated group
    written: bool  # False for the second places of a term
    encode: Callable[[Any], str]
    decode: Mapping[str, str] | None = None


@dataclass(slots=True)
class Choice:
    """``[path=value]`` and the like: ``steps`` to a descendant, then its ``attribute`` or text.

    ``value`` is ``None`` when only the presence counts; ``negated`` turns the answer.
    """

    steps: tuple[str, ...]
    attribute: str
    value: str | None
    negated: bool

    def accepts(self, element: etree._Element, early: Mapping[str, str]) -> bool:
        """Whether an element is the one a path means."""
        found: etree._Element | None = element
        for step in self.steps:
            found = found.find(step) if found is not None else None
        text: str | None = None
        if found is not None:
            text = found.get(self.attribute) if self.attribute else (found.text or "").strip()
        if self.value is None:
            return bool(text) is not self.negated
        own = self.value[0] == "$"
        if text is None:
            return own  # without a currency of its own, an amount is in that of the invoice
        expected = early.get(self.value[1:]) if own else self.value
        # XML Schema writes a boolean in two ways.
        same = text == expected or (text, expected) in {("1", "true"), ("0", "false")}
        return same is not self.negated


@dataclass(slots=True)
class Node:
    """An element of the syntax."""

    tag: str
    qualified: str
    key: tuple[str, ...]
    parent: Node | None
    rank: int = 0
    always: bool = False
    group: tuple[str, ...] = ()  # when repeated: its names below the group around it
    filters: list[Choice] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    by_name: dict[str, list[Node]] = field(default_factory=dict)
    attributes: dict[str, Leaf | str] = field(default_factory=dict)
    content: Leaf | str | None = None
    code: Leaf | None = None
    index: int = 0  # among the children of its parent
    holder: Leaf | None = None  # the one group whose terms are all that is below, if any
    asked: bool = False  # whether its parent is recognised by a constant in it
    fixed: str = ""  # the whole element, when it holds nothing but constants

    @property
    def local(self) -> str:
        """Name without prefix."""
        return self.tag.rpartition(":")[2]


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
        paths: Paths,
        order: str,
        always: Iterable[str] = (),
        iso_dates: bool = False,
        currency_everywhere: bool = False,
        codes: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """Compile the table.

        Args:
            syntax: Name for messages.
            root: Root element, prefixed.
            namespaces: Prefix to namespace, in the order of declaration; "" is the default one.
            default_prefix: Prefix of the steps that have none.
            terms: The table; a group stands before its terms.
            paths: The columns of a row for this syntax.
            order: Local names of all elements, white-space separated, such that the content of
                every type of the schema follows it; ``Parent/Child`` where one type differs.
            always: Elements the schema wants even when empty.
            iso_dates: ``2026-11-24``, not ``20261124``.
            currency_everywhere: Each amount and price carries ``currencyID``.
            codes: Term to codes of the model to codes of this syntax, when they differ.
        """
        self.syntax = syntax
        self.namespaces = namespaces
        self._prefixes = {uri: prefix for prefix, uri in namespaces.items()}
        self._default_prefix = default_prefix
        self._always = frozenset(always)
        self._day = "%Y-%m-%d" if iso_dates else "%Y%m%d"
        self._currency_everywhere = currency_everywhere
        self._codes = codes or {}
        self._rank = {name: rank for rank, name in enumerate(order.split())}
        self.root = self._new(root, (), None)
        self._groups: dict[tuple[str, ...], Node | None] = {(): self.root}
        self.mandatory: dict[tuple[str, ...], list[Term]] = {}
        self.early: dict[str, str] = {}  # attribute of the invoice to the path of its element
        self._repeated: set[tuple[str, ...]] = set()
        # All groups first: a term may cross a group that the table lists after it.
        for term in sorted(terms, key=lambda term: term.kind is not Kind.GROUP):
            self._add(term, paths(term))
        self._finish(self.root)
        declarations = "".join(
            f' xmlns{":" if prefix else ""}{prefix}="{uri}"' for prefix, uri in namespaces.items()
        )
        self._open = f"<?xml version='1.0' encoding='UTF-8'?>\n<{root}{declarations}>"
        self._close = f"</{root}>"

    # Compiling the table

    def qualified(self, tag: str) -> str:
        """``{uri}local`` of a step."""
        prefix, _, local = tag.rpartition(":")
        return f"{{{self.namespaces[prefix or self._default_prefix]}}}{local}"

    def name(self, qualified: str) -> str:
        """Prefixed form of ``{uri}local``, with the prefixes of this binding."""
        uri, brace, local = qualified[1:].partition("}")
        if not brace:
            return qualified
        prefix = self._prefixes.get(uri, "?")
        return f"{prefix}:{local}" if prefix else local

    def rank(self, parent: Node, local: str) -> int | None:
        """Where an element stands among the children of another; ``None`` if the table has none."""
        return self._rank.get(f"{parent.local}/{local}", self._rank.get(local))

    def _new(self, step: str, key: tuple[str, ...], parent: Node | None) -> Node:
        if parent is None:
            prefix, _, local = step.rpartition(":")
            node = Node(step, f"{{{self.namespaces[prefix]}}}{local}", key, None)
        else:
            tag = step if ":" in step else f"{self._default_prefix}:{step}"
            node = Node(tag, self.qualified(tag), key, parent)
            rank = self.rank(parent, node.local)
            assert rank is not None, f"no order for {parent.tag}/{tag}"
            node.rank = rank
        node.always = node.local in self._always
        return node

    def _child(self, parent: Node, step: str, clauses: str = "") -> Node:
        """The child for a step, made on first use, with the constants its clauses ask for."""
        found = _CLAUSE.findall(clauses)
        key = (step, *("".join(clause) for clause in found if clause[0] == "["))
        child = next((node for node in parent.children if node.key == key), None)
        is_new = child is None
        if child is None:
            child = self._new(step, key, parent)
            parent.children.append(child)
        for bracket, absent, path, other, value in found:
            steps, _, attribute = path.partition("@")
            names = [name for name in steps.split("/") if name]
            if value and not other:
                target = child
                for name in names:
                    target = self._child(target, name)
                    target.asked |= bracket == "["
                if attribute:
                    target.attributes[attribute] = value
                else:
                    target.content = value
            if is_new and bracket == "[":
                qualified = tuple(self.qualified(name) for name in names)
                child.filters.append(
                    Choice(qualified, attribute, value or None, bool(absent or other))
                )
        return child

    def _add(self, term: Term, places: tuple[str, ...]) -> None:
        names = tuple(term.name.split("."))
        if term.mandatory:
            self.mandatory.setdefault(names[:-1], []).append(term)
        base = self._groups[names[:-1]]
        if not places or base is None:
            if term.kind is Kind.GROUP:
                self._groups[names] = None
            return
        around = names[: self._depth_around(names)]
        for place in places:
            node, attribute, values = self._reach(base, place)
            if term.kind is Kind.GROUP:
                self._groups[names] = node
                if term.repeated:
                    node.group = names[len(around) :]
                    self._repeated.add(names)
                else:
                    node.holder = Leaf(
                        term, names[len(around) :], shared=False, written=False, encode=str
                    )
                continue
            leaf = Leaf(
                term,
                names[len(around) :],
                shared=not around and self._is_repeated(node),
                written=place == places[0],
                encode=self._encoder(term),
                decode=self._decoder(term),
            )
            if values is not None:
                # The element around the value is repeated: each value is an item of its own.
                values.group = leaf.names
                leaf.names, leaf.shared = (), False
            if place == _CODE:
                node.code = leaf
            elif attribute:
                node.attributes[attribute] = leaf
            else:
                node.content = leaf
                if self._currency_everywhere and term.kind in _MONEY:
                    node.attributes.setdefault("currencyID", "$currency")
            if term.name in EARLY:
                self.early[term.name] = self._path_to(node)

    def _reach(self, base: Node, place: str) -> tuple[Node, str, Node | None]:
        """The node of a place, its attribute if it is one, and the node repeated for each value."""
        node, attribute, values = (self.root if place.startswith("/") else base), "", None
        for step, clauses, star in _STEP.findall("" if place in {".", _CODE} else place):
            if step[0] == "@":
                attribute = step[1:]
                continue
            node = self._child(node, step, clauses)
            values = node if star else values
        return node, attribute, values

    def _path_to(self, node: Node) -> str:
        steps: list[str] = []
        at: Node | None = node
        while at is not None and at.parent is not None:
            steps.insert(0, at.qualified)
            at = at.parent
        return "/".join(steps)

    def _encoder(self, term: Term) -> Callable[[Any], str]:
        codes = self._codes.get(term.id)
        if codes:
            return lambda value: codes.get(value, value)
        match term.kind:
            case Kind.DATE:
                day = self._day
                return lambda value: value.strftime(day) if value.year > 999 else _old(value, day)
            case Kind.BINARY:
                return lambda value: base64.b64encode(value).decode()
            case Kind.TEXT:
                return str
            case kind:
                fewest = _FEWEST_DECIMALS.get(kind, 0)
                return lambda value: _number_text(value, fewest)

    def _decoder(self, term: Term) -> Mapping[str, str] | None:
        codes = self._codes.get(term.id)
        return {theirs: ours for ours, theirs in codes.items()} if codes else None

    def _depth_around(self, names: tuple[str, ...]) -> int:
        """How many of ``names`` lead to the innermost repeated group around them; 0 if none."""
        depths = range(len(names) - 1, 0, -1)
        return next((depth for depth in depths if names[:depth] in self._repeated), 0)

    def _is_repeated(self, node: Node | None) -> bool:
        return node is not None and (bool(node.group) or self._is_repeated(node.parent))

    def _finish(self, node: Node) -> set[str]:
        """Order and index what is below; give the names of the terms that stand there."""
        names = {leaf.term.name for leaf in _leaves(node)}
        node.children.sort(key=lambda child: child.rank)
        for index, child in enumerate(node.children):
            child.index = index
            node.by_name.setdefault(child.qualified, []).append(child)
            names |= self._finish(child)
        for candidates in node.by_name.values():
            candidates.sort(key=_strictness, reverse=True)
        if isinstance(node.content, str) and node.content[0] != "$":
            node.fixed = f"<{node.tag}>{node.content}</{node.tag}>"
        elif node.content is None and node.children and all(c.fixed for c in node.children):
            node.fixed = f"<{node.tag}>{''.join(c.fixed for c in node.children)}</{node.tag}>"
        if node.holder:
            group = node.holder.term.name
            if not all(name.startswith(f"{group}.") for name in names):
                node.holder = None
            else:
                of_invoice = ".".join(node.holder.names) == group
                node.holder.shared = of_invoice and self._is_repeated(node)
        return names

    # Writing

    def write(self, invoice: Invoice) -> bytes:
        """Write an invoice, UTF-8, always the same bytes for the same facts.

        Amounts, prices and rates get at least two decimals, quantities as many as they have.
        What a document held beside its invoice is put back by
        :func:`echeance.core.einvoice.reading.restore`.

        Raises:
            ForbiddenCharacterError: A text holds a control character.
        """
        body = "".join([_written(child, invoice, invoice) for child in self.root.children])
        bad = _FORBIDDEN.search(body)
        if bad:
            raise ForbiddenCharacterError(f"U+{ord(bad.group()):04X}")
        return f"{self._open}{body}{self._close}\n".encode()


def _leaves(node: Node) -> list[Leaf]:
    places = [node.content, node.code, *node.attributes.values()]
    return [place for place in places if isinstance(place, Leaf)]


def _strictness(node: Node) -> tuple[int, int]:
    """Elements that must say something come before those that must only have it, or not."""
    said = [choice for choice in node.filters if choice.value is not None and not choice.negated]
    return len(said), len(node.filters)


def _old(value: Any, day: str) -> str:
    """Years before 1000, which ``strftime`` writes without zeros on some systems."""
    iso: str = value.isoformat()
    return iso if "-" in day else iso.replace("-", "")


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


def _number_text(value: Any, fewest: int) -> str:
    """Plain notation with at least ``fewest`` decimals and no useless zero beyond them."""
    whole, _, decimals = format(value, "f").partition(".")
    decimals = decimals.rstrip("0").ljust(fewest, "0")
    return f"{whole}.{decimals}" if decimals else whole


def _value(leaf: Leaf, scope: object, invoice: Invoice) -> Any:
    value: Any = invoice if leaf.shared else scope
    for name in leaf.names:
        value = getattr(value, name)
        if value is None:
            return None
    return value


def _written(node: Node, scope: object, invoice: Invoice) -> str:
    """The elements of ``node`` for ``scope``: none, one, or one per item when repeated."""
    if not node.group:
        if node.holder and _value(node.holder, scope, invoice) is None:
            return ""
        return _element(node, scope, invoice)
    items: Any = scope
    for name in node.group:
        items = getattr(items, name)
        if items is None:
            return ""
    return "".join([_element(node, item, invoice) for item in items])


def _element(node: Node, scope: object, invoice: Invoice) -> str:
    """One element, or "" when the invoice says nothing that goes in it."""
    leaf = node.content
    if isinstance(leaf, str):
        return ""
    if leaf is not None:
        value = _value(leaf, scope, invoice) if leaf.written else None
        if value is None or value in ("", b"", ()):
            return _empty(node, scope, invoice)
        opening = f"<{node.tag}{_attributes(node, scope, invoice)}>{_code(node, scope, invoice)}"
        values = value if isinstance(value, tuple) else (value,)
        texts = [_escaped(leaf.encode(item)) for item in values]
        return "".join([f"{opening}{text}</{node.tag}>" for text in texts])
    filled = node.always
    parts = []
    for child in node.children:
        if child.fixed:
            parts.append(child.fixed)
        elif text := _written(child, scope, invoice):
            filled = True
            parts.append(text)
        elif child.asked:
            parts.append(_asked(child, invoice))
    if not filled:
        return ""
    return f"<{node.tag}{_attributes(node, scope, invoice)}>{''.join(parts)}</{node.tag}>"


def _empty(node: Node, scope: object, invoice: Invoice) -> str:
    """An element without content, when the invoice has something to say in an attribute of it."""
    for source in node.attributes.values():
        if isinstance(source, Leaf) and source.written and _value(source, scope, invoice):
            return f"<{node.tag}{_attributes(node, scope, invoice)}/>"
    return ""


def _asked(node: Node, invoice: Invoice) -> str:
    """The constant by which the element around ``node`` is recognised, when nothing else is in it.

    Nothing for an attribute: without the element there is nothing to recognise.
    """
    if node.fixed:
        return node.fixed
    if isinstance(node.content, str):
        text = _escaped(getattr(invoice, node.content[1:]))
    else:
        text = "".join([_asked(child, invoice) for child in node.children if child.asked])
    return f"<{node.tag}>{text}</{node.tag}>" if text else ""


def _code(node: Node, scope: object, invoice: Invoice) -> str:
    code = _value(node.code, scope, invoice) if node.code else ""
    return f"#{_escaped(code)}#" if code else ""


def _attributes(node: Node, scope: object, invoice: Invoice) -> str:
    text = ""
    for name, source in node.attributes.items():
        if isinstance(source, str):
            value = getattr(invoice, source[1:]) if source[0] == "$" else source
        else:
            value = _value(source, scope, invoice) if source.written else ""
        if value:
            text += f' {name}="{_quoted(value)}"'
    return text


def places(path: str, also: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The places of a column and of its seconds."""
    return () if path == ABSENT else (path, *also)
