"""src.hpp, which compiles the definitions once, includes every definition file; and so does some
header in header-only mode, or users of that mode would miss it."""

import re

import tree

definitions = {tree.name_of(path).removeprefix("include/") for path in tree.ours(".ipp", under="include/")}
listed, included = [], set()
for path in tree.ours(".hpp", ".ipp", under="include/"):
    found = re.findall(r"^\s*#\s*include <(\S+\.ipp)>", tree.text_of(path), re.MULTILINE)
    if path.name == "src.hpp":
        listed = found
    else:
        included |= set(found)

violations = [f"src.hpp: does not include {name}" for name in sorted(definitions - set(listed))]
violations += [f"src.hpp: includes {name}, which does not exist" for name in sorted(set(listed) - definitions)]
violations += [f"{name}: no header includes it" for name in sorted(definitions - included)]
if listed != sorted(set(listed)):
    violations.append("src.hpp: its list is not sorted")
tree.finish(violations, len(definitions))
