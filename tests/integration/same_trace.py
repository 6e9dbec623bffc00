"""same_trace.py MOCK PROGRAM PROGRAM: both programs ask the service for the same things in the same
order, when the run is complete at the first look. The blocking client is a face of the other one, and
must not cost a request more."""

import json
import os
import subprocess
import sys
import urllib.request


def trace_of(mock, program):
    """The requests of the program, as a fresh mock saw them. Its seed makes ids the same each time,
    and its jobs take so little that the first look finds them done."""
    with subprocess.Popen(
        [mock, "--stop-with-stdin", "--seed", "7", "--time-scale", "20000", "--job-seconds", "0,0,0,0"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as server:
        service = json.loads(server.stdout.readline())
        environment = {**os.environ, "SP_TOKEN": service["token"]}
        environment["SCRAPINGPROS_BASE_URL"] = service["base_url"]
        subprocess.run([program], env=environment, check=True, stdout=subprocess.DEVNULL, timeout=60)
        no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with no_proxy.open(service["base_url"] + "/__mock/v1/journal", timeout=30) as reply:
            entries = json.load(reply)["entries"]
        server.stdin.close()
    return [f"{entry['method']} {entry['target']} -> {entry['status']}" for entry in entries]


mock, *programs = sys.argv[1:]
one, two = (trace_of(mock, program) for program in programs)
print("\n".join(one))
if one != two:
    print("but the other program:", *two, sep="\n")
    sys.exit(1)
looks = sum(line.split("?")[0].split(" -> ")[0].endswith("/runs") for line in one)
if looks != 1 or len(one) < 6:
    sys.exit(f"{len(one)} requests with {looks} looks at the run list: not the case to be compared")
