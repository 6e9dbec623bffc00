"""everything.py ONE TWO [--sqlite]: writes the two files of this test, which include every header of the library.

ONE has fwd.hpp first. TWO has it last, and before the first of our headers it has every header of
others that they would bring, then hostile_macros.hpp: so these macros meet our code alone. Headers of
a component are left out unless it is named: what it needs may not be installed.
"""

import pathlib
import re
import sys

INCLUDE_FOLDER = pathlib.Path(__file__).resolve().parents[2] / "include"
ABSENT = [name for name in ["sqlite"] if f"--{name}" not in sys.argv]


def include_lines(names):
    return "".join(f"#include <{name}>\n" for name in names)


files = sorted(INCLUDE_FOLDER.rglob("*.?pp"))
for absent in ABSENT:
    files = [path for path in files if not re.search(rf"/(impl/)?{absent}[_/]", path.as_posix())]
headers = [path.relative_to(INCLUDE_FOLDER).as_posix() for path in files if path.suffix == ".hpp"]
headers = [name for name in headers if not name.endswith("src.hpp")]  # for separate compilation only
foreign = sorted({
    name
    for path in files
    for name in re.findall(r"^\s*#\s*include <([^>]+)>", path.read_text(encoding="utf-8"), re.MULTILINE)
    if not name.startswith("scrapingpros")
})
fwd = [name for name in headers if name.endswith("/fwd.hpp")]

one = include_lines([*fwd, *headers])
two = include_lines(foreign) + '#include "hostile_macros.hpp"\n' + include_lines([*headers, *fwd])
pathlib.Path(sys.argv[1]).write_text(one, encoding="utf-8")
pathlib.Path(sys.argv[2]).write_text(two + "\nint main() {}\n", encoding="utf-8")
