"""Failures that are known: by `case` or `case:check`, each with a reason, a link and a date of review."""

import json
import sys

MEMBERS = ("subject", "case", "reason", "issue", "review_by")


def load(path):
    if path is None:
        return []
    entries = json.loads(path.read_text("utf-8"))
    for number, entry in enumerate(entries):
        if set(entry) != set(MEMBERS) or any(c in entry["case"] for c in "*?["):
            sys.exit(f"{path}: entry {number} needs {', '.join(MEMBERS)}, and no wild card")
    return entries


def apply(outcome, entries, subject):
    """A known failure is xfail; a known one that holds is xpass, which fails the run."""
    for entry in entries:
        case, _, check = entry["case"].partition(":")
        if entry["subject"] != subject or case not in (outcome.id, outcome.variant.case["id"]):
            continue
        if outcome.status in ("fail", "warn"):
            broken = {c["id"] for c in outcome.checks if not c["holds"]}
            if not check or broken == {check}:
                outcome.status = "xfail"
        elif outcome.status == "pass":
            outcome.status, outcome.reason = "xpass", f"it holds, although it is known to fail: {entry['reason']}"
