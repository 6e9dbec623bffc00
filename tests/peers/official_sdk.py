"""official_sdk.py MOCK ENVIRONMENT: the vendor's own Python client submits 1,200 URLs to the mock and
iterates their results; what it delivered must be what the mock's ledger says, each job once.

ENVIRONMENT is the folder of the virtual environment that the test makes, and makes anew when the
pinned version changes. Exit code 77, with the reason, if the client cannot be had."""

import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
JOBS = 1200
SKIPPED = 77


def skip(reason):
    print(f"skipped: {' '.join(reason.split())}")
    sys.exit(SKIPPED)


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


def attempt(what, command):
    """Skips the test if the command fails: only the network and the machine decide about it."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=240)
    except subprocess.TimeoutExpired:
        skip(f"{what}: gave up after four minutes")
    if done.returncode:
        print(done.stdout)
        skip(f"{what}: {last_line(done.stdout)}")


def python_with_client(folder):
    python = folder / "bin" / "python"
    stamp, wanted = folder / "installed", REQUIREMENTS.read_text("utf-8")
    if stamp.exists() and stamp.read_text("utf-8") == wanted and python.exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    attempt("no virtual environment", [sys.executable, "-m", "venv", folder])
    attempt("the client cannot be installed",
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
             "--retries", "1", "--requirement", REQUIREMENTS])
    stamp.write_text(wanted, "utf-8")
    return python


def get(url):
    no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with no_proxy.open(url, timeout=60) as reply:
        return json.load(reply)


def play(mock, python):
    """What the client delivered, and the ledger. The run takes two minutes of the service's time."""
    with subprocess.Popen(
        [mock, "--stop-with-stdin", "--seed", "11", "--time-scale", "20", "--lifelike", "--slots", "200"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as server:
        service = json.loads(server.stdout.readline())
        environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        try:
            done = subprocess.run(
                [python, "-B", HERE / "iterate_results.py", service["base_url"], service["token"], str(JOBS)],
                env=environment, stdout=subprocess.PIPE, text=True, timeout=240)
            if done.returncode:
                sys.exit(f"FAILED: the client ended with exit code {done.returncode}")
            ledger = get(service["base_url"] + "/__mock/v1/ledger")
        finally:
            server.stdin.close()
    return [json.loads(line) for line in done.stdout.splitlines()], ledger


def compare(delivered, ledger):
    """The differences, as sentences."""
    runs = [run for account in ledger["accounts"].values() for run in account["runs"]]
    if len(runs) != 1:
        return [f"{len(runs)} runs in the ledger"]
    jobs = {job["custom_id"]: job for job in runs[0]["jobs"]}
    found = []
    if len(jobs) != JOBS or len(runs[0]["jobs"]) != JOBS:
        found.append(f"{len(runs[0]['jobs'])} jobs in the ledger")
    times = collections.Counter(result["custom_id"] for result in delivered)
    found += [f"{each} was delivered {count} times" for each, count in times.items() if count != 1]
    found += [f"{each} is in no ledger" for each in times if each not in jobs]
    found += [f"{each} was never delivered" for each in jobs if each not in times]
    for result in delivered:
        job = jobs.get(result["custom_id"])
        if job is None:
            continue
        if result["url"] != f"https://shop.example.com/{result['custom_id']}":
            found.append(f"{result['custom_id']} came with the URL {result['url']}")
        if job["listed"] == 0:
            found.append(f"{result['custom_id']} was delivered and is listed nowhere")
        if result["success"] and job["inline"] + job["fetched"] == 0:
            found.append(f"{result['custom_id']} has a result that the mock never sent")
    return found


mock, environment = sys.argv[1:]
delivered, ledger = play(mock, python_with_client(pathlib.Path(environment)))
differences = compare(delivered, ledger)
requests, bodies = ledger["summary"]["requests"], ledger["summary"]["bodies"]
print(f"submitted {JOBS}, delivered {len(delivered)}, of these {sum(r['success'] for r in delivered)} successes; "
      f"{bodies['inline']} results inline, {bodies['fetched']} fetched, {requests['total']} requests")
for each in differences[:20]:
    print("FAILED:", each)
sys.exit(1 if differences else 0)
