"""models.hpp and policies.hpp bring every header of their folder, in order."""

import re

import tree

violations, checked = [], 0
for group, folder in [("models", "model"), ("policies", "policy")]:
    header = tree.ROOT / "include" / "scrapingpros" / f"{group}.hpp"
    listed = re.findall(r"^#include <scrapingpros/(\S+)>", tree.text_of(header), re.MULTILINE)
    parts = [
        tree.name_of(path).removeprefix("include/scrapingpros/")
        for path in tree.ours(".hpp", under=f"include/scrapingpros/{folder}/")
    ]
    checked += len(parts)
    violations += [f"{group}.hpp: does not include {name}" for name in parts if name not in listed]
    if listed != sorted(listed):
        violations.append(f"{group}.hpp: its list is not sorted")
tree.finish(violations, checked)
