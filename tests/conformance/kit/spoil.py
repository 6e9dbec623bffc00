"""Damages what a subject has put aside, as a full disk, a bad one, or an older program would."""

import re

VERSION = re.compile(rb'((?:version|format|checkpoint)"?\W{0,4})(\d+)', re.IGNORECASE)


def spoil(folder, how):
    """Each file is `cut` in half, has a bit flipped (`flip`), or says that it is of a newer version (`newer`);
    false if there was none, or none that says its version."""
    done = False
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.stat().st_size):
        data = path.read_bytes()
        changed = HOW[how](data)
        if changed != data:
            path.write_bytes(changed)
            done = True
    return done


def _flip(data):
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


HOW = {"cut": lambda data: data[: len(data) // 2], "flip": _flip, "newer": lambda data: VERSION.sub(rb"\g<1>9\2", data, 1)}
