"""Who may include whom. A header may include its own layer and those that it stands on; Asio starts
at net/, Beast and TLS stay in impl/net/, JSON stays in wire/. The mock server and the library know
nothing of each other."""

import re

import tree

# Headers directly in scrapingpros/ (and impl/), by layer; a folder's name is its layer.
TOP_LEVEL = {
    "base": "config version fwd error diagnostics result time secret",
    "models": "models",
    "policies": "policies",
    "values": "call_options client_options batch_options",
    "body": "body",
    "webhook": "webhook",
    "folder_sink": "folder_sink",
    "file_checkpoint_store": "file_checkpoint_store",
    "facade": "client blocking_client job_stream batch blocking_batch scrapingpros",
    "sqlite": "sqlite_ledger sqlite_ledger_rows sqlite_src",
    "src": "src",
}
LAYER_OF = {name: layer for layer, names in TOP_LEVEL.items() for name in names.split()}

MAY_INCLUDE = {
    "base": "base",
    "model": "base model",
    "policy": "base model policy",
    "wire": "base model wire",
    "core": "base model policy core",
    "net": "base wire net",
    "models": "base model",
    "policies": "base model policy",
    "values": "base model policy core net values",
    "body": "base model policy body",
    "webhook": "base model wire webhook",
    "folder_sink": "base model policy body folder_sink",
    "file_checkpoint_store": "base model policy wire file_checkpoint_store",
    "sqlite": "base model policy wire file_checkpoint_store sqlite",
    "detail": "base model policy wire core net values body detail",
    "facade": "base model policy wire core net values body detail models policies webhook folder_sink file_checkpoint_store facade",
    "src": "base model policy wire core net values body detail webhook folder_sink file_checkpoint_store facade",
}

# External headers, and the only places that may include them.
ASIO_LAYERS = {"net", "detail", "facade"}
EXTERNAL = [
    (r"boost/(beast|asio/ssl)", lambda layer, name: name.startswith("impl/net/")),
    (r"boost/asio", lambda layer, name: layer in ASIO_LAYERS),
    (r"boost/json/fwd\.hpp", lambda layer, name: layer in {"model", "wire"}),
    (r"boost/json", lambda layer, name: layer == "wire"),
    (r"boost/url", lambda layer, name: layer in {"wire", "net", "sqlite"}),
    (r"sqlite3\.h", lambda layer, name: name.startswith("impl/sqlite/")),
    (r"(openssl/|zlib\.h)", lambda layer, name: name.startswith("impl/")
        and layer in {"net", "webhook", "folder_sink", "body"}),
]
# These drag in everything, and a library must not decide that for its users.
NOWHERE = {"boost/asio.hpp", "boost/beast.hpp", "boost/json.hpp", "boost/url.hpp", "iostream", "ranges", "regex"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def layer_of(name):
    """The layer of "net/transport.hpp", "impl/net/proxy.ipp" or "client.hpp"; None if it has none."""
    parts = name.removeprefix("impl/").split("/")
    if len(parts) > 1:
        return parts[0] if parts[0] in MAY_INCLUDE else None
    return LAYER_OF.get(parts[0].split(".")[0])



def check():
    violations = []
    headers = tree.ours(".hpp", ".ipp", under="include/")
    for path in headers:
        file = tree.name_of(path)
        name = file.removeprefix("include/").removeprefix("scrapingpros/")
        layer = layer_of(name)
        if layer is None:
            violations.append(f"{file}: belongs to no layer; give it one in tests/architecture/layers.py")
            continue
        for bracket, included in INCLUDE.findall(tree.text_of(path)):
            if bracket == '"':
                violations.append(f'{file}: write <{included}>, not "{included}"')
            if "mock" in included:
                violations.append(f"{file}: the library must not know the mock server ({included})")
            if included in NOWHERE:
                violations.append(f"{file}: must not include <{included}>")
            if included.startswith("scrapingpros"):
                other = layer_of(included.removeprefix("scrapingpros/"))
                if other not in MAY_INCLUDE[layer].split():
                    violations.append(f"{file}: {layer} must not include {other} ({included})")
            for pattern, allowed in EXTERNAL:
                if re.match(pattern, included):
                    if not allowed(layer, name):
                        violations.append(f"{file}: must not include <{included}>")
                    break

    others = tree.ours(".hpp", ".cpp", under="mock_server/")
    for path in others:
        for _, included in INCLUDE.findall(tree.text_of(path)):
            if included.startswith("scrapingpros") or "include/" in included:
                violations.append(f"{tree.name_of(path)}: the mock server must not know the library ({included})")

    programs = tree.ours(".hpp", ".cpp", under="examples/") + tree.ours(".hpp", ".cpp", under="benchmarks/")
    for path in programs:
        for _, included in INCLUDE.findall(tree.text_of(path)):
            if re.match(r"scrapingpros/(detail|impl)/", included):
                violations.append(f"{tree.name_of(path)}: {included} is private")
            if "tests/" in included:
                violations.append(f"{tree.name_of(path)}: must not use the tests' support ({included})")

    tree.finish(violations, len(headers) and len(headers + others + programs))


if __name__ == "__main__":
    check()
