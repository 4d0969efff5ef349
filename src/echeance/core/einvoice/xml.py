"""Hostile XML, parsed without opening a file, a network or an entity.

Source: OWASP XML External Entity prevention; libxml2 limits (``huge_tree`` off) bound the depth
(256 levels), the length of a text (10 MB) and what entities may add.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from echeance.core.einvoice.errors import (
    DoctypeForbiddenError,
    EmptyFileError,
    FileError,
    FileTooLargeError,
    MalformedXmlError,
    WrongEncodingError,
    XmlTooComplexError,
)

MAX_BYTES: Final = 20 * 1024 * 1024
# A "<" or a "=" is at most one node of the tree, which weighs a hundred times its bytes. An
# invoice of 3,000 lines has some 120,000.
MAX_MARKS: Final = 500_000

_UTF8_MARK: Final = b"\xef\xbb\xbf"
# With a byte order mark, or known by its first sign.
_UTF16_STARTS: Final = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_DOCTYPES: Final = tuple(
    "<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
# libxml2's xmlParserErrors.
_UNSUPPORTED_ENCODING: Final = 32
_INVALID_ENCODING: Final = 81
_NAME_TOO_LONG: Final = 110
_RESOURCE_LIMIT: Final = 114


def parse_xml(content: bytes, filename: str = "") -> etree._Element:
    """Parse an XML document and return its root.

    Args:
        content: The file; a byte order mark or white space before the root is accepted.
        filename: For the messages.

    Raises:
        EmptyFileError: No byte, or only white space.
        FileTooLargeError: More than ``MAX_BYTES``.
        XmlTooComplexError: Too deep, a text too long, or more than ``MAX_MARKS`` marks.
        DoctypeForbiddenError: A document type declaration, harmless or not.
        WrongEncodingError: It is not in the encoding it announces.
        MalformedXmlError: It does not parse.
    """
    if not content.strip():
        raise EmptyFileError(filename)
    if len(content) > MAX_BYTES:
        raise FileTooLargeError(filename, MAX_BYTES // 1024 // 1024)
    if content.count(b"<") + content.count(b"=") > MAX_MARKS:
        raise XmlTooComplexError(filename, f"{MAX_MARKS // 2} éléments")
    # A parser is not shared: lxml parsers hold a lock and the last error.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(_trimmed(content), parser)
    except etree.XMLSyntaxError as error:
        raise _named(error, content, filename) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DoctypeForbiddenError(filename)
    return root


def _trimmed(content: bytes) -> bytes:
    """The document without a UTF-8 mark and the blanks around it; UTF-16 is left as it is."""
    if content.startswith(_UTF16_STARTS):
        return content
    return content.removeprefix(_UTF8_MARK).strip()


def _named(error: etree.XMLSyntaxError, content: bytes, filename: str) -> FileError:
    """The error of the house for what libxml2 says."""
    if any(mark in content for mark in _DOCTYPES):
        return DoctypeForbiddenError(filename)
    line = error.lineno or 0
    reason = error.msg or ""
    code = getattr(error, "code", 0)  # the stubs do not know it
    if code in {_UNSUPPORTED_ENCODING, _INVALID_ENCODING}:
        return WrongEncodingError(filename, line)
    if code in {_RESOURCE_LIMIT, _NAME_TOO_LONG}:
        deep = "depth" in reason
        return XmlTooComplexError(
            filename, "256 niveaux" if deep else "un texte de 10 millions de signes"
        )
    return MalformedXmlError(filename, line, reason)
