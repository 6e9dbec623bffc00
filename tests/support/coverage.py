"""coverage.py BUILD SOURCE PREFIX GOAL: the share of lines under SOURCE/PREFIX that the programs built in
BUILD with --coverage have run, by gcov. A line of a template counts once, whatever it was made for.

Prints a table by file and the closing line "core:: line coverage NN.N %"; exit code 1 below GOAL.
"""

import collections
import json
import pathlib
import subprocess
import sys

build, source, prefix, goal = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3], float(sys.argv[4])

runs = collections.defaultdict(dict)  # file -> line -> how often it was run
for data in sorted(build.rglob("*.gcda")):
    report = subprocess.run(
        ["gcov", "--json-format", "--stdout", data.resolve()], cwd=build, check=True, capture_output=True, text=True
    )
    for unit in filter(None, report.stdout.splitlines()):
        for file in json.loads(unit)["files"]:
            path = (pathlib.Path(build) / file["file"]).resolve()
            if not path.is_relative_to(source.resolve() / prefix):
                continue
            lines = runs[path.relative_to(source.resolve()).as_posix()]
            for line in file["lines"]:
                number = line["line_number"]
                lines[number] = max(lines.get(number, 0), line["count"])

covered = total = 0
for file, lines in sorted(runs.items()):
    missed = sorted(number for number, count in lines.items() if count == 0)
    covered += len(lines) - len(missed)
    total += len(lines)
    share = 100 * (len(lines) - len(missed)) / len(lines)
    print(f"{share:5.1f} %  {len(lines):4} lines  {file.removeprefix(prefix + '/')}" + (
        f"  not run: {', '.join(map(str, missed[:20]))}" if missed else ""))
if not total:
    sys.exit("no data: nothing was built with --coverage and run")
share = 100 * covered / total
print(f"core:: line coverage {share:.1f} % ({covered} of {total} lines)")
sys.exit(0 if share >= goal else 1)
