"""Hostile XML, parsed without opening a file, a network or an entity.

Source: OWASP XML External Entity prevention; libxml2 limits (``huge_tree`` off) bound depth and
text size.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from echeance.core.einvoice.errors import (
    DoctypeForbiddenError,
    EmptyFileError,
    FileTooLargeError,
    MalformedXmlError,
)

MAX_BYTES: Final = 20 * 1024 * 1024


def parse_xml(content: bytes, filename: str = "") -> etree._Element:
    """Parse an XML document and return its root.

    Args:
        content: The file; a byte order mark or white space before the root is accepted.
        filename: For the messages.

    Raises:
        EmptyFileError: No byte, or only white space.
        FileTooLargeError: More than ``MAX_BYTES``.
        DoctypeForbiddenError: A document type declaration, harmless or not.
        MalformedXmlError: It does not parse.
    """
    if not content.strip():
        raise EmptyFileError(filename)
    if len(content) > MAX_BYTES:
        raise FileTooLargeError(filename, MAX_BYTES // 1024 // 1024)
    # A parser is not shared: lxml parsers hold a lock and the last error.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(content.removeprefix(b"\xef\xbb\xbf").strip(), parser)
    except etree.XMLSyntaxError as error:
        if b"<!DOCTYPE" in content[:4096]:
            raise DoctypeForbiddenError(filename) from error
        raise MalformedXmlError(filename, error.lineno or 0, error.msg or "") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DoctypeForbiddenError(filename)
    return root
