"""What is fuzzed: a file from a stranger goes all the way, and only named errors may come out.

:func:`handle` is the way; :func:`mutate_xml` and :func:`mutate_pdf` break samples where it hurts,
in elements and objects rather than in bytes. Hypothesis and atheris share them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from io import BytesIO

import pikepdf
from lxml import etree

from core.einvoice.samples import SAMPLES
from echeance.core.einvoice import documents
from echeance.core.einvoice.checks import check
from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.compare import compare_text
from echeance.core.einvoice.detect import detect
from echeance.core.einvoice.pdfa import check_pdfa
from echeance.core.einvoice.ubl import write_ubl
from echeance.core.errors import EcheanceError

Step = tuple[int, int, int]
"""Which place, what is done to it, with what: any integers, taken modulo what there is."""

TEXTS = [
    "", " ", "0", "-0", "-1", "1e999999", "NaN", "Infinity", "1,5", "1 000.00", "0.000000000001",
    "9" * 400, "20261324", "00010101", "99991231", "2026-02-30", "2026-11-24Z", "true", "380", "381",
    "S", "AE", "FR", "\u0661\u0662", "\u202e", "\U0001f9fe", "x" * 5000, "urn:cen.eu:en16931:2017",
    "FR7630006000011234567890189", "===", "{number}", "%s", "<&>",
]  # fmt: skip
NAMES = ["102", "GBP", "0002", "application/pdf", "currencyID", "listID", "", "é"]
VALUES = [
    True, 0, -1, 2**40, pikepdf.Name("/X"), pikepdf.Name("/Type0"), pikepdf.String("x"),
    pikepdf.String(""), pikepdf.Array([]), pikepdf.Array([1, 2, 3]), pikepdf.Dictionary(),
    pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0),
    pikepdf.Dictionary(S=pikepdf.Name.JavaScript),
]  # fmt: skip


def xml_samples() -> list[bytes]:
    """Our samples in both syntaxes."""
    return [write(item) for item in SAMPLES.values() for write in (write_cii, write_ubl)]


def handle(content: bytes) -> None:
    """Read, check, write again, judge and compare; anything but a named error passes through."""
    try:
        found = detect(content, "f")
        document = documents.read(content, "f")
        check(document.invoice)
        compare_text(" ".join(map(str, found.root.itertext())), document.invoice)
        documents.write(document)
    except EcheanceError as error:
        _speak(error)
    if b"%PDF" in content[:1024]:
        try:
            check_pdfa(content, "f")
        except EcheanceError as error:
            _speak(error)


def _speak(error: EcheanceError) -> None:
    """The sentence can be said: a fact that does not format is a fault of ours."""
    if not str(error):
        raise AssertionError(error.code)


def mutate_xml(content: bytes, steps: Sequence[Step]) -> bytes:
    """Change elements of a well-formed document."""
    root = etree.fromstring(content)
    for place, action, choice in steps:
        nodes = list(root.iter(etree.Element))
        node = nodes[place % len(nodes)]
        parent = node.getparent()
        match action % 8:
            case 0:
                node.text = TEXTS[choice % len(TEXTS)]
            case 1 if parent is not None:
                parent.remove(node)
            case 2 if parent is not None:
                parent.insert(choice % (len(parent) + 1), deepcopy(node))
            case 3:
                nodes[choice % len(nodes)].append(deepcopy(node))
            case 4:
                node.tag = nodes[choice % len(nodes)].tag
            case 5:
                node.set(NAMES[choice % 4 + 4] or "x", NAMES[choice % len(NAMES)])
            case 6:
                node.tag = etree.QName("urn:z", etree.QName(node).localname).text
            case 7:
                node.append(etree.Comment("c") if choice % 2 else etree.ProcessingInstruction("p"))
    return etree.tostring(root, encoding=["utf-8", "utf-16", "iso-8859-1"][len(steps) % 3])


def mutate_pdf(content: bytes, steps: Sequence[Step]) -> bytes:
    """Change entries of objects, then save the file as it then is."""
    with pikepdf.open(BytesIO(content)) as pdf:
        holders = list(_holders(pdf))
        for place, action, choice in steps:
            holder = holders[place % len(holders)]
            keys = sorted(holder.keys())
            if not keys or (isinstance(holder, pikepdf.Stream) and action % 4 == 3):
                if isinstance(holder, pikepdf.Stream):
                    data = holder.read_raw_bytes()
                    # A step before may have left a filter that pikepdf itself would not write.
                    with suppress(TypeError, ValueError):
                        holder.write(data[: choice % (len(data) + 1)], filter=holder.get("/Filter"))
                continue
            key = keys[choice % len(keys)]
            if key == "/Length":
                continue
            if action % 4 == 0:
                del holder[key]
            else:
                value = VALUES[(action // 4) % len(VALUES)]
                holder[key] = holders[action % len(holders)] if action % 4 == 1 else value
        out = BytesIO()
        pdf.save(out, fix_metadata_version=False, compress_streams=False)
    return out.getvalue()


def _holders(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            yield item


def mutate_bytes(content: bytes, steps: Sequence[Step]) -> bytes:
    """Overwrite, cut and repeat bytes."""
    data = bytearray(content)
    for place, action, choice in steps:
        start = place % (len(data) + 1)
        match action % 3:
            case 0:
                data[start : start + 1] = bytes([choice % 256])
            case 1:
                del data[start : start + choice % 200]
            case 2:
                data[start:start] = data[start : start + choice % 200]
    return bytes(data)
