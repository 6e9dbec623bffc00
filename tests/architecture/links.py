"""links.py PROGRAM…: programs made of the core alone contain and link nothing of Asio, Beast, JSON,
OpenSSL or a compiled Boost. The core is meant to be driven without them."""

import re
import subprocess
import sys

import tree

FOREIGN_SYMBOL = re.compile(r"\bboost::(?:asio|beast|json|urls)::|\b(?:SSL|EVP|HMAC|BIO|X509)_\w+")
FOREIGN_LIBRARY = re.compile(r"lib(?:ssl|crypto|boost_\w+|z)\.so\S*")

violations, checked = [], 0
for program in sys.argv[1:]:
    if program.startswith("missing:"):
        violations.append(f"there is no target {program.removeprefix('missing:')}")
        continue
    symbols = subprocess.run(["nm", "-C", program], check=True, capture_output=True, text=True).stdout
    libraries = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    checked += len(symbols.splitlines())
    found = set(FOREIGN_SYMBOL.findall(symbols)) | set(FOREIGN_LIBRARY.findall(libraries))
    violations += [f"{program}: {name}" for name in sorted(found)]
tree.finish(violations, checked)
