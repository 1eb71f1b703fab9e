"""
Make ``.venv`` from ``requirements.lock``: ``python3 tools/setup_env.py``.

Needs Python 3.11 or newer and nothing else. Packages are installed by uv, which
pip brings, and by pip itself where uv cannot be had; both check every file
against the hash in the lock. A second call sees the stamp and does nothing.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  this file must tell an older Python what is wrong
    sys.exit(
        "kpikit needs Python 3.11 or newer, and this is Python {}.{}. "
        "Name a newer one, for example: make PYTHON=python3.12".format(*sys.version_info[:2])
    )

import hashlib
import os
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "kpikit.stamp"
UV = "uv>=0.5,<1"


def fingerprint() -> str:
    """Digest of everything the environment depends on: lock, package settings, Python, folder."""
    digest = hashlib.sha256()
    for path in (LOCK, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    digest.update(f"{sys.version_info[:2]} {ROOT}".encode())
    return digest.hexdigest()


def is_ready() -> bool:
    """Tell whether ``.venv`` was completed from the very same lock, settings and Python."""
    return VENV_PYTHON.exists() and STAMP.exists() and STAMP.read_text().strip() == fingerprint()


def create_venv() -> None:
    """Make the virtual environment anew; one of another Python version is cleared first."""
    settings = VENV / "pyvenv.cfg"
    version = "version = {}.{}.".format(*sys.version_info[:2])
    keep = VENV_PYTHON.exists() and settings.exists() and version in settings.read_text()
    if keep and run_quietly("-m", "pip", "--version"):
        return
    print("Making .venv with Python {}.{} ...".format(*sys.version_info[:2]), flush=True)
    call = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(call, capture_output=True, text=True)
    if done.returncode:
        sys.exit(
            f"The virtual environment {VENV} could not be made:\n"
            f"{(done.stdout + done.stderr).strip()}\n"
            "On Debian and Ubuntu install the package python3-venv, then repeat the command."
        )


def run(*arguments: str) -> None:
    """Run the environment's Python; raise CalledProcessError on failure."""
    subprocess.run([str(VENV_PYTHON), *arguments], check=True, cwd=ROOT)


def run_quietly(*arguments: str) -> bool:
    """Run the environment's Python without a word and tell whether it went well."""
    done = subprocess.run([str(VENV_PYTHON), *arguments], capture_output=True, cwd=ROOT)
    return done.returncode == 0


def install_with_uv() -> None:
    """Bring the environment to exactly what the lock names, then add kpikit itself."""
    target = ("--quiet", "--python", str(VENV_PYTHON))
    run("-m", "uv", "pip", "sync", *target, "--require-hashes", str(LOCK))
    run("-m", "uv", "pip", "install", *target, "--no-deps", "--editable", str(ROOT))


def install_with_pip() -> None:
    """Install what the lock names, then kpikit itself, with pip alone."""
    run("-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", str(LOCK))
    run("-m", "pip", "install", "--quiet", "--no-deps", "--editable", str(ROOT))


def install() -> None:
    """Install the locked packages and kpikit."""
    have_uv = run_quietly("-m", "uv", "--version") or run_quietly("-m", "pip", "install", UV)
    if have_uv:
        print("Installing the locked packages with uv (about 20 s) ...", flush=True)
        try:
            install_with_uv()
            return
        except subprocess.CalledProcessError:
            print("uv failed; see above.", flush=True)
    print("Installing the locked packages with pip (about 90 s) ...", flush=True)
    try:
        install_with_pip()
    except subprocess.CalledProcessError as error:
        sys.exit(
            f"pip could not install the packages of {LOCK.name}; its words stand above. "
            f"Check the network or the proxy, then repeat the command. [exit {error.returncode}]"
        )


def main() -> None:
    """Make the environment unless it is already there."""
    if is_ready():
        return
    started = time.monotonic()
    STAMP.unlink(missing_ok=True)
    create_venv()
    install()
    STAMP.write_text(fingerprint() + "\n")
    print(f"The environment is ready ({time.monotonic() - started:.0f} s).", flush=True)


if __name__ == "__main__":
    main()
