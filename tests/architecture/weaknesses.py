"""Each numbered weakness of the official client has a test that says what ours does right: its name
begins with the number, and it is in the file of its section."""

import re

import tree

SECTIONS = {
    "loss": range(1, 10), "double_runs": range(10, 19), "endless": range(19, 25), "breaks": range(25, 33),
    "budget": range(33, 41), "memory": range(41, 46), "interface": range(46, 57),
    # Of one weakness, under everything that can be wrong.
    "deadline": [23],
}
CASE = re.compile(r'TEST_CASE\(\s*"([^"]*)')

violations = []
found = set()
for path in tree.ours(".cpp", under="tests/weaknesses/"):
    section = SECTIONS.get(path.stem, [])
    for name in CASE.findall(tree.text_of(path)):
        number = re.match(r"W(\d+): ", name)
        if number and int(number[1]) in section:
            found.add(int(number[1]))
        else:
            violations.append(f"{tree.name_of(path)}: does not belong here: {name}")
for section, numbers in SECTIONS.items():
    violations += [f"tests/weaknesses/{section}.cpp: no test of W{n}" for n in numbers if n not in found]
tree.finish(violations, len(found))
