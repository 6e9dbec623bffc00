"""kills.py MOCK CLI [--count N] [--seed S] [--only CASE]: kills the command line at random points, calls
it again, and compares what it wrote with the mock's ledger.

A case is a checkpoint (file, sqlite) and an output (file, folder, pipe). Each kill is a SIGKILL after a
random time, or a SIGXFSZ at a random length of a file, which tears a line or a body at that byte. After
some kills the same command is left to its end. Then there must be one collection and one run, and each
job of the ledger once in the output; on a pipe at most the line after the last acknowledgement of each
killed process may be there twice."""

import argparse
import json
import random
import resource
import signal
import subprocess
import sys

from harness import Artefacts, Cli, Mock, check, check_lines, check_one_run

JOBS = 120
RUNS = [{"workers": 20, "exec": {"dist": "lognormal", "p50": "4s", "p99": "25s"}}]


class Batch:
    """One batch, called again after each kill."""

    def __init__(self, program, account, folder, store, output, dice):
        self.cli = Cli(program, account, folder)
        self.account, self.output, self.dice = account, output, dice
        where = {"file": "checkpoint", "sqlite": "sqlite:ledger.db"}[store]
        to = {"file": ["--output", "out.jsonl"], "folder": ["--folder", "bodies"], "pipe": []}[output]
        self.words = ["run", self.cli.urls(JOBS), "--checkpoint", where, "--include-failed", *to]
        self.piped = []

    def start(self, limits=None):
        return self.cli.start(*self.words, limits=limits,
                              stdout=None if self.output == "pipe" else subprocess.DEVNULL)

    def end(self, process, killed):
        """Collects what came; every line of a pipe is whole, or the last one of a killed process."""
        out, err = process.communicate(timeout=120)
        lines = (out or "").splitlines(keepends=True)
        if lines and not lines[-1].endswith("\n"):
            check(killed, "a torn line of a process that was not killed")
            lines.pop()
        self.piped.append([json.loads(line) for line in lines])
        if process.returncode not in (0, -signal.SIGKILL, -signal.SIGXFSZ):
            sys.exit(f"FAILED: exit code {process.returncode}: {err}")
        return process.returncode

    def kill_by_time(self, whole):
        process = self.start()
        try:
            process.wait(timeout=self.dice.uniform(0, whole))
        except subprocess.TimeoutExpired:
            process.kill()
        return self.end(process, True) == -signal.SIGKILL

    def kill_by_size(self):
        largest = self.dice.choice([600, 8_000, 30_000, 300_000])
        size = self.dice.randrange(largest)
        limits = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        return self.end(self.start(limits), True) == -signal.SIGXFSZ

    def finish(self):
        check(self.end(self.start(), False) == 0, "the last call ends well")
        again = self.start()
        check(self.end(again, False) == 0, "a call after the last one ends well")
        check_one_run(self.account)
        if self.output == "file":
            check_lines(self.cli.lines("out.jsonl"), self.account)
        elif self.output == "folder":
            folder = self.cli.folder
            check_lines(self.cli.lines("bodies/results.jsonl"), self.account, folder, folder / "bodies")
        else:
            self.check_pipe()

    def check_pipe(self):
        seen = {}
        for number, lines in enumerate(self.piped):
            for line in lines:
                seen.setdefault(line["job_public_id"], []).append(number)
        check(set(seen) == set(self.account.jobs()), "each job has a line")
        for number, lines in enumerate(self.piped):
            repeated = [line for line in lines if len(seen[line["job_public_id"]]) > 1]
            before = [line for line in repeated if seen[line["job_public_id"]][0] == number]
            # What was written and not acknowledged when this process was killed.
            check(len(before) <= 1, f"process {number} is repeated by {len(before)} lines")


def has_sqlite(program):
    asked = [program, "status", "--checkpoint", "sqlite:none"]
    return "without SQLite" not in subprocess.run(asked, capture_output=True, text=True).stderr


def main():
    options = argparse.ArgumentParser(usage="bash tests/run cli-kills [--count N] [--seed S] [--only CASE]")
    options.add_argument("mock")
    options.add_argument("cli")
    options.add_argument("--count", type=int, default=20)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options.add_argument("--only", default="")
    given = options.parse_args()
    print(f"seed {given.seed}", flush=True)
    dice = random.Random(given.seed)
    stores = ["file", "sqlite"] if has_sqlite(given.cli) else ["file"]
    cases = [(s, o) for s in stores for o in ("file", "folder", "pipe") if given.only in ("", f"{s}-{o}")]
    kills, batches, torn, tally = 0, 0, 0, {}
    with Mock(given.mock, runs=RUNS) as mock, Artefacts() as kept:
        while kills < given.count:
            case = cases[batches % len(cases)]
            batch = Batch(given.cli, mock.account(), kept.folder / str(batches), *case, dice)
            whole = 0.6  # what a run takes that is not killed
            for _ in range(dice.randint(1, 4)):
                hit = batch.kill_by_time(whole) if dice.random() < 0.7 else batch.kill_by_size()
                kills += hit
                tally["-".join(case)] = tally.get("-".join(case), 0) + hit
            batch.finish()
            batches += 1
    print(f"{kills} kills of {batches} batches of {JOBS} jobs: {tally}; each job once, one run each")


main()
