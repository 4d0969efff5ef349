"""Hostile and broken files: refused by name, in bounded time and memory.

The files go to one child process, which forks for each and says what came of it; what is
bounded is the growth of memory, and the time only as a guard against a hang.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from core.einvoice.samples import SAMPLES
from echeance.core.einvoice import pdf as pdfs
from echeance.core.einvoice.cii import read_cii, write_cii
from echeance.core.einvoice.detect import detect
from echeance.core.einvoice.errors import FileError, WrongEncodingError

CHILD = Path(__file__).with_name("bad_input_child.py")
XML = write_cii(SAMPLES["standard rate"])
TEXT = XML.decode()
GROWN_MB = 700
HANG_SECONDS = 45
MB = 1024 * 1024


def raw_pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF written by hand: object n is ``objects[n - 1]``."""
    out, places = b"%PDF-1.7\n%\x80\x80\x80\x80\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d %b>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            len(objects) + 1,
            table,
            len(objects) + 1,
            trailer,
            len(out),
        )
    )


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(data), data)


def deflated(data: bytes, entries: bytes = b"") -> bytes:
    return stream(zlib.compress(data, 9), b"/Filter/FlateDecode" + entries)


def with_file(embedded: bytes, *more: bytes) -> bytes:
    """A page and one attachment, whose content is the object ``embedded``."""
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(factur-x.xml) 4 0 R]>>>>>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        b"<</Type/Filespec/F(factur-x.xml)/UF(factur-x.xml)/EF<</F 5 0 R>>>>",
        embedded,
        *more,
    )


def with_page(content: bytes, *more: bytes, resources: bytes = b"") -> bytes:
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<%b>>>>" % resources,
        content,
        *more,
    )


def attached(names, *, password="") -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    for name, content in names:
        document.attachments[name] = pikepdf.AttachedFileSpec(document, content, filename=name)
    out = BytesIO()
    lock = pikepdf.Encryption(owner=password, user=password) if password else None
    document.save(out, encryption=lock)
    return out.getvalue()


def forms_in_forms(depth: int, width: int) -> bytes:
    """Forms that each draw the next one ``width`` times: ``width ** depth`` drawings."""
    draw = b"/F Do " * width
    forms = [
        stream(
            draw if number < depth else b"0 0 1 1 re f",
            b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>"
            % (number + 6),
        )
        for number in range(depth + 1)
    ]
    return with_page(stream(draw), *forms, resources=b"/XObject<</F 5 0 R>>")


def object_stream_bomb(megabytes: int) -> bytes:
    """One compressed object: an array of so many megabytes of figures."""
    packed = b"9 0 " + b"[" + b"1 " * (megabytes * MB // 2) + b"]"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/AF 9 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<<>>>>",
        deflated(packed, b"/Type/ObjStm/N 1/First 4"),
    ]
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    free = bytes(7)
    rows = [free, *(b"\x01" + place.to_bytes(5) + b"\x00" for place in (*places, len(out)))]
    rows += [free] * 3 + [b"\x02" + (4).to_bytes(5) + b"\x00"]
    table = stream(b"".join(rows), b"/Type/XRef/Size 10/W[1 5 1]/Root 1 0 R")
    return out + b"5 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, len(out))


LAUGHS = b"".join(
    b'<!ENTITY a%d "%b">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 12)
)
BOMB = b'<!DOCTYPE r [<!ENTITY a0 "ha">%b]><r>&a11;</r>' % LAUGHS
QUADRATIC = b'<!DOCTYPE r [<!ENTITY a "%b">]><r b="%b"/>' % (b"x" * 50_000, b"&a;" * 50_000)

