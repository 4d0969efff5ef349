"""Pages of a PDF as pictures, for a screen."""

from __future__ import annotations

from io import BytesIO


def pictures(pdf: bytes, *, most: int = 2, width: int = 900) -> list[bytes]:
    """The first pages as PNG, so many pixels wide."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        drawn = []
        for number in range(min(len(document), most)):
            sheet = document[number]
            out = BytesIO()
            sheet.render(scale=width / sheet.get_width()).to_pil().save(out, "PNG", optimize=True)
            drawn.append(out.getvalue())
        return drawn
    finally:
        document.close()
