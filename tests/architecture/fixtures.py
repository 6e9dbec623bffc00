"""tests/fixtures are the examples of the wire contract, file for file. The contract is kept outside
this project: where it is not at hand, there is nothing to compare with."""

import os

import tree

contract = os.environ.get("SCRAPINGPROS_CONTRACT") or tree.ROOT / ".." / "shared" / "contract"
examples = tree.pathlib.Path(contract) / "examples"
if not examples.is_dir():
    tree.skip("the wire contract is not here (set SCRAPINGPROS_CONTRACT to its folder)")

theirs = {path.name: path.read_bytes() for path in examples.iterdir()}
mine = {path.name: path.read_bytes() for path in tree.ours(under="tests/fixtures/")}
violations = [
    f"{name}: {'not in tests/fixtures' if name not in mine else 'not in the contract' if name not in theirs else 'differs'}"
    for name in sorted(theirs.keys() | mine.keys())
    if theirs.get(name) != mine.get(name)
]
tree.finish(violations, len(theirs))
