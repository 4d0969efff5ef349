"""Our own file breaks no clause of PDF/A-3; break one, and exactly that one is found."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from core.einvoice.samples import SAMPLES, SHARED
from echeance.core.einvoice.errors import DamagedPdfError, EncryptedPdfError, PdfTooHeavyError
from echeance.core.einvoice.pdfa import check_pdfa, file

FX = b"urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"

AS_IT_IS = {
    "fix_metadata_version": False,
    "compress_streams": False,
    "stream_decode_level": pikepdf.StreamDecodeLevel.none,
}


@pytest.fixture(scope="module")
def sealed(facturx) -> bytes:
    return facturx(SAMPLES["standard rate"])


def rewritten(content: bytes, change=None, **options) -> bytes:
    """The file saved again by pikepdf after ``change(pdf)``, the metadata left plain."""
    with pikepdf.open(BytesIO(content)) as pdf:
        if change:
            change(pdf)
        out = BytesIO()
        pdf.save(out, **(options or AS_IT_IS))
    return out.getvalue()


def found(content: bytes) -> list[tuple[str, str]]:
    return [(item.rule.removeprefix("ISO 19005-3 "), item.message) for item in check_pdfa(content)]


@pytest.mark.parametrize("name", SAMPLES)
def test_each_of_our_documents_breaks_no_clause(facturx, name):
    assert check_pdfa(facturx(SAMPLES[name])) == []


def test_saving_again_breaks_no_clause(sealed):
    assert found(rewritten(sealed)) == []


# Changes of the objects. Each returns nothing and edits one thing.


def xmp(old: bytes, new: bytes):
    """Replace text in the metadata."""

    def change(pdf):
        packet = pdf.Root.Metadata.read_bytes()
        assert old in packet
        pdf.Root.Metadata.write(packet.replace(old, new))

    return change


def page_content(extra: bytes):
    def change(pdf):
        pdf.pages[0].contents_add(extra)

    return change


def no_entry(*path: str):
    """Delete what stands at the end of ``path``, from the catalogue."""

    def change(pdf):
        *above, last = path
        target = pdf.Root
        for step in above:
            target = target[step]
        del target[last]

    return change


def fonts(pdf):
    return list(pdf.pages[0].Resources.Font.values())


def descriptor(font):
    return font.DescendantFonts[0].FontDescriptor


def unembed(pdf):
    del descriptor(fonts(pdf)[0])["/FontFile3"]


def unreadable_program(pdf):
    descriptor(fonts(pdf)[0]).FontFile3.write(b"\x01\x00not a font")


def no_unicode(pdf):
    del fonts(pdf)[0]["/ToUnicode"]


def wrong_width(pdf):
    """Glyph 1, after .notdef, becomes 40 thousandths wider: ``0 0 width 1 1 width``."""
    widths = fonts(pdf)[0].DescendantFonts[0].W
    widths[5] = widths[5] + 40


def file_specification(pdf):
    return pdf.Root.AF[0]


def drop(key):
    def change(pdf):
        del file_specification(pdf)[key]

    return change


def no_subtype(pdf):
    del file_specification(pdf).EF.F["/Subtype"]


def no_content(pdf):
    del file_specification(pdf)["/EF"]


def wrong_relationship(pdf):
    file_specification(pdf).AFRelationship = Name("/Facture")


def annotation(**entries):
    def change(pdf):
        facts = {"/Type": Name.Annot, "/Subtype": Name.Link, "/Rect": [0, 0, 9, 9], "/F": 4}
        facts |= {f"/{key}": value for key, value in entries.items()}
        pdf.pages[0].Annots = Array([pdf.make_indirect(Dictionary(facts))])

    return change


def javascript(pdf):
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def named_javascript(pdf):
    pdf.Root.Names.JavaScript = Dictionary(Names=[])


def on_closing(pdf):
    pdf.Root.AA = Dictionary(WC=Dictionary(S=Name.URI, URI=String("x")))


def lzw(pdf):
    # 128 "a" 257 in nine bits: clear, one sign, end (ISO 32000-1 7.4.4.2).
    stream = Stream(pdf, b"\x80\x18\x60\x20", Filter=Name.LZWDecode)
    pdf.Root.PieceInfo = pdf.make_indirect(stream)


def external(pdf):
    pdf.Root.PieceInfo = pdf.make_indirect(Stream(pdf, b"", F=String("ailleurs.bin")))


def intent(**entries):
    def change(pdf):
        for key, value in entries.items():
            pdf.Root.OutputIntents[0][f"/{key}"] = value

    return change


def profile(offset: int, new: bytes):
    """Overwrite bytes of the colour profile, in a copy the pages do not use."""

    def change(pdf):
        old = pdf.Root.OutputIntents[0].DestOutputProfile
        data = bytearray(old.read_bytes())
        data[offset : offset + len(new)] = new
        pdf.Root.OutputIntents[0].DestOutputProfile = Stream(pdf, bytes(data), N=3)

    return change


def state(**entries):
    def change(pdf):
        pdf.pages[0].Resources.ExtGState = Dictionary(
            Bad=Dictionary({f"/{key}": value for key, value in entries.items()})
        )
        pdf.pages[0].contents_add(b"q /Bad gs Q")

    return change


def drawn(**entries):
    def change(pdf):
        image = Stream(pdf, b"\x00", Type=Name.XObject, Width=1, Height=1, BitsPerComponent=8)
        image.Subtype, image.ColorSpace = Name.Image, Name.DeviceGray
        for key, value in entries.items():
            image[f"/{key}"] = value
        pdf.pages[0].Resources.XObject = Dictionary(Bad=image)
        pdf.pages[0].contents_add(b"q /Bad Do Q")

    return change


def transparent_without_intent(pdf):
    del pdf.Root["/OutputIntents"]
    pdf.pages[0].Group = Dictionary(Type=Name.Group, S=Name.Transparency)


def form(**entries):
    def change(pdf):
        pdf.Root.AcroForm = Dictionary(
            {"/Fields": Array()} | {f"/{k}": v for k, v in entries.items()}
        )

    return change


def field(**entries):
    """An annotation that the form lists too."""

    def change(pdf):
        annotation(**entries)(pdf)
        form(Fields=Array([pdf.pages[0].Annots[0]]))(pdf)

    return change


def title(pdf):
    pdf.docinfo["/Title"] = "Une autre facture"


FILE_NAME = "Le fichier joint factur-x.xml"
BROKEN = {
    "no output intent": (no_entry("/OutputIntents"), "6.2.3", "Le profil de couleur de sortie (OutputIntent) manque."),
    "output intent without profile": (lambda pdf: pdf.Root.OutputIntents[0].__delitem__("/DestOutputProfile"), "6.2.3", "Le profil de couleur de sortie n'est pas incorporé."),
    "output intent of another norm": (intent(S=Name("/GTS_PDFX")), "6.2.3", "Le profil de couleur de sortie (OutputIntent) manque."),
    "profile that is none": (profile(36, b"????"), "6.2.3", "Le profil de couleur de sortie n'est pas un profil ICC."),
    "profile cut short": (profile(0, b"\x00\x00\x02\x00"), "6.2.3", "Le profil de couleur de sortie annonce 512 octets et en a 480."),
    "profile of version 5": (profile(8, b"\x05"), "6.2.3", "Le profil de couleur de sortie est d'une version d'ICC que PDF/A-3 n'admet pas (5)."),
    "profile of a camera": (profile(12, b"scnr"), "6.2.3", "Le profil de couleur de sortie n'est pas celui d'un écran ou d'une imprimante."),
    "grey profile for three colours": (profile(16, b"GRAY"), "6.2.3", "Le profil de couleur de sortie n'a pas le nombre de composantes annoncé (N)."),
    "profile with a broken table": (profile(136, b"\x7f\xff\xff\xff"), "6.2.3", "Le profil de couleur de sortie a une table abîmée."),
    "colours of print": (page_content(b"q 0 0 0 1 k Q"), "6.2.4.3", "Une page utilise la couleur DeviceCMYK, que le profil de sortie ne définit pas."),
    "transfer function": (state(TR=Name.Identity), "6.2.5", "Un état graphique contient l'entrée interdite TR."),
    "rendering intent": (page_content(b"q /Joli ri Q"), "6.2.6", "L'intention de rendu Joli n'est pas de la norme."),
    "smoothed image": (drawn(Interpolate=True), "6.2.8", "Une image demande à être lissée (Interpolate)."),
    "alternate image": (drawn(Alternates=Array()), "6.2.8", "Une image contient l'entrée interdite Alternates."),
    "postscript": (drawn(Subtype2=Name.PS), "6.2.9", "Une page contient un programme PostScript."),
    "blend mode": (state(BM=Name("/Eclat")), "6.2.10", "Le mode de fusion /Eclat n'est pas de la norme."),
    "font not embedded": (unembed, "6.2.11.4", "n'est pas incorporée au fichier."),
    "font that is none": (unreadable_program, "6.2.11.4", "est illisible."),
    "wrong width": (wrong_width, "6.2.11.5", "annonce des largeurs fausses pour 1 caractères"),
    "no table of Unicode": (no_unicode, "6.2.11.7", "n'a pas de table Unicode (ToUnicode)"),
    "glyph that is not there": (page_content(b"q BT /f0 9 Tf <0FFF> Tj ET Q"), "6.2.11.8", "n'a pas le glyphe de 1 des codes imprimés, dont 4095."),
    "glyph without name": (page_content(b"q BT /f0 9 Tf <0000> Tj ET Q"), "6.2.11.8", "n'a pas le glyphe de 1 des codes imprimés, dont 0."),
    "unknown operator": (page_content(b"q zut Q"), "6.2.2", "Une page contient un opérateur inconnu (zut)."),
    "too many states": (page_content(b"q " * 29 + b"Q " * 29), "6.1.13", "Une page imbrique 29 états graphiques, plus que les 28 permis."),
    "LZW": (lzw, "6.1.7.2", "Un flux utilise un filtre interdit (LZWDecode)."),
    "LZW inside the page": (page_content(b"q BI /W 1 /H 1 /CS /G /BPC 8 /F /LZW ID \x80\x18\x60\x20 EI Q"), "6.1.10", "Une image dans la page utilise un filtre interdit (LZWDecode)."),
    "stream elsewhere": (external, "6.1.7.1", "Un flux prend ses données dans un autre fichier."),
    "film": (annotation(Subtype=Name.Movie, AP=Dictionary()), "6.3.1", "Annotation interdite (Movie, page 1)."),
    "annotation without flags": (annotation(F=None), "6.3.2", "Une annotation (Link, page 1) n'a pas de drapeaux."),
    "annotation not printed": (annotation(F=0), "6.3.2", "Une annotation (Link, page 1) est cachée ou ne s'imprime pas."),
    "hidden annotation": (annotation(F=6), "6.3.2", "Une annotation (Link, page 1) est cachée ou ne s'imprime pas."),
    "note without look": (annotation(Subtype=Name.Text), "6.3.3", "Une annotation (Text, page 1) n'a pas d'apparence."),
    "form the reader draws": (form(NeedAppearances=True), "6.4.1", "Le formulaire laisse le lecteur dessiner ses champs."),
    "field that acts": (field(Subtype=Name.Widget, AP=Dictionary(), A=Dictionary(S=Name.URI)), "6.4.1", "Un champ de formulaire (page 1) déclenche une action."),
    "XFA form": (form(XFA=Array()), "6.4.2", "Le document contient un formulaire XFA."),
    "script on opening": (javascript, "6.5.1", "Le document contient une action interdite (JavaScript)."),
    "named script": (named_javascript, "6.5.1", "Le document contient du JavaScript."),
    "program started by a link": (annotation(A=Dictionary(S=Name.Launch)), "6.5.1", "Le document contient une action interdite (Launch)."),
    "unknown named action": (annotation(A=Dictionary(S=Name.Named, N=Name("/Print"))), "6.5.1", "Le document contient une action interdite (Named)."),
    "action on closing": (on_closing, "6.5.2", "Le document déclenche une action automatique (AA)."),
    "no metadata": (no_entry("/Metadata"), "6.6.2.1", "Les métadonnées XMP manquent ou sont illisibles."),
    "metadata cut short": (xmp(b"</rdf:RDF>", b""), "6.6.2.1", "Les métadonnées XMP manquent ou sont illisibles."),
    "metadata with a forbidden header": (xmp(b'id="W5M0MpCehiHzreSzNTczkc9d"', b'id="W5M0MpCehiHzreSzNTczkc9d" encoding="UTF-8"'), "6.6.2.1", "L'en-tête des métadonnées XMP porte un attribut interdit."),
    "schema not described": (xmp(FX + b"</pdfaSchema", b"urn:autre</pdfaSchema"), "6.6.2.3", "Le schéma d'extension Factur-X n'est pas déclaré."),
    "property badly described": (xmp(b"<pdfaProperty:name>Version<", b"<pdfaProperty:name>Versio<"), "6.6.2.3", "La propriété Factur-X Version est mal décrite."),
    "type that is no invoice": (xmp(b">INVOICE<", b">ORDER<"), "6.6.2.3", "La propriété Factur-X DocumentType manque ou est fausse."),
    "version of Factur-X": (xmp(b"<fx:Version>1.0<", b"<fx:Version>2.0<"), "6.6.2.3", "La propriété Factur-X Version manque ou est fausse."),
    "level unknown": (xmp(b">EN 16931</fx:", b">COMFORT</fx:"), "6.6.2.3", "Le niveau de conformité Factur-X manque ou est inconnu."),
    "another file named": (xmp(b"<fx:DocumentFileName>factur-x.xml<", b"<fx:DocumentFileName>facture.xml<"), "6.6.2.3", "Les métadonnées nomment un fichier qui n'est pas joint."),
    "property of a stranger": (xmp(b"<pdfaid:part>", b'<z:a xmlns:z="urn:z">1</z:a><pdfaid:part>'), "6.6.2.3", "La propriété a (urn:z) n'est pas décrite."),
    "title": (title, "6.6.3", "La valeur Title diffère entre Info et les métadonnées XMP."),
    "another part": (xmp(b"<pdfaid:part>3<", b"<pdfaid:part>1<"), "6.6.4", "Les métadonnées ne déclarent pas le PDF/A-3."),
    "not tagged": (no_entry("/MarkInfo"), "6.7.2", "Le document n'est pas déclaré balisé (MarkInfo)."),
    "no structure": (no_entry("/StructTreeRoot"), "6.7.3", "L'arbre de structure du document manque."),
    "no associated file": (no_entry("/AF"), "6.8", "Aucun fichier n'est associé au document (AF)."),
    "no relationship": (drop("/AFRelationship"), "6.8", "La relation du fichier joint factur-x.xml manque ou est fausse."),
    "wrong relationship": (wrong_relationship, "6.8", "La relation du fichier joint factur-x.xml manque ou est fausse."),
    "data beside the page": (xmp(b">EN 16931</fx:", b">BASIC WL</fx:"), "6.8", "Au niveau BASIC WL, le XML est joint comme donnée (Data)."),
    "no F": (drop("/F"), "6.8", f"{FILE_NAME} n'a pas ses deux noms (F et UF)."),
    "no UF": (drop("/UF"), "6.8", f"{FILE_NAME} n'a pas ses deux noms (F et UF)."),
    "no content": (no_content, "6.8", f"{FILE_NAME} n'a pas de contenu (EF)."),
    "no type": (no_subtype, "6.8", f"{FILE_NAME} n'a pas de type (Subtype)."),
    "no date": (lambda pdf: file_specification(pdf).EF.F.Params.__delitem__("/ModDate"), "6.8", f"{FILE_NAME} n'a pas de date de modification."),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_clause_is_found_and_no_other(sealed, case):
    change, clause, sentence = BROKEN[case]

    [(rule, message)] = found(rewritten(sealed, change))

    assert rule == clause
    assert sentence in message


# Changes of the bytes


@pytest.mark.parametrize(
    ("change", "clause", "sentence"),
    [
        (lambda b: b"\n" + b, "6.1.2", "Le fichier ne commence pas par l'en-tête d'un PDF 1.x."),
        (lambda b: b.replace(b"%\x80\x80\x80\x80", b"%abcd", 1), "6.1.2", "Le commentaire binaire manque après l'en-tête."),
        (lambda b: b + b"rien", "6.1.3", "Le fichier ne finit pas par sa marque de fin (%%EOF)."),
    ],
)  # fmt: skip
def test_the_bytes_around_the_objects_count_too(sealed, change, clause, sentence):
    assert (clause, sentence) in found(change(sealed))


def test_an_identifier_must_be_there(sealed):
    broken = sealed.replace(b"/ID", b"/IX")

    assert ("6.1.3", "L'identifiant du fichier (ID) manque.") in found(broken)


def test_encryption_is_found_when_the_password_is_empty(sealed):
    locked = rewritten(sealed, encryption=pikepdf.Encryption(owner="secret", user=""))

    assert found(locked) == [("6.1.3", "Le fichier est chiffré.")]


def test_a_password_is_refused_by_name(sealed):
    locked = rewritten(sealed, encryption=pikepdf.Encryption(owner="secret", user="secret"))

    with pytest.raises(EncryptedPdfError):
        check_pdfa(locked, "facture.pdf")


def test_several_breaches_are_found_at_once(sealed):
    def change(pdf):
        javascript(pdf)
        no_subtype(pdf)
        unembed(pdf)

    assert [rule for rule, _ in found(rewritten(sealed, change))] == ["6.2.11.4", "6.5.1", "6.8"]


def test_a_table_of_unicode_is_only_wished_for_at_level_b(sealed):
    def change(pdf):
        xmp(b"conformance>A<", b"conformance>B<")(pdf)
        no_unicode(pdf)

    [finding] = check_pdfa(rewritten(sealed, change))

    assert (finding.rule, finding.severity) == ("ISO 19005-3 6.2.11.7", "warning")


def test_a_transparent_page_without_intent_says_in_which_colours(sealed):
    assert [rule for rule, _ in found(rewritten(sealed, transparent_without_intent))] == [
        "6.2.3",
        "6.2.10",
    ]


def test_an_unused_font_need_not_be_embedded(sealed):
    def change(pdf):
        pdf.pages[0].Resources.Font.Unused = Dictionary(
            Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica
        )

    assert found(rewritten(sealed, change)) == []


def test_invisible_text_needs_no_font_but_visible_text_does(sealed):
    def change(render: bytes):
        def add(pdf):
            pdf.pages[0].Resources.Font.Core = pdf.make_indirect(
                Dictionary(
                    Type=Name.Font,
                    Subtype=Name.Type1,
                    BaseFont=Name.Helvetica,
                    Encoding=Name.WinAnsiEncoding,
                )
            )
            pdf.pages[0].contents_add(b"q BT %b Tr /Core 9 Tf (a) Tj ET Q" % render)

        return add

    assert found(rewritten(sealed, change(b"3"))) == []
    assert found(rewritten(sealed, change(b"0"))) == [
        ("6.2.11.4", "La police Helvetica n'est pas incorporée au fichier.")
    ]


def test_what_is_drawn_inside_a_form_counts(sealed):
    def change(pdf):
        inner = Stream(pdf, b"0 0 0 1 k", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1])
        inner.Resources = Dictionary(XObject=Dictionary(Again=inner))
        inner = pdf.make_indirect(inner)
        pdf.pages[0].Resources.XObject = Dictionary(Fo=inner)
        pdf.pages[0].contents_add(b"q /Fo Do Q")

    assert [rule for rule, _ in found(rewritten(sealed, change))] == ["6.2.4.3"]


def test_a_long_page_is_said_not_to_be_looked_at(sealed):
    found_ = check_pdfa(rewritten(sealed, page_content(b"q Q " * 600_000)))

    assert ("ISO 19005-3 6.2.2", "warning") in [(item.rule, item.severity) for item in found_]


def test_a_file_that_inflates_too_much_is_refused(sealed, monkeypatch):
    monkeypatch.setattr(file, "MAX_INFLATED_BYTES", 1000)

    with pytest.raises(PdfTooHeavyError, match=r"facture\.pdf est trop lourd"):
        check_pdfa(sealed, "facture.pdf")


def test_what_is_no_pdf_is_damaged():
    with pytest.raises(DamagedPdfError):
        check_pdfa(b"%PDF-1.7\n")


@pytest.mark.parametrize("kind", ["akretion", "fnfe_ok"])
def test_files_of_others_break_no_clause_that_makes_them_invalid(kind):
    folder = SHARED / "data/supplier_invoices/facturx" / kind
    if not folder.exists():
        pytest.skip("needs ../shared/data beside the repository")

    for path in sorted(folder.glob("*.pdf")):
        findings = check_pdfa(path.read_bytes(), path.name)

        assert {item.rule for item in findings} <= {"ISO 19005-3 6.6.3"}, path.name
        assert {item.severity for item in findings} <= {"warning"}


def test_fonttools_is_loaded_only_when_a_font_is_looked_at():
    code = (
        "import sys; import echeance.core.einvoice.pdfa, echeance.core.einvoice.detect; "
        "sys.exit(any(name.split('.')[0] in {'fontTools', 'pikepdf'} for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
