"""What the pages use: fonts with their codes, colour spaces, graphics states, images, operators.

Only what is used counts: ISO 19005-3 lets an unused font lie in the file unembedded.

Source: ISO 32000-1 7.8.2 (content streams), annex A (operators).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from echeance.core.einvoice import pdf as pdfs
from echeance.core.einvoice.pdfa.clauses import words

MAX_CONTENT_BYTES: Final = 2 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 8 * 1024 * 1024
MAX_PAGES: Final = 2000
_MAX_DEPTH: Final = 12

OPERATORS: Final = words(
    "b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k "
    "l m M MP n q Q re RG rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W "
    "W* y ' \""
)
_DEVICE_OPERATORS: Final = {
    **dict.fromkeys(("g", "G"), "/DeviceGray"),
    **dict.fromkeys(("rg", "RG"), "/DeviceRGB"),
    **dict.fromkeys(("k", "K"), "/DeviceCMYK"),
}
# Colour spaces of inline images have short names (ISO 32000-1 table 93).
_DEVICE_NAMES: Final = {
    "/DeviceGray": "/DeviceGray",
    "/DeviceRGB": "/DeviceRGB",
    "/DeviceCMYK": "/DeviceCMYK",
    "/G": "/DeviceGray",
    "/RGB": "/DeviceRGB",
    "/CMYK": "/DeviceCMYK",
}
_DEFAULTS: Final = {
    "/DeviceGray": "/DefaultGray",
    "/DeviceRGB": "/DefaultRGB",
    "/DeviceCMYK": "/DefaultCMYK",
}
_INVISIBLE: Final = 3


@dataclass(slots=True)
class FontUse:
    """A font that shows text, and the bytes of all the strings shown with it."""

    font: Any
    strings: set[bytes] = field(default_factory=set)


@dataclass(slots=True)
class Usage:
    """What all the content streams of a file use.

    Attributes:
        fonts: By object; invisible text (mode 3) does not count.
        device_colours: ``/DeviceRGB``… used without a default colour space.
        states: Graphics state dictionaries set by ``gs``.
        xobjects: Images and forms drawn by ``Do``.
        intents: Rendering intents named.
        inline_filters: Filters of inline images.
        unknown_operators: Operators ISO 32000-1 does not define.
        nesting: Deepest ``q``.
        groups: Pages and forms with their transparency group or None: ``(owner, group)``.
        incomplete: Content too long to be looked at was passed over.
    """

    fonts: dict[object, FontUse] = field(default_factory=dict)
    device_colours: set[str] = field(default_factory=set)
    states: dict[object, Any] = field(default_factory=dict)
    xobjects: dict[object, Any] = field(default_factory=dict)
    intents: set[str] = field(default_factory=set)
    inline_filters: set[str] = field(default_factory=set)
    unknown_operators: set[str] = field(default_factory=set)
    nesting: int = 0
    incomplete: bool = False
    _seen: set[object] = field(default_factory=set)
    _bytes: int = 0

    def page(self, page: Any) -> None:
        """Take in a page: its content and the looks of its annotations."""
        resources = inherited(page, "/Resources")
        self._stream(page, page.get("/Contents"), resources, 0)
        for annotation in pdfs.elements(page.get("/Annots")):
            for appearance in _appearances(annotation):
                self.form(appearance, resources, 0)

    def form(self, form: Any, around: Any, depth: int) -> None:
        """A content stream that is an object of its own: form, appearance, pattern, glyph."""
        key = pdfs.key_of(form)
        if key in self._seen:
            return
        if depth > _MAX_DEPTH:
            self.incomplete = True
            return
        self._seen.add(key)
        resources = pdfs.entry(form, "/Resources")
        self._stream(form, form, around if resources is None else resources, depth)

    def _stream(self, owner: Any, content: Any, resources: Any, depth: int) -> None:
        length = sum(len(part.read_bytes()) for part in _parts(content))
        self._bytes += length
        if length > MAX_CONTENT_BYTES or self._bytes > MAX_TOTAL_BYTES:
            self.incomplete = True
            return
        if length:
            _Interpreter(self, resources, depth).run(owner)

    def _device(self, colour: str, resources: Any) -> None:
        if pdfs.entry(resources, "/ColorSpace", _DEFAULTS[colour]) is None:
            self.device_colours.add(colour)

    def colour(self, space: Any, resources: Any, depth: int = 0) -> None:
        """Take in a colour space: a name, or an array that may stand on others."""
        if depth > _MAX_DEPTH:
            self.incomplete = True
            return
        named = pdfs.name(space)
        if named in _DEVICE_NAMES:
            self._device(_DEVICE_NAMES[named], resources)
            return
        if named and (found := pdfs.entry(resources, "/ColorSpace", named)) is not None:
            self.colour(found, resources, depth + 1)
            return
        family, *rest = pdfs.elements(space) or [None]
        base = {"/Indexed": 0, "/I": 0, "/Pattern": 0, "/Separation": 1, "/DeviceN": 1}
        place = base.get(pdfs.name(family))
        if place is not None and len(rest) > place:
            self.colour(rest[place], resources, depth + 1)


def usage_of(pdf: Any) -> Usage:
    """Walk the pages of a file, at most ``MAX_PAGES``."""
    usage = Usage()
    for number, page in enumerate(pdf.pages):
        if number == MAX_PAGES:
            usage.incomplete = True
            break
        usage.page(page.obj)
    return usage


def inherited(page: Any, key: str) -> Any:
    """An entry of a page, or of the nearest node above it that has one (ISO 32000-1 7.7.3.4)."""
    for _ in range(50):
        if not pdfs.is_dictionary(page):
            return None
        if key in page:
            return page.get(key)
        page = page.get("/Parent")
    return None


def _parts(content: Any) -> list[Any]:
    parts = pdfs.elements(content) or [content]
    return [part for part in parts if pdfs.is_stream(part)]


def _appearances(annotation: Any) -> Iterator[Any]:
    """The appearance streams of an annotation, of all its states."""
    for _, look in pdfs.entries(pdfs.entry(annotation, "/AP")):
        if pdfs.is_stream(look):
            yield look
        else:
            yield from (state for _, state in pdfs.entries(look) if pdfs.is_stream(state))


class _Interpreter:
    """Runs one content stream for what it names; nothing is drawn."""

    def __init__(self, usage: Usage, resources: Any, depth: int) -> None:
        self._usage = usage
        self._resources = resources
        self._depth = depth
        self._font: Any = None
        self._mode = 0
        self._stack: list[tuple[Any, int]] = []

    def run(self, owner: Any) -> None:
        pikepdf = pdfs.bounded_pikepdf()
        for instruction in pikepdf.parse_content_stream(owner):
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                self._inline_image(instruction.iimage)
                continue
            operator = str(instruction.operator)
            if operator not in OPERATORS:
                self._usage.unknown_operators.add(operator[:20])
            elif operator in _DEVICE_OPERATORS:
                self._usage.colour(
                    pikepdf.Name(_DEVICE_OPERATORS[operator]), self._resources, self._depth
                )
            elif handler := _HANDLERS.get(operator):
                handler(self, list(instruction.operands))

    def _named(self, category: str, operands: list[Any]) -> Any:
        """The resource that the last operand names."""
        named = pdfs.name(operands[-1]) if operands else ""
        return pdfs.entry(self._resources, category, named) if named else None

    def save(self, _: list[Any]) -> None:
        self._stack.append((self._font, self._mode))
        self._usage.nesting = max(self._usage.nesting, len(self._stack))

    def restore(self, _: list[Any]) -> None:
        if self._stack:
            self._font, self._mode = self._stack.pop()

    def font(self, operands: list[Any]) -> None:
        self._font = self._named("/Font", operands[:1])

    def mode(self, operands: list[Any]) -> None:
        self._mode = (pdfs.whole(operands[0]) or 0) if operands else 0

    def show(self, operands: list[Any]) -> None:
        if self._font is None or self._mode == _INVISIBLE:
            return
        pikepdf = pdfs.bounded_pikepdf()
        pieces = pdfs.elements(operands[-1]) if operands else []
        shown = [item for item in pieces or operands[-1:] if isinstance(item, pikepdf.String)]
        use = self._usage.fonts.setdefault(pdfs.key_of(self._font), FontUse(self._font))
        use.strings.update(bytes(item) for item in shown)
        if pdfs.name(pdfs.entry(self._font, "/Subtype")) == "/Type3":
            for _, glyph in pdfs.entries(pdfs.entry(self._font, "/CharProcs")):
                if pdfs.is_stream(glyph):
                    around = pdfs.entry(self._font, "/Resources") or self._resources
                    self._usage.form(glyph, around, self._depth + 1)

    def state(self, operands: list[Any]) -> None:
        found = self._named("/ExtGState", operands)
        if found is None:
            return
        self._usage.states[pdfs.key_of(found)] = found
        font = pdfs.elements(pdfs.entry(found, "/Font"))
        if font:
            self._font = font[0]

    def space(self, operands: list[Any]) -> None:
        if operands:
            self._usage.colour(operands[-1], self._resources, self._depth)

    def pattern(self, operands: list[Any]) -> None:
        found = self._named("/Pattern", operands)
        if pdfs.is_stream(found):
            self._usage.form(found, self._resources, self._depth + 1)
        elif found is not None:
            self._usage.colour(
                pdfs.entry(found, "/Shading", "/ColorSpace"), self._resources, self._depth
            )

    def shading(self, operands: list[Any]) -> None:
        found = self._named("/Shading", operands)
        self._usage.colour(pdfs.entry(found, "/ColorSpace"), self._resources, self._depth)

    def draw(self, operands: list[Any]) -> None:
        found = self._named("/XObject", operands)
        if not pdfs.is_stream(found):
            return
        self._usage.xobjects[pdfs.key_of(found)] = found
        if pdfs.name(found.get("/Subtype")) == "/Form":
            self._usage.form(found, self._resources, self._depth + 1)
        elif found.get("/ImageMask") is not True:
            self._usage.colour(found.get("/ColorSpace"), self._resources, self._depth)

    def intent(self, operands: list[Any]) -> None:
        if operands:
            self._usage.intents.add(pdfs.name(operands[-1]))

    def _inline_image(self, image: Any) -> None:
        facts = image.obj
        filters = facts.get("/Filter", facts.get("/F"))
        for item in pdfs.elements(filters) or [filters]:
            self._usage.inline_filters.add(pdfs.name(item))
        if facts.get("/ImageMask", facts.get("/IM")) is not True:
            space = facts.get("/ColorSpace", facts.get("/CS"))
            self._usage.colour(space, self._resources, self._depth)


_HANDLERS: Final = {
    "q": _Interpreter.save,
    "Q": _Interpreter.restore,
    "Tf": _Interpreter.font,
    "Tr": _Interpreter.mode,
    **dict.fromkeys(("Tj", "TJ", "'", '"'), _Interpreter.show),
    "gs": _Interpreter.state,
    **dict.fromkeys(("cs", "CS"), _Interpreter.space),
    **dict.fromkeys(("scn", "SCN"), _Interpreter.pattern),
    "sh": _Interpreter.shading,
    "Do": _Interpreter.draw,
    "ri": _Interpreter.intent,
}
