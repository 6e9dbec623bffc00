"""clang-format 16 has nothing to change."""

import shutil
import subprocess

import tree

program = shutil.which("clang-format-16")
if not program:
    tree.skip("clang-format-16 is not installed")

sources = tree.ours(".hpp", ".ipp", ".cpp")
run = subprocess.run(
    [program, "--dry-run", "-Werror", *map(tree.name_of, sources)],
    cwd=tree.ROOT, capture_output=True, text=True, encoding="utf-8",
)
places = [line.split(":")[:2] for line in run.stderr.splitlines() if " error: " in line]
lines_of = {}
for file, line in places:
    lines_of.setdefault(file, []).append(line)
violations = [f"{file}: lines {' '.join(dict.fromkeys(lines))}" for file, lines in lines_of.items()]
if run.returncode and not violations:
    violations = [run.stderr]
tree.finish(violations, len(sources))
