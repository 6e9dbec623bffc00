"""Plays clients of five tenants, four at a time, against a mock that writes a trace.

    record.py BASE_URL"""

import concurrent.futures
import json
import sys
import urllib.error
import urllib.request

BASE = sys.argv[1]
PLAIN = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(method, path, body=None, key="test_token_a"):
    asked = urllib.request.Request(
        BASE + path, method=method, data=None if body is None else json.dumps(body).encode()
    )
    asked.add_header("Authorization", "Bearer " + key)
    try:
        with PLAIN.open(asked, timeout=30) as reply:
            return json.loads(reply.read() or b"null")
    except (urllib.error.URLError, ConnectionError, json.JSONDecodeError):
        return None  # a fault of the scenario: the trace has what was sent


def play(ordinal):
    made = ask("POST", "/__mock/v1/tenants", {"name": f"t{ordinal}"})
    key, tenant = made["key"], f"/__mock/v1/tenants/t{ordinal}"
    items = [{"url": f"https://shop.example.com/{ordinal}/{i}"} for i in range(40 + ordinal)]
    created = ask("POST", "/v1/async/collections", {"name": "n", "requests": items}, key)
    collection = "/v1/async/collections/" + created["id"]
    for _ in range(2):
        ask("POST", collection + "/run", key=key)
    runs = ask("GET", collection + "/runs", key=key)["items"]
    for step in range(30):
        for run in runs:
            path = f"{collection}/runs/{run['run_id']}"
            ask("GET", path, key=key)
            ask("GET", path + "/jobs?include_results=true&order_by=completed_at", key=key)
        ask("POST", tenant + "/clock/advance", {"by": f"{3 + step}s"})
    page = ask("GET", f"{collection}/runs/{runs[0]['run_id']}/jobs", key=key) or {"items": []}
    for row in page["items"][:20]:
        ask("GET", f"{collection}/runs/{runs[0]['run_id']}/jobs/{row['job_public_id']}/result", key=key)


with concurrent.futures.ThreadPoolExecutor(4) as pool:
    list(pool.map(play, range(5)))
