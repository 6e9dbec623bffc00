"""strong_symbols.py OBJECT…: an object that only includes our headers defines nothing that a second
one would define again. A function that lacks `inline` is named here; the linker would only find the
first. What is internal to each file (static, unnamed namespace) is not one entity and is named too."""

import subprocess
import sys

import tree

violations, checked = [], 0
for file in sys.argv[1:]:
    symbols = subprocess.run(["nm", "-C", file], check=True, capture_output=True, text=True).stdout.splitlines()
    checked += len(symbols)
    for line in symbols:
        kind, name = line[17:18], line[19:]
        if kind in "TtDdBbRr" and name.startswith("scrapingpros::"):
            violations.append(f"{name}: defined in every file that includes it ({kind})")
tree.finish(violations, checked)
