"""Sets documents from a template nobody vouches for: started by ``core.typesetting_bounded`` only.

A template is a program: it can turn for ever, or ask for any amount of memory. The process gives
itself a ceiling of memory first; who started it counts the time and ends it. It sees no file but
those it is given.

Input: pickle-free frames, each a length of eight bytes and as many bytes of JSON. The first frame
gives the template, its fonts and files (base64); each next one a document. Output: one frame an
input frame: ``{"families": …}``, then ``{"pdf": base64}`` or ``{"error": reason, "line": n}``.
"""

from __future__ import annotations

import json
import os
import sys
from base64 import b64decode, b64encode
from datetime import datetime
from pathlib import Path
from typing import IO, Any

MEMORY_BYTES = 1 << 30


def limit() -> None:
    """Bound this process, where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def read_frame(stream: IO[bytes]) -> dict[str, Any] | None:
    """The next frame; none at the end."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    frame: dict[str, Any] = json.loads(stream.read(int.from_bytes(head)))
    return frame


def write_frame(stream: IO[bytes], frame: dict[str, Any]) -> None:
    """One frame, at once."""
    content = json.dumps(frame).encode()
    stream.write(len(content).to_bytes(8))
    stream.write(content)
    stream.flush()


def main() -> int:
    """Answer each frame; the exit status."""
    os.environ["RAYON_NUM_THREADS"] = "1"
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from echeance.core.typesetting import (
        FileAttachment,
        TemplateError,
        TextAttachment,
        Typesetter,
    )

    limit()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    first = read_frame(source)
    assert first is not None, "the template comes first"
    typesetter = Typesetter(
        first["template"],
        font_paths=[Path(path) for path in first["fonts"]],
        files={name: b64decode(content) for name, content in first["files"].items()},
    )
    write_frame(sink, {"families": list(typesetter.font_families)})
    while (frame := read_frame(source)) is not None:
        attachments: list[TextAttachment | FileAttachment] = [
            TextAttachment(**one)
            if "text" in one
            else FileAttachment(**{**one, "content": b64decode(one["content"])})
            for one in frame["attachments"]
        ]
        try:
            pdf = typesetter.render(
                frame["data"],
                timestamp=datetime.fromisoformat(frame["timestamp"]),
                attachments=attachments,
            )
        except TemplateError as error:
            write_frame(sink, {"error": error.reason, "line": error.line})
        else:
            write_frame(sink, {"pdf": b64encode(pdf).decode()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
