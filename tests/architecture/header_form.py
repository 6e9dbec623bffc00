"""The form of a header: its guard is spelled like its path, nothing leaks from it."""

import re

import tree

violations = []
headers = tree.ours(".hpp", ".ipp", under="include/")
for path in headers:
    file, text = tree.name_of(path), tree.text_of(path)
    guard = re.sub(r"[/.]", "_", file.removeprefix("include/")).upper()
    if not re.match(rf"(//.*\n)*#ifndef {guard}\n#define {guard}\n", text):
        violations.append(f"{file}: must begin with #ifndef {guard}, #define {guard}")
    if not text.endswith("\n#endif\n"):
        violations.append(f"{file}: must end with a bare #endif")
    for macro in re.findall(r"^\s*#\s*define\s+(\w+)", text, re.MULTILINE):
        if not macro.startswith("SCRAPINGPROS_"):
            violations.append(f"{file}: defines {macro}; macros are named SCRAPINGPROS_…")
    private = re.match(r"include/scrapingpros/(detail|impl)/", file)
    for leak in re.findall(r"^(?:namespace \w+ = .*|using namespace .*)", text, re.MULTILINE):
        if not private or leak.startswith("using"):
            violations.append(f"{file}: a name for every user of the header: {leak}")
tree.finish(violations, len(headers))