# File, then what each step says: the reader, the PDF/A check, the comparison with the page.
HOSTILE: dict[str, tuple[bytes, str] | tuple[bytes, str, str, str]] = {
    "entity bomb": (BOMB, "einvoice.doctype_forbidden"),
    "entity bomb in an attribute": (QUADRATIC, "einvoice.doctype_forbidden"),
    "entity bomb after a long comment": (b"<!--" + b"x" * 100_000 + b"-->" + BOMB, "einvoice.doctype_forbidden"),
    "entity bomb in UTF-16": (BOMB.decode().encode("utf-16"), "einvoice.doctype_forbidden"),
    "external entity": (b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r>&a;</r>', "einvoice.doctype_forbidden"),
    "external parameter entity": (b'<!DOCTYPE r [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]><r/>', "einvoice.doctype_forbidden"),
    "100 MB of XML": (b"<a>" + b" " * (100 * MB) + b"</a>", "einvoice.file_too_large"),
    "100 MB of blanks": (b" " * (100 * MB), "einvoice.empty_file"),
    "100 MB of PDF": (b"%PDF-1.7\n" + bytes(100 * MB), *["einvoice.file_too_large"] * 3),
    "nested 300 times": (b"<a>" * 300 + b"</a>" * 300, "einvoice.xml_too_complex"),
    "nested 5 million times": (b"<a>" * 5_000_000, "einvoice.xml_too_complex"),
    "a million elements": (b"<a>" + b"<b/>" * 500_001 + b"</a>", "einvoice.xml_too_complex"),
    "a million attributes": (b"<a " + b" ".join(b'b%d=""' % n for n in range(500_001)) + b"/>", "einvoice.xml_too_complex"),
    "a text of 11 MB": (b"<a>" + b"x" * (11 * MB) + b"</a>", "einvoice.xml_too_complex"),
    "a name of 60,000 signs": (b"<" + b"x" * 60_000 + b"/>", "einvoice.xml_too_complex"),
    "Latin-1 announced as UTF-8": (TEXT.encode("latin-1", "replace"), "einvoice.wrong_encoding"),
    "an unknown encoding": (TEXT.replace("UTF-8", "MARTIEN-1").encode(), "einvoice.wrong_encoding"),
    "zeros": (bytes(1000), "einvoice.unknown_format"),
    "an archive": (b"PK\x03\x04" + bytes(1000), "einvoice.unknown_format"),
    "an empty PDF": (b"%PDF-1.7\n", *["einvoice.damaged_pdf"] * 3),
    "encrypted": (attached([("factur-x.xml", XML)], password="x"), *["einvoice.encrypted_pdf"] * 3),
    "two invoices": (attached([("a.xml", XML), ("b.xml", XML)]), "einvoice.several_xml_in_pdf", "ok", "ok"),
    "101 attachments": (attached([*((f"{n}.txt", b"") for n in range(100)), ("factur-x.xml", XML)]), "einvoice.too_many_attachments", "ok", "ok"),
    "20,000 attachments": (
        with_file(stream(XML), b"[%b]" % b"".join(b"(%05d) 4 0 R " % n for n in range(20_000))).replace(b"[(factur-x.xml) 4 0 R]", b" 6 0 R" + b" " * 16),
        "einvoice.too_many_attachments", "ok", "ok",
    ),
    "an attachment that inflates to 200 MB": (with_file(deflated(b"<a>" + b" " * (200 * MB))), "einvoice.damaged_pdf", "ok", "ok"),
    "an attachment inflated five times": (with_file(stream(XML, b"/Filter[%b]" % (b"/FlateDecode" * 5))), "einvoice.damaged_pdf", "ok", "ok"),
    "an attachment that is no stream": (with_file(b"[1 2 3]"), "einvoice.damaged_pdf", "ok", "ok"),
    "a stream of negative length": (with_file(b"<</Length -5>>\nstream\nx\nendstream"), "einvoice.damaged_pdf", "ok", "ok"),
    "a stream whose length is itself": (with_file(b"<</Length 5 0 R>>\nstream\nx\nendstream"), "einvoice.damaged_pdf", "ok", "ok"),
    "a tree of pages that turns in circles": (
        raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]>>"),
        *["einvoice.damaged_pdf"] * 3,
    ),
    "a page that is its own parent": (
        raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", b"<</Type/Page/Parent 3 0 R/MediaBox[0 0 9 9]>>"),
        "einvoice.no_xml_in_pdf", "ok", "ok",
    ),
    "a tree of names that turns in circles": (
        with_page(b"<</Kids[4 0 R 4 0 R]>>").replace(b"/Catalog/Pages 2 0 R", b"/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 4 0 R>>"),
        "einvoice.no_xml_in_pdf", "ok", "ok",
    ),
    "two files under one name": (
        with_file(stream(XML)).replace(b"[(factur-x.xml) 4 0 R]", b"[(a) 4 0 R(a) 4 0 R]  "),
        "einvoice.several_xml_in_pdf", "ok", "ok",
    ),
    "arrays 100,000 deep": (
        with_page(b"[" * 100_000 + b"]" * 100_000, resources=b"/X 4 0 R"), "einvoice.no_xml_in_pdf", "ok", "ok",
    ),
    "a form that draws itself": (
        with_page(stream(b"/F Do"), stream(b"/F Do", b"/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>"), resources=b"/XObject<</F 5 0 R>>"),
        "einvoice.no_xml_in_pdf", "ok", "ok",
    ),
}  # fmt: skip

