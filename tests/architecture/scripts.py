"""The shell scripts parse, stop at the first error, and can be started."""

import os
import subprocess

import tree

scripts = [path for path in tree.ours() if path.name == "run" or path.name.endswith(".sh") or path.parent.name == ".ci"]
violations = []
for path in scripts:
    file, text = tree.name_of(path), tree.text_of(path)
    parsed = subprocess.run(["bash", "-n", path], capture_output=True, text=True)
    if parsed.returncode:
        violations.append(parsed.stderr.strip())
    if not text.startswith("#!/usr/bin/env bash\n"):
        violations.append(f"{file}: does not begin with #!/usr/bin/env bash")
    if "set -euo pipefail" not in text and "exec bash" not in text:
        violations.append(f"{file}: lacks set -euo pipefail")
    if not os.access(path, os.X_OK):
        violations.append(f"{file}: is not executable")
tree.finish(violations, len(scripts))
