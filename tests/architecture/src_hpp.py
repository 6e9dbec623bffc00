"""src.hpp and, for the component with SQLite, sqlite_src.hpp, which compile the definitions once,
include every definition file; and so does some header in header-only mode, or users of that mode
would miss it."""

import re

import tree

definitions = {tree.name_of(path).removeprefix("include/") for path in tree.ours(".ipp", under="include/")}
lists = {"src.hpp": [], "sqlite_src.hpp": []}
included = set()
for path in tree.ours(".hpp", ".ipp", under="include/"):
    found = re.findall(r"^\s*#\s*include <(\S+\.ipp)>", tree.text_of(path), re.MULTILINE)
    if path.name in lists:
        lists[path.name] = found
    else:
        included |= set(found)

violations = [f"{name}: no header includes it" for name in sorted(definitions - included)]
for header, listed in lists.items():
    theirs = {name for name in definitions if ("/sqlite" in name) == header.startswith("sqlite")}
    violations += [f"{header}: does not include {name}" for name in sorted(theirs - set(listed))]
    violations += [f"{header}: includes {name}, which is not its own" for name in sorted(set(listed) - theirs)]
    if listed != sorted(set(listed)):
        violations.append(f"{header}: its list is not sorted")
tree.finish(violations, len(definitions))
