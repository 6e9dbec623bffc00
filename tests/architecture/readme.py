"""What the README shows is compiled or run: a block that follows the line <!-- path#region --> equals
that region of that file, which is marked by comments: // tag::region[] … // end::region[] (or # …).
Blocks of code without a source are allowed only if they are commands that exist."""

import re
import textwrap

import tree

CODE = {"cpp", "c++", "cmake", "bash", "sh", "console", "python"}
BLOCK = re.compile(r"(?:<!-- *(\S+)#(\S+) *-->\n+)?^```([\w+]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"^\s*(?://|#)\s*(?:tag|end)::.*\n", re.MULTILINE)
# Lines of a shell block that need no source; a script that is named must exist.
COMMAND = re.compile(r"(?:bash (\w+/run)(?: .*)?|git clone .*|cd .*|#.*|)")


def region_of(file, name):
    """The text of a region, or None."""
    path = tree.ROOT / file
    if not path.is_file():
        return None
    marks = rf"^\s*(?://|#)\s*tag::{re.escape(name)}\[\]\n(.*?)^\s*(?://|#)\s*end::{re.escape(name)}\[\]$"
    found = re.search(marks, tree.text_of(path), re.MULTILINE | re.DOTALL)
    return textwrap.dedent(MARK.sub("", found.group(1))).strip("\n") if found else None


def is_command(line):
    found = COMMAND.fullmatch(line)
    return found and (not found.group(1) or (tree.ROOT / found.group(1)).is_file())


readme = tree.ROOT / "README.md"
if not readme.is_file():
    tree.finish(["README.md is missing"], 1)

violations, checked = [], 0
text = tree.text_of(readme)
for block in BLOCK.finditer(text):
    line = f"README.md:{text.count(chr(10), 0, block.start(3)) + 1}"
    file, name, language, shown = block.groups()
    checked += 1
    if file:
        region = region_of(file, name)
        if not region:
            violations.append(f"{line}: there is no region {name} in {file}")
        elif region != shown.strip("\n"):
            violations.append(f"{line}: differs from {file}#{name}, which says:\n{region}")
    elif language in CODE:
        shell = language in {"bash", "sh", "console"}
        if not (shell and all(is_command(command) for command in shown.splitlines())):
            violations.append(f"{line}: this {language} block names no source")
for used in re.findall(r"<!-- *(\S+#\S+) *-->(?!\n+```)", text):
    violations.append(f"README.md: no block follows <!-- {used} -->")
tree.finish(violations, checked)
