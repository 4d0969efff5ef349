"""Put the project's src on the environment's path, and its command beside Python.

An editable install would ask the registry for a build backend; two small files do the same.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"
COMMAND = """#!{python}
from echeance.cli.main import main

main()
"""


def main() -> None:
    """Write ``echeance.pth`` in site-packages and the ``echeance`` command in bin."""
    Path(sysconfig.get_path("purelib"), "echeance.pth").write_text(f"{SOURCE}\n")
    command = Path(sys.executable).parent / "echeance"
    command.write_text(COMMAND.format(python=sys.executable))
    command.chmod(0o755)


if __name__ == "__main__":
    main()