HEAVY: dict[str, tuple[bytes, str] | tuple[bytes, str, str, str]] = {
    "an object of 60 MB in a stream": (object_stream_bomb(60), *["einvoice.pdf_too_heavy"] * 3),
    "an object of 40 MB in the file": (
        with_page(b"[" + b"1 " * (20 * MB) + b"]", resources=b"/X 4 0 R"), *["einvoice.pdf_too_heavy"] * 3,
    ),
    "an object of 60 MB, its filter hidden": (
        object_stream_bomb(60).replace(b"/FlateDecode", b"/Fl#61teDecode"), *["einvoice.pdf_too_heavy"] * 3,
    ),
    "as many unknown elements as allowed": (TEXT.replace("</rsm:ExchangedDocument>", "<b/>" * 499_000 + "</rsm:ExchangedDocument>").encode(), "ok"),
    "a page that inflates to 200 MB": (with_page(deflated(b"0 0 1 1 re f " * (200 * MB // 13))), "einvoice.no_xml_in_pdf", "einvoice.damaged_pdf", "einvoice.pdf_too_heavy"),
    "twenty streams of 60 MB": (with_page(*[deflated(bytes(60 * MB))] * 20), "einvoice.no_xml_in_pdf", "einvoice.pdf_too_heavy", "ok"),
    "forms in forms, 10 billion drawings": (forms_in_forms(10, 10), "einvoice.no_xml_in_pdf", "ok", "einvoice.pdf_too_heavy"),
}  # fmt: skip


def handled(folder: Path, files) -> dict[str, dict[str, object]]:
    paths = []
    for name, (content, *_) in files.items():
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    done = subprocess.run(
        [sys.executable, CHILD, *paths], capture_output=True, text=True, check=True
    )
    told = [json.loads(row) for row in done.stdout.splitlines()]
    return {facts["file"]: facts for facts in told}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    return handled(tmp_path_factory.mktemp("hostile"), HOSTILE)


@pytest.fixture(scope="module")
def heavy_outcomes(tmp_path_factory):
    return handled(tmp_path_factory.mktemp("heavy"), HEAVY)


def judge(facts, expected) -> None:
    steps = [facts[step] for step in ("detect", "pdfa", "compare") if step in facts]

    assert steps == list(expected)
    assert facts["grown_mb"] < GROWN_MB
    assert facts["seconds"] < HANG_SECONDS


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_by_name_within_bounds(outcomes, name):
    judge(outcomes[name], HOSTILE[name][1:])


@pytest.mark.slow
@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_file_stays_within_bounds(heavy_outcomes, name):
    judge(heavy_outcomes[name], HEAVY[name][1:])


# What is read, and said to be wrong


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encodings_of_xml_are_read(encoding):
    """A UTF-16 document without a mark is known by its declaration."""
    announced = "UTF-8" if encoding.startswith("utf-8") else "UTF-16"
    content = TEXT.replace("UTF-8", announced).encode(encoding)

    found = detect(content)

    assert (found.syntax, found.profile) == ("CII", "EN 16931")
    assert read_cii(content).invoice == SAMPLES["standard rate"]


def test_latin_1_that_says_so_is_read():
    content = TEXT.replace("UTF-8", "ISO-8859-1").encode("latin-1", "xmlcharrefreplace")

    assert read_cii(content).invoice == SAMPLES["standard rate"]


def test_a_wrong_encoding_says_what_to_ask_for():
    with pytest.raises(WrongEncodingError) as refusal:
        detect(TEXT.encode("latin-1", "replace"), "facture.xml")

    assert str(refusal.value) == (
        "Le XML du fichier facture.xml n'est pas écrit dans l'encodage qu'il annonce (ligne 2) : "
        "demandez à l'expéditeur de l'exporter à nouveau, en UTF-8."
    )


def test_a_word_that_looks_like_a_doctype_is_no_doctype():
    content = TEXT.replace("Étagère en chêne", "&lt;!DOCTYPE").encode()

    assert read_cii(content).invoice.lines[0].name == "<!DOCTYPE"


@pytest.mark.parametrize(
    ("right", "wrong", "term"),
    [
        (">578.16</ram:GrandTotalAmount>", ">578,16</ram:GrandTotalAmount>", "BT-112"),
        (">578.16</ram:GrandTotalAmount>", ">1 578.16</ram:GrandTotalAmount>", "BT-112"),
        (">578.16</ram:GrandTotalAmount>", ">NaN</ram:GrandTotalAmount>", "BT-112"),
        (">578.16</ram:GrandTotalAmount>", ">1e9</ram:GrandTotalAmount>", "BT-112"),
        (">20261124<", ">20260230<", "BT-2"),
        (">20261124<", ">00000000<", "BT-2"),
        (">20261124<", ">24/11/2026<", "BT-2"),
    ],
)
def test_a_value_that_cannot_be_read_is_found_and_never_guessed(right, wrong, term):
    assert TEXT.count(right) == 1

    result = read_cii(TEXT.replace(right, wrong).encode())

    [finding] = [item for item in result.findings if item.rule == "FORMAT"]
    assert (finding.location, finding.severity) == (term, "fatal")
    assert wrong.strip("<>").split("<")[0] in finding.message


@pytest.mark.parametrize("part", range(1, 20))
def test_a_pdf_cut_anywhere_is_refused_or_still_read(facturx, part):
    whole = facturx(SAMPLES["standard rate"])
    cut = whole[: len(whole) * part // 20]

    with suppress(FileError):
        assert detect(cut, "coupé.pdf").xml == XML


@pytest.mark.parametrize("tail", [b"", b"\n", b"  \r\n"])
def test_blanks_around_a_utf_16_document_are_kept_in_pairs(tail):
    content = (TEXT.replace("UTF-8", "UTF-16") + tail.decode()).encode("utf-16-be")

    assert detect(b"\xfe\xff" + content).syntax == "CII"


# Which PDF is opened at once, and which in a process with a ceiling first


def test_an_invoice_of_ours_is_opened_at_once(facturx):
    assert pdfs.is_plain(facturx(SAMPLES["standard rate"]))


@pytest.mark.parametrize(
    "content",
    [
        with_page(deflated(b"x" * 9 * MB)),
        with_page(*[deflated(b"x" * 3 * MB)] * 3),
        with_page(stream(b"x" * 3 * MB)),
        with_page(deflated(b"x").replace(b"/FlateDecode", b"/Fl#61teDecode")),
        with_page(deflated(b"x").replace(b"/Filter", b"/#46ilter")),
        with_page(deflated(b"x").replace(b"/Filter", b"%/DCTDecode\n/Filter")),
        with_page(deflated(b"x", b"/Filter/DCTDecode")),
        with_page(stream(b"x", b"/Filter/LZWDecode")),
        with_page(stream(b"x", b"/Filter[/ASCII85Decode/FlateDecode]")),
        with_page(stream(b"x", b"/Filter 5 0 R")),
        with_page(stream(zlib.compress(b"x" * 99 * MB)[:-9] + b"endstream", b"/Filter/FlateDecode")),
        with_page(stream(b"x", b"/FlateDecode/Filter" + b" " * 3000 + b"/FlateDecode")),
    ],
    ids=[
        "a stream too long", "streams too long together", "a file too long", "a letter by number",
        "a key by number", "a comment", "two filters", "LZW", "a chain", "a filter elsewhere",
        "data cut short", "entries too long",
    ],
)  # fmt: skip
def test_a_pdf_whose_weight_is_in_doubt_is_opened_apart_first(content, monkeypatch):
    asked = []
    monkeypatch.setattr(pdfs, "_probe", lambda *facts: asked.append(facts))

    with pdfs.opened(content, "reçu.pdf"):
        pass

    assert asked == [(content, "reçu.pdf")]
