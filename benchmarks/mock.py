"""mock.py: what the mock server costs. CPU time of its process for each small request, next to nginx
serving the same bytes; from its start to its first reply; memory when idle. Then the world without
sockets, see mock_world.cpp.

Both servers run at once, one worker each, on one processor of their own where there are two; the load
takes turns between them, and the median of the rounds' ratios counts."""

import argparse
import glob
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "release"
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def cpu_ns(pid):
    """Processor time of all threads, in nanoseconds."""
    total = 0
    for file in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        total += int(pathlib.Path(file).read_text().split()[0])
    return total


def memory_kib(pid, name):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    return 0


def pin(which):
    if os.cpu_count() > 1:
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[which]})


def start_mock(*arguments):
    return subprocess.Popen(
        [BUILD / "mock_server" / "scrapingpros-mock", "--stop-with-stdin", "--no-rate-limit", *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: pin(0))


def call(service, method, path, body=None):
    request = urllib.request.Request(service["base_url"] + path, method=method,
                                     data=None if body is None else json.dumps(body).encode())
    request.add_header("Authorization", "Bearer " + service["token"])
    with NO_PROXY.open(request, timeout=60) as reply:
        return reply.read(), reply.headers


def small_run(service):
    """The path of a run of three jobs."""
    items = [{"url": f"https://shop.example.com/{n}"} for n in range(3)]
    made = json.loads(call(service, "POST", "/v1/async/collections", {"name": "small", "requests": items})[0])
    run = json.loads(call(service, "POST", f"/v1/async/collections/{made['id']}/run")[0])
    path = f"/v1/async/collections/{made['id']}/runs/{run['run_id']}"
    while not json.loads(call(service, "GET", path)[0])["all_jobs_persisted"]:
        time.sleep(0.1)  # so that each reply is the same
    return path


def find_nginx():
    """The program: the system's, or Debian's package unpacked beside the build, which starts no
    service. None, with the reason said, if it cannot be had."""
    if shutil.which("nginx"):
        return shutil.which("nginx")
    folder = ROOT / "build" / "nginx"
    program = folder / "usr" / "sbin" / "nginx"
    try:
        if not program.exists():
            folder.mkdir(parents=True, exist_ok=True)
            subprocess.run(["apt-get", "-qq", "download", "nginx"], cwd=folder, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            package = next(folder.glob("nginx_*.deb"))
            subprocess.run(["dpkg", "-x", package, folder], check=True)
        subprocess.run([program, "-v"], check=True, stderr=subprocess.DEVNULL)
        return program
    except (OSError, StopIteration, subprocess.CalledProcessError) as why:
        said = (getattr(why, "stderr", None) or str(why)).strip().splitlines()
        print(f"skipped: no comparison with nginx (Debian: nginx): {said[-1] if said else why}")
        return None


def start_nginx(nginx, folder, port, body, headers, as_file):
    """The same body with the same headers, from the configuration or from a file."""
    added = "".join(f"add_header {name} '{value}';" for name, value in headers)
    if as_file:
        (folder / "reply").write_bytes(body)
        where = f"open_file_cache max=10; root {folder}; try_files /reply =404;"
    else:
        text = body.decode().replace("\\", "\\\\").replace("'", "\\'")
        where = f"return 200 '{text}';"
    temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/errors;"
        + ("user root;" if os.getuid() == 0 else "") +
        "events { worker_connections 256; } http { access_log off; server_tokens off; tcp_nodelay on;"
        f"sendfile on; keepalive_requests 1000000000; default_type application/json; {temporary}"
        f"server {{ listen 127.0.0.1:{port}; location / {{ {added} {where} }} }} }}")
    server = subprocess.Popen([nginx, "-p", folder, "-c", folder / "nginx.conf"],
                              stderr=subprocess.DEVNULL, preexec_fn=lambda: pin(0))
    for _ in range(100):
        children = pathlib.Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        try:
            NO_PROXY.open(f"http://127.0.0.1:{port}/", timeout=5).read()
            return server, int(children[0])
        except (OSError, IndexError):
            time.sleep(0.05)
    sys.exit("nginx does not start: " + (folder / "errors").read_text())


def load(port, target, token, requests):
    done = subprocess.run(
        [BUILD / "benchmarks" / "mock_load", "--port", str(port), "--target", target, "--token", token,
         "--requests", str(requests)],
        stdout=subprocess.PIPE, text=True, check=True, preexec_fn=lambda: pin(-1))
    return json.loads(done.stdout)


def measure(pid, requests, *where):
    before = cpu_ns(pid)
    said = load(*where, requests)
    return (cpu_ns(pid) - before) / requests / 1000, said


def free_port():
    import socket
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def small_requests(rounds, requests):
    mock = start_mock("--job-seconds", "0,0,0,0")
    service = json.loads(mock.stdout.readline())
    port = int(service["base_url"].rsplit(":", 1)[1])
    target = small_run(service)
    body, got = call(service, "GET", target)
    headers = [(name, value) for name, value in got.items()
               if name not in ("Date", "Content-Type", "Content-Length")]
    others, folders = {}, []
    if nginx := find_nginx():
        for name, as_file in (("from its configuration", False), ("from a file", True)):
            folder = pathlib.Path(tempfile.mkdtemp())
            folder.chmod(0o755)
            folders.append(folder)
            nginx_port = free_port()
            server, worker = start_nginx(nginx, folder, nginx_port, body, headers, as_file)
            others[name] = (server, worker, nginx_port)
    mine, theirs = [], {name: [] for name in others}
    try:
        for turn in range(rounds + 1):  # the first round only warms up
            cost, said = measure(mock.pid, requests, port, target, service["token"])
            costs = {name: measure(worker, requests, other_port, "/", service["token"])
                     for name, (_, worker, other_port) in others.items()}
            if turn == 0:
                print(f"GET of a run, body {said['body_bytes']} bytes, whole reply "
                      f"{said['bytes'] / said['replies']:.0f}, " + ", ".join(
                          f"nginx {name} {each['bytes'] / each['replies']:.0f}"
                          for name, (_, each) in costs.items()))
                continue
            mine.append(cost)
            for name, (each, _) in costs.items():
                theirs[name].append(each)
        print(f"mock: {statistics.median(mine):.2f} us of CPU time for each request, "
              f"median of {rounds} rounds of {requests}")
        for name, each in theirs.items():
            ratios = sorted(a / b for a, b in zip(mine, each))
            print(f"nginx {name}: {statistics.median(each):.2f} us; ratio {statistics.median(ratios):.3f} "
                  f"({ratios[0]:.3f} to {ratios[-1]:.3f})")
    finally:
        mock.stdin.close()
        mock.wait(timeout=20)
        for server, _, _ in others.values():
            server.terminate()
            server.wait(timeout=20)
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


def starts(rounds):
    took, idle = [], []
    for _ in range(rounds):
        before = time.monotonic()
        mock = start_mock()
        service = json.loads(mock.stdout.readline())
        call(service, "GET", "/v1/health")
        took.append((time.monotonic() - before) * 1000)
        idle.append(memory_kib(mock.pid, "VmRSS") / 1024)
        mock.stdin.close()
        mock.wait(timeout=20)
    print(f"start to first reply: {statistics.median(took):.1f} ms, median of {rounds} "
          f"(of these {min(took):.1f} ms at best); idle: {statistics.median(idle):.1f} MB resident")


options = argparse.ArgumentParser(description=__doc__.split(".")[0])
options.add_argument("--rounds", type=int, default=15)
options.add_argument("--requests", type=int, default=20_000)
options.add_argument("--only", choices=["requests", "start", "world"])
given = options.parse_args()
if given.only in (None, "requests"):
    small_requests(given.rounds, given.requests)
if given.only in (None, "start"):
    starts(15)
if given.only in (None, "world"):
    sys.stdout.flush()
    sys.exit(subprocess.run([BUILD / "benchmarks" / "mock_world_speed"]).returncode)
