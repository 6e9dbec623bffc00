"""What the checks of this folder share: which files are ours, and how a check reports."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77  # CTest's SKIP_RETURN_CODE of these checks


def ours(*suffixes, under=""):
    """The files of the project that end in one of the suffixes (any, if none is given): what git
    tracks or would add, or everything outside build/ where the project was unpacked without git."""
    if (ROOT / ".git").exists():
        # The checkout may belong to another user, which git alone would refuse to read.
        command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
        command += ["--cached", "--others", "--exclude-standard"]
        listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
        names = set(os.fsdecode(listing).split("\0")) - {""}
    else:
        names = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*")}
        names = {name for name in names if not name.startswith("build/") and "__pycache__" not in name}
    paths = [ROOT / name for name in sorted(names) if name.startswith(under)]
    return [path for path in paths if path.is_file() and (not suffixes or path.name.endswith(suffixes))]


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def text_of(path):
    return path.read_text(encoding="utf-8")


def finish(violations, checked):
    """Ends the check. A check that looked at nothing has not passed."""
    if not checked:
        violations = [*violations, "nothing to check was found"]
    for violation in violations:
        print(violation)
    print(f"checked {checked}, {len(violations)} violations")
    sys.exit(1 if violations else 0)


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)
