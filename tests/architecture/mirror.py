"""Every public header has a unit test at the same relative path, which includes it first:
scrapingpros/wire/routes.hpp is tested by tests/unit/wire/routes.cpp. A large subject may be split by
theme instead (routes_query.cpp). Headers beside the layers are under base/ and client/."""

import re

import tree
from layers import INCLUDE, LAYER_OF

# They only gather other headers, or hold nothing that could be run.
NOTHING_TO_TEST = {"scrapingpros", "config", "fwd", "models", "policies", "sqlite_src", "src", "version"}

violations = []
headers = [
    path for path in tree.ours(".hpp", under="include/")
    if not re.match(r"include/scrapingpros/(detail|impl)/", tree.name_of(path))
]
for path in headers:
    header = tree.name_of(path).removeprefix("include/")
    folder, _, stem = header.removeprefix("scrapingpros/").removesuffix(".hpp").rpartition("/")
    if not folder and stem in NOTHING_TO_TEST:
        continue
    folder = folder or ("base" if LAYER_OF.get(stem) == "base" else "client")
    place = f"tests/unit/{folder}/{stem}"
    first_includes = [
        INCLUDE.search(tree.text_of(test))
        for test in tree.ours(".cpp", under=f"{place}.cpp") + tree.ours(".cpp", under=f"{place}_")
    ]
    if header not in [found.group(2) for found in first_includes if found]:
        violations.append(f"{header}: no {place}.cpp that includes it first")
tree.finish(violations, len(headers))
