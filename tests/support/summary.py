"""Reads the results that CTest wrote: names what failed and what was skipped, then counts.

The last line is "PASSED FAILED"; tests/run makes its closing line of it.
"""

import sys
import xml.etree.ElementTree

passed, failed, skipped = 0, [], []
for case in xml.etree.ElementTree.parse(sys.argv[1]).getroot().iter("testcase"):
    name, status = case.get("name"), case.get("status")
    reason = case.find("skipped")
    said = (case.findtext("system-out") or "").strip().splitlines()
    if status == "run":
        passed += 1
    elif status == "disabled" or (reason is not None and reason.get("message", "").startswith("SKIP_")):
        skipped.append((name, said[-1] if said else "disabled"))
    else:  # failed, or could not even be started
        failed.append(name)

for name, why in skipped:
    print(f"skipped: {name}: {why.removeprefix('skipped: ')}")
for name in failed:
    print(f"FAILED: {name}")
if not passed and not failed:
    failed = ["no test was run"]
    print("FAILED: no test was run")
print(passed, len(failed))
