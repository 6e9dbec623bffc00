"""What the tests of the command line share: a mock, the program, and what both say afterwards."""

import contextlib
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
TIME_SCALE = 200
SHOP = "https://shop.example.com/"
SMALL = [{"body": {"dist": "pareto", "p50": "3KiB", "p99": "4KiB", "cap": "4KiB"}}]


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def wait_until(condition, message, seconds=60):
    """Looks again and again; a test that waits for longer than that is broken."""
    end = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < end, f"waited too long until {message}")
        time.sleep(0.002)


class Mock:
    """The mock service; each account is a tenant of it, with a key that must be seen nowhere."""

    def __init__(self, program, scale=TIME_SCALE, **scenario):
        self.program = program
        self.scenario = {
            "format": "scrapingpros-scenario/1",
            "clock": {"mode": "real", "scale": scale, "wall_waits": True},
            **scenario,
        }
        self.accounts = 0

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        file = pathlib.Path(self.folder.name) / "scenario.json"
        file.write_text(json.dumps(self.scenario), encoding="utf-8")
        self.process = subprocess.Popen(
            [self.program, "--stop-with-stdin", "--scenario", file],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = json.loads(self.process.stdout.readline())["base_url"]
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.folder.cleanup()

    def ask(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/__mock/v1{path}", data=data, method=method)
        try:
            with NO_PROXY.open(request, timeout=60) as reply:
                return json.loads(reply.read())
        except urllib.error.HTTPError as refusal:
            sys.exit(f"FAILED: {path}: {refusal.code} {refusal.read().decode()}")

    def account(self, **how):
        self.accounts += 1
        key = f"planted_token_{self.accounts}_{os.getpid()}"
        made = self.ask("/tenants", {"name": f"t{self.accounts}", "key": key, **how})
        return Account(self, made["name"], key)


class Account:
    def __init__(self, mock, name, key):
        self.mock, self.name, self.key = mock, name, key

    def ask(self, path, body=None, method=None):
        return self.mock.ask(f"/tenants/{self.name}{path}", body, method)

    def summary(self):
        return self.ask("/ledger/summary")

    def requests(self):
        return self.summary()["requests"]

    def jobs(self):
        """Of the account's only run: job id -> what the ledger has about it."""
        (book,) = self.ask("/ledger")["accounts"].values()
        check(len(book["runs"]) == 1, f"one run, not {len(book['runs'])}")
        return {job["job_id"]: job for job in book["runs"][0]["jobs"]}

    def fault(self, **what):
        self.ask("/faults", [what])

    def environment(self, **more):
        ours = ("SCRAPINGPROS_BASE_URL", "SP_TOKEN", "SCRAPINGPROS_CA_FILE", "SP_TIME_SCALE")
        known = {name: value for name, value in os.environ.items() if name not in ours}
        return {**known, "SCRAPINGPROS_BASE_URL": self.mock.url, "SP_TOKEN": self.key,
                "SP_TIME_SCALE": str(self.mock.scenario["clock"]["scale"]), **more}


class Done:
    def __init__(self, process, out, err):
        self.code, self.out, self.err = process.returncode, out, err

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


class Cli:
    """The program in a folder of its own, for one account."""

    def __init__(self, program, account, folder):
        self.program = pathlib.Path(program).resolve()
        self.account, self.folder = account, pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def start(self, *arguments, stdin=subprocess.DEVNULL, stdout=None, limits=None, **environment):
        return subprocess.Popen(
            [self.program, *map(str, arguments)], cwd=self.folder, stdin=stdin,
            stdout=subprocess.PIPE if stdout is None else stdout, stderr=subprocess.PIPE, text=True,
            env=self.account.environment(**environment), preexec_fn=limits)

    def run(self, *arguments, text=None, code=None, **how):
        process = self.start(*arguments, stdin=subprocess.PIPE if text is not None else subprocess.DEVNULL, **how)
        out, err = process.communicate(text, timeout=120)
        done = Done(process, out or "", err)
        check(self.account.key not in done.out + done.err, f"the token was said by {arguments}")
        if code is not None and done.code != code:
            print(*arguments, done.out[-2000:], done.err, sep="\n")
            sys.exit(f"FAILED: exit code {done.code} of {arguments}, not {code}")
        return done

    def urls(self, count, name="urls.txt", first=1):
        text = "".join(f"{SHOP}{n} page-{n}\n" for n in range(first, first + count))
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def lines(self, name):
        with open(self.folder / name, encoding="utf-8") as file:
            return [json.loads(line) for line in file]


def refused(cli, words, code, message, **how):
    """The program ends with that code and says why in a line, at most."""
    done = cli.run(*words, code=code, **how)
    check(message in done.err, f"a message with {message!r}, not {done.err!r}")
    return done


def check_lines(lines, account, folder=None, bodies=None, jobs=None):
    """Each job of the ledger has one line, and its body is where the line says."""
    ledger = account.jobs() if jobs is None else jobs
    ids = [line["job_public_id"] for line in lines]
    check(len(ids) == len(set(ids)), f"{len(ids) - len(set(ids))} lines are there twice")
    check(set(ids) == set(ledger), f"{len(ids)} lines for {len(ledger)} jobs")
    for line in lines:
        check(line["custom_id"] == ledger[line["job_public_id"]]["custom_id"], f"the custom_id of {line}")
        if line.get("path"):
            body = (pathlib.Path(folder) / line["path"]).read_bytes()
        elif line.get("body") is not None:
            body = line["body"].encode("utf-8")
        else:
            continue
        check(len(body) == line["bytes"], f"the size of {line['job_public_id']}")
        check(hashlib.sha256(body).hexdigest() == line["sha256"], f"the digest of {line['job_public_id']}")
    if bodies is not None:
        files = {path.name for path in bodies.iterdir() if path.name != "results.jsonl"}
        named = {pathlib.Path(line["path"]).name for line in lines if line["path"]}
        check(files == named, f"{len(files)} files for {len(named)} bodies: {sorted(files ^ named)[:3]}")


def check_one_run(account):
    summary = account.summary()
    check(summary["runs_started"] == 1, f"{summary['runs_started']} runs were started")
    check(summary["collections_created"] == 1, f"{summary['collections_created']} collections")


class Artefacts:
    """Everything that the program wrote or said. No token may be in it."""

    def __init__(self):
        self.said = []

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="scrapingpros-cli-")
        self.folder = pathlib.Path(self.temporary.name)
        return self

    def __exit__(self, kind, *_):
        with contextlib.ExitStack() as stack:
            stack.callback(self.temporary.cleanup)
            if kind is None:
                self.check()

    def check(self):
        looked_at = 0
        for path in self.folder.rglob("*"):
            if path.is_file():
                looked_at += 1
                check(b"planted_token" not in path.read_bytes(), f"the token is in {path.name}")
        check(looked_at > 0, "no file was looked at for the token")
