"""every_source.py COMPILE_COMMANDS: every source file of the tests, the mock server and the examples is
compiled by this build. A test file that no list names would be silent for ever."""

import json
import pathlib
import re
import sys

import tree

# Compiled by projects of their own.
ELSEWHERE = {"tests/consumer/main.cpp", "tests/consumer/sqlite/main.cpp", "tests/determinism/draws_digest.cpp"}

commands = pathlib.Path(sys.argv[1])
if not commands.is_file():
    tree.skip("this build was configured without CMAKE_EXPORT_COMPILE_COMMANDS")

compiled = {pathlib.Path(entry["file"]).resolve() for entry in json.loads(tree.text_of(commands))}
for together in [path for path in compiled if path.parent.name == "Unity"]:  # a group of files, as CMake puts it
    compiled |= {pathlib.Path(name).resolve() for name in re.findall(r'^#include "(.+)"', tree.text_of(together), re.M)}
sources = [
    path
    for folder in ["tests/", "mock_server/", "examples/"]
    for path in tree.ours(".cpp", under=folder)
    if tree.name_of(path) not in ELSEWHERE
]
tree.finish(
    [f"{tree.name_of(path)}: no target compiles it" for path in sources if path.resolve() not in compiled],
    len(sources),
)
