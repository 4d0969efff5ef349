"""Typesetting of a template that a person wrote: in a process of its own, bounded.

The house's own template is set in the process that asks (:mod:`echeance.core.typesetting`); any
other one here, where a loop without end or a flood of pages ends the child and nobody else.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import weakref
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

from echeance.core import typesetting_child
from echeance.core.typesetting import FileAttachment, TemplateError, TextAttachment

SECONDS: Final = 10
"""Longest time for one document; one of a hundred pages takes less than two."""
OUTPUT_BYTES_MAX: Final = 30_000_000
TOO_LONG: Final = f"il n'a pas fini en {SECONDS} secondes (une boucle sans fin ?)"
TOO_MUCH: Final = "il demande trop de mémoire"
TOO_LARGE: Final = f"le document dépasse {OUTPUT_BYTES_MAX // 1_000_000} Mo"


class BoundedTypesetter:
    """The same as :class:`echeance.core.typesetting.Typesetter`, in a process that can be ended.

    The process starts with the first document and starts again after one that was ended. For one
    thread.
    """

    def __init__(
        self,
        template: str,
        *,
        font_paths: Sequence[Path] = (),
        files: Mapping[str, bytes] | None = None,
        seconds: float = SECONDS,
    ) -> None:
        """Prepare a template.

        Args:
            template: Source of the Typst template.
            font_paths: Folders or files of fonts.
            files: What the template may open, by name.
            seconds: Longest time for one document.
        """
        self._first = {
            "template": template,
            "fonts": [str(path) for path in font_paths],
            "files": {name: b64encode(content).decode() for name, content in (files or {}).items()},
        }
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None
        # What a process that is ended leaves behind goes with this folder.
        self._folder = Path(mkdtemp(prefix="echeance-bounded-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._families: tuple[str, ...] = ()

    @property
    def font_families(self) -> tuple[str, ...]:
        """Families that the template may name."""
        if not self._families:
            self._running()
        return self._families

    def render(
        self,
        data: Mapping[str, Any],
        *,
        timestamp: datetime,
        attachments: Iterable[TextAttachment | FileAttachment] = (),
    ) -> bytes:
        """Render one document; see :meth:`echeance.core.typesetting.Typesetter.render`.

        Raises:
            TemplateError: The template fails or warns, takes too long, too much memory, or makes
                too large a file.
        """
        frame = {
            "data": data,
            "timestamp": timestamp.isoformat(),
            "attachments": [_shape(one) for one in attachments],
        }
        answer = self._ask(self._running(), frame)
        if "error" in answer:
            raise TemplateError(answer["error"], answer["line"])
        pdf = b64decode(answer["pdf"])
        if len(pdf) > OUTPUT_BYTES_MAX:
            raise TemplateError(TOO_LARGE)
        return pdf

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            # Isolated mode, by path: nothing of the environment is imported there.
            child = subprocess.Popen(  # noqa: S603  a fixed command line
                [sys.executable, "-I", str(Path(typesetting_child.__file__))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"TMPDIR": str(self._folder), "PATH": ""},
            )
            weakref.finalize(self, _end, child)
            self._child = child
            self._families = tuple(self._ask(child, self._first)["families"])
        return self._child

    def _ask(self, child: subprocess.Popen[bytes], frame: dict[str, Any]) -> dict[str, Any]:
        assert child.stdin is not None, "it is piped"
        assert child.stdout is not None, "it is piped"
        late = threading.Event()

        def end() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(self._seconds, end)
        timer.start()
        try:
            typesetting_child.write_frame(child.stdin, frame)
            answer = typesetting_child.read_frame(child.stdout)
        except (OSError, ValueError):
            answer = None
        finally:
            timer.cancel()
        if answer is None:
            _end(child)
            raise TemplateError(TOO_LONG if late.is_set() else TOO_MUCH)
        return answer


def _shape(one: TextAttachment | FileAttachment) -> dict[str, str]:
    shape = {
        "name": one.name,
        "relationship": one.relationship,
        "mime_type": one.mime_type,
        "description": one.description,
    }
    if isinstance(one, TextAttachment):
        return {**shape, "text": one.text}
    return {**shape, "content": b64encode(one.content).decode()}


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                continue
    child.wait()
