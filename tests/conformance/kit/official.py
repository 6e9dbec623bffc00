"""The vendor's own Python client, in a virtual environment that the run makes: its version is pinned in
tests/peers/requirements.txt, and nowhere else."""

import pathlib
import shutil
import subprocess
import sys

REQUIREMENTS = pathlib.Path(__file__).resolve().parents[2] / "peers" / "requirements.txt"


def command(folder):
    """How to start Python with the client; NotHere if it cannot be had."""
    folder = pathlib.Path(folder)
    python, stamp, wanted = folder / "bin" / "python", folder / "installed", REQUIREMENTS.read_text("utf-8")
    if not (stamp.exists() and stamp.read_text("utf-8") == wanted and python.exists()):
        shutil.rmtree(folder, ignore_errors=True)
        _attempt("no virtual environment", [sys.executable, "-m", "venv", folder])
        _attempt("it cannot be installed", [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                                            "--retries", "1", "--requirement", REQUIREMENTS])
        stamp.write_text(wanted, "utf-8")
    return [str(python), "-B"]


def _attempt(what, words):
    from .subjects import NotHere
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=240)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotHere(f"{what}: {error}") from None
    if done.returncode:
        lines = done.stdout.strip().splitlines()
        raise NotHere(f"{what}: {lines[-1] if lines else 'no reason given'}")
