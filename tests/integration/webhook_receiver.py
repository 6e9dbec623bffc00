"""webhook_receiver.py MOCK PROGRAM: a run's webhook reaches the receiver of the examples.

Strangers come first and are sent away. Then the mock sends its webhook with a bit of the body
changed, is refused, and sends it again as it should be: the receiver tells of it and ends."""

import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

SECRET = "test_webhook_secret_a"  # the mock's
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(url, body=None, headers=None, method=None):
    """Status and body of the answer, whatever it is."""
    request = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    try:
        with NO_PROXY.open(request, timeout=60) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()


def call(service, path, body):
    status, body = ask(service["base_url"] + path, body, {"Authorization": "Bearer " + service["token"]}, "POST")
    if status != 201:
        sys.exit(f"POST {path}: {status} {body.decode()}")
    return json.loads(body)


def submit(service, callback):
    urls = [{"url": f"https://shop.example.com/{number}"} for number in (1, 2)]
    draft = {"name": "hooked", "callback_url": callback, "requests": urls}
    made = call(service, "/v1/async/collections", json.dumps(draft).encode())
    return call(service, f"/v1/async/collections/{made['id']}/run", None)["run_id"]


def scenario():
    """The receiver goes by real time, so the mock's clock begins there; it jumps over all waits."""
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps({
        "format": "scrapingpros-scenario/1",
        "clock": {"mode": "auto", "start": now},
        "webhook": {"delivery": "send", "damage": ["body_bit"], "damaged_attempts": 1},
    })


def strangers(url):
    """What comes to an open port, and the answers it got."""
    forged = {"X-SP-Signature": "0" * 64, "X-SP-Timestamp": "1780308126"}
    return [
        ask(url)[0],
        ask(url, b"{}")[0],
        ask(url, b"{}", forged)[0],
        ask(url, b"x" * 3_000_000, forged)[0],
    ]


mock, program = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder) / "scenario.json"
    file.write_text(scenario(), encoding="utf-8")
    with subprocess.Popen(
        [mock, "--stop-with-stdin", "--scenario", file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server, subprocess.Popen(
        [program, "0"], env={**os.environ, "SP_WEBHOOK_SECRET": SECRET}, stdout=subprocess.PIPE, text=True
    ) as receiver:
        try:
            service = json.loads(server.stdout.readline())
            url = receiver.stdout.readline().removeprefix("listening on ").strip()
            answers = strangers(url)
            run = submit(service, url)
            said, _ = receiver.communicate(timeout=90)
        finally:
            receiver.kill()
            server.stdin.close()

print(said, end="")
expected = [
    "401 the webhook lacks its signature or its time stamp at X-SP-Signature: no such header",
    "401 the webhook's signature fits no secret at X-SP-Signature: none of 1 secrets fits",
    "401 the webhook's signature fits no secret at X-SP-Signature: none of 1 secrets fits",
    "401 the webhook's signature fits no secret at X-SP-Signature: none of 1 secrets fits",
    f"204 run.completed: run {run} is completed, 2 usable of 2",
]
if said.splitlines() != expected or receiver.returncode != 0:
    sys.exit("that is not: " + "\n".join(expected))
if answers != [405, 401, 401, 401]:
    sys.exit(f"strangers were answered {answers}")
if SECRET in said:
    sys.exit("the secret was printed")
