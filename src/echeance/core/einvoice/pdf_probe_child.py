"""Opens a PDF and all its objects in a process of its own: started by ``core.einvoice.pdf`` only.

qpdf bounds what one stream may inflate to, not what the objects inside it weigh: sixty kilobytes
can ask for gigabytes. The process gives itself a ceiling first; a hostile file ends it and nobody
else. A file that is merely broken is left to the caller, who names what is wrong.

Input: the file on standard input. Exit status: 0 within bounds, 4 too heavy.
"""

from __future__ import annotations

import io
import sys

MEMORY_BYTES = 768 << 20
CPU_SECONDS = 10
TOO_HEAVY = 4


def limit() -> None:
    """Bound this process, where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Open the file on standard input; the exit status."""
    import pikepdf

    limit()
    problems: list[object] = []
    try:
        with pikepdf.open(io.BytesIO(sys.stdin.buffer.read())) as pdf:
            for item in pdf.objects:
                isinstance(item, pikepdf.Array)  # asking what it is loads it
            problems = [*pdf.get_warnings()]
    except MemoryError:
        return TOO_HEAVY
    except Exception as error:  # noqa: BLE001  the caller meets it again and names it
        problems = [error]
    # qpdf takes a lack of memory for one more fault of the file.
    return TOO_HEAVY if any("bad_alloc" in str(problem) for problem in problems) else 0


if __name__ == "__main__":
    sys.exit(main())
