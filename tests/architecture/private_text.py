"""Nothing that belongs to one machine or one person is in the project: no absolute path of a
checkout or a home, no host of a package mirror, no key."""

import re

import tree

# Written with a class of one character each, so that this file does not find itself.
PRIVATE = re.compile(
    rb"/[w]ork/|/[r]oot/|/[h]ome/\w+|/[U]sers/\w+|/tmp/[s]lot|/tmp/[b]uild|[.]pkg[.]dev|[a]rtifact-registry|[g]oogleapis"
    rb"|^-----BEGIN [A-Z ]*PRIVATE KEY-----\s*$|\b[g]hp_\w{20,}|\b[A]KIA[0-9A-Z]{16}\b|\b[x]ox[bap]-\w{10,}"
)

violations = []
files = tree.ours()
for path in files:
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        found = PRIVATE.search(line)
        if found:
            violations.append(f"{tree.name_of(path)}:{number}: {found.group().decode()}")
tree.finish(violations, len(files))
