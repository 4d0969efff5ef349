"""ISO 20022 messages read from strangers: hostile XML refused, one element held at a time."""

from __future__ import annotations

import io
import re
from datetime import date
from functools import lru_cache
from typing import Final

from lxml import etree

from echeance.core.bank.errors import (
    DoctypeRefusedError,
    EncodingMismatchError,
    InvalidDateError,
    MalformedXmlError,
    TruncatedFileError,
    UnknownFormatError,
    XmlTooComplexError,
)
from echeance.core.bank.lines import Source

_NAMESPACE = re.compile(r"[\w:.\-/]*\b((?:camt|pain|pacs|acmt)\.\d{3}\.\d{3}\.\d{2})")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CHUNK: Final = 64 * 1024
# Distinct element paths below one element: a message has a few hundred.
PATHS_LIMIT: Final = 10_000
# One entry and all its transactions, in XML: about 30,000 transactions.
ENTRY_LIMIT: Final = 32 * 1024 * 1024
# What libxml2 says when the input ends inside an element.
_PREMATURE_END: Final = (
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED,
    etree.ErrorTypes.ERR_GT_REQUIRED,
    etree.ErrorTypes.ERR_DOCUMENT_END,
)
_WRONG_ENCODING: Final = (etree.ErrorTypes.ERR_INVALID_ENCODING,)


def xml_error(error: etree.XMLSyntaxError) -> Exception:
    """The refusal that a parser's error stands for."""
    line = error.lineno or 1
    code = getattr(error, "code", None)
    message = error.msg or ""
    if code in _PREMATURE_END:
        return TruncatedFileError(line=line)
    if code in _WRONG_ENCODING:
        return EncodingMismatchError(line=line)
    if "depth" in message or "huge" in message.lower() or "too long" in message:
        return XmlTooComplexError(line=line)
    return MalformedXmlError(line=line, detail=message)


