"""The top level of the project holds what a visitor expects there, and nothing else."""

import tree

ALLOWED = """CMakeLists.txt CMakePresets.json LICENSE README.md
    include mock_server tests benchmarks examples
    .ci .clang-format .clang-tidy .gitignore""".split()

present = sorted({tree.name_of(path).split("/")[0] for path in tree.ours()})
tree.finish([f"{name}: not allowed at the top level" for name in present if name not in ALLOWED], len(present))