class XmlSource:
    """A source given to the parser piece by piece, that an entry without end does not pass."""

    def __init__(self, beginning: bytes, rest: Source) -> None:
        self._beginning = beginning
        self._rest = rest
        self._since = 0
        self._lines = 1

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most ``size`` apart from the first time.

        Raises:
            XmlTooComplexError: More than ``ENTRY_LIMIT`` bytes since the last entry.
        """
        data, self._beginning = self._beginning, b""
        if not data:
            data = self._rest.read(size)
        self._since += len(data)
        if self._since > ENTRY_LIMIT:
            raise XmlTooComplexError(line=self._lines)
        return data

    def entry_read(self, line: int) -> None:
        """An entry ended at about ``line`` and has been let go."""
        self._since = 0
        self._lines = line


def open_message(source: Source) -> tuple[XmlSource, str, str]:
    """Check the root alone, before anything below it is read.

    Returns:
        The source from its beginning, the namespace, and the message name in it.

    Raises:
        BankFileError: Not an ISO 20022 message, or one with a DOCTYPE.
        etree.XMLSyntaxError: Not XML.
    """
    beginning = b""
    while len(beginning) < _CHUNK and (more := source.read(_CHUNK - len(beginning))):
        beginning += more
    complete = len(beginning) < _CHUNK
    beginning = beginning.lstrip(b" \t\r\n\x00")
    if b"<!DOCTYPE" in beginning.replace(b"\x00", b""):
        raise DoctypeRefusedError
    try:
        _, root = next(iter(etree.iterparse(io.BytesIO(beginning), events=("start",), **_PARSER)))
    except etree.XMLSyntaxError as error:
        if complete or b"Document" in beginning.replace(b"\x00", b""):
            raise
        raise UnknownFormatError(beginning="<!-- … -->") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DoctypeRefusedError
    # A brace inside a namespace and a lone colon are legal XML that lxml reads but does not take
    # apart: the tag is cut by hand.
    namespace, _, name = str(root.tag).rpartition("}")
    message = _NAMESPACE.fullmatch(namespace[1:])
    if name != "Document" or message is None:
        raise UnknownFormatError(beginning=f"<{name[:60]}>")
    return XmlSource(beginning, source), namespace[1:], message[1]


# Hostile XML: no entity, no network, no DTD, libxml2's own limits kept.
_PARSER: Final = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def parse_message(
    source: XmlSource, tags: list[str]
) -> etree.iterparse[tuple[str, etree._Element]]:
    """Parse to the end, an event at the end of each element of ``tags``."""
    return etree.iterparse(source, events=("end",), tag=tags, **_PARSER)


class Paths:
    """A tree of the element paths met below some element: each is spelt once.

    Elements of another namespace than the file's keep it in braces, so that no path names them.
    """

    __slots__ = ("_namespace", "_size", "below", "is_amount", "path")

    def __init__(
        self, namespace: str, path: str = "", size: list[int] | None = None, line: int = 0
    ) -> None:
        self.path = path
        self.is_amount = path.endswith("Amt")
        self._namespace = namespace
        self.below: dict[str, Paths] = {}
        self._size = [0] if size is None else size
        self._size[0] += 1
        if self._size[0] > PATHS_LIMIT:
            raise XmlTooComplexError(line=line)

    def of(self, element: etree._Element) -> Paths:
        """The path of a child element.

        Raises:
            XmlTooComplexError: More distinct paths than any message has.
        """
        tag = element.tag
        found = self.below.get(tag)
        if found is None:
            name = tag.removeprefix(f"{{{self._namespace}}}")
            path = f"{self.path}/{name}" if self.path else name
            found = Paths(self._namespace, path, self._size, line_of(element))
            self.below[tag] = found
        return found


class Facts:
    """The leaves below one element, by path: first text, all the texts, first amount element.

    Texts are on one line; NOTPROVIDED is nothing.
    """

    __slots__ = ("_more", "amounts", "texts")

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.amounts: dict[str, etree._Element] = {}
        self._more: dict[str, list[str]] = {}

    def take(self, element: etree._Element, paths: Paths) -> None:
        """Read every leaf below ``element``, whose own path is ``paths``."""
        texts = self.texts
        known = paths.below.get
        for child in element:
            below = known(child.tag) or paths.of(child)
            if len(child):
                self.take(child, below)
            elif text := child.text:
                if not text.isalnum():
                    text = " ".join(text.split())
                    if not text:
                        continue
                elif text == "NOTPROVIDED":
                    continue
                path = below.path
                if below.is_amount:
                    self.amounts.setdefault(path, child)
                if path in texts:
                    self._more.setdefault(path, []).append(text)
                else:
                    texts[path] = text

    def one(self, child: etree._Element, below: Paths) -> None:
        """Read a child element, leaf or not, whose own path is ``below``."""
        if len(child):
            self.take(child, below)
            return
        text = " ".join((child.text or "").split())
        if not text or text == "NOTPROVIDED":
            return
        path = below.path
        if below.is_amount:
            self.amounts.setdefault(path, child)
        if path in self.texts:
            self._more.setdefault(path, []).append(text)
        else:
            self.texts[path] = text

    def first(self, *paths: str) -> str:
        """Text of the first path that gives one."""
        texts = self.texts
        for path in paths:
            if path in texts:
                return texts[path]
        return ""

    def all(self, path: str) -> list[str]:
        """Every text at ``path``, in the order of the file."""
        if path not in self.texts:
            return []
        return [self.texts[path], *self._more.get(path, ())]


def day_of(text: str, at_line: int) -> date:
    """The civil day of a date or a moment, in the bank's own time zone."""
    day = _known_day(text[:10])
    if day is None:
        raise InvalidDateError(line=at_line, text=text[:40])
    return day


@lru_cache(maxsize=4096)
def _known_day(text: str) -> date | None:
    if not _ISO_DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def let_go(element: etree._Element) -> None:
    """Free an element that has been read, and what stands before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while (before := element.getprevious()) is not None:
            parent.remove(before)


def line_of(element: etree._Element) -> int:
    """1-based line where an element starts."""
    found: object = element.sourceline
    return found if isinstance(found, int) else 0
