"""verbs.py MOCK CLI CASE: what a person does with the command line beside `run`.

CASE is `verbs` (submit and attach, standard input, retry-failed, status and results, members that are
passed on) or `resume_cost` (requests after a restart are in proportion to what is left)."""

import json
import os
import sqlite3
import sys

from harness import SHOP, Artefacts, Cli, Mock, check, check_lines, check_one_run, wait_until

LIFELIKE = [{"outcomes": {"soft_block": 0.2, "not_found": 0.1, "failed": 0.1, "timeout": 0.05}}]


def submit_and_attach(mock, kept):
    account = mock.account()
    cli = Cli(program, account, kept.folder / "attach")
    (ids,) = cli.run("submit", cli.urls(120), "--checkpoint", "kept", code=0).lines()
    (again,) = cli.run("submit", "urls.txt", "--checkpoint", "kept", code=0).lines()
    check(ids == again, "the same submit again is the same run")
    both = [ids["collection_id"], ids["run_id"]]
    check_lines(cli.run("attach", *both, "--include-failed", code=0).lines(), account)
    cli.run("attach", "--checkpoint", "kept", "--include-failed", "--folder", "bodies", code=0)
    check_lines(cli.lines("bodies/results.jsonl"), account, cli.folder, cli.folder / "bodies")
    cli.run("run", "urls.txt", "--checkpoint", "kept", "--include-failed", code=0)
    (state,) = cli.run("status", "--checkpoint", "kept", code=0).lines()
    check(state["stage"] == "finished" and state["run_id"] == ids["run_id"], f"the status {state}")
    check(state["delivered"] == 120 and state["missing"] == [], f"the status {state}")
    check_one_run(account)


def standard_input(mock, kept):
    account = mock.account()
    cli = Cli(program, account, kept.folder / "stdin")
    lines = [{"url": SHOP + "1", "custom_id": "a", "browser": True, "use_proxy": "any"}, {"url": SHOP + "2", "custom_id": "b"}]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    done = cli.run("run", "-", "--format", "jsonl", "--include-failed", text=text, code=0)
    check_lines(done.lines(), account)
    jobs = {job["custom_id"]: job for job in account.jobs().values()}
    check(jobs["a"]["credits"] == 5 and jobs["b"]["credits"] == 1, "the browser was passed on")
    check(account.summary()["proxied_jobs"] >= 1, "the proxy was passed on")


def failed_ones(mock, kept):
    account = mock.account()
    cli = Cli(program, account, kept.folder / "failed")
    words = ["run", cli.urls(200), "--output", "first.jsonl"]
    cli.run(*words, "--include-failed", code=0)
    first = cli.lines("first.jsonl")
    check_lines(first, account)
    failed = {line["custom_id"] for line in first if line["verdict"] == "not_usable"}
    check(20 < len(failed) < 180, f"{len(failed)} have failed")
    for line in first:
        check((line["body"] is None) == (line["custom_id"] in failed), f"bodies of usable pages alone: {line}")
    (plan,) = cli.run("retry-failed", "urls.txt", "--earlier", "first.jsonl", "--dry-run", code=0).lines()
    stopped = [line for line in first if "stop_reason" in line and line["custom_id"] in failed]
    check(plan["items"] == len(failed) - len(stopped), f"{plan} for {len(failed)} less {len(stopped)}")

    # Without the failed ones in it the output says as much: who has no line came to nothing.
    other = Cli(program, mock.account(), kept.folder / "usable")
    other.run("run", other.urls(200), "--output", "first.jsonl", code=0)
    usable = other.lines("first.jsonl")
    check(all(line["verdict"] == "usable" for line in usable), "usable pages alone")
    other.account = mock.account()
    other.run("retry-failed", "urls.txt", "--earlier", "first.jsonl", "--output", "second.jsonl",
              "--include-failed", "--store-errors", code=0)
    second = other.lines("second.jsonl")
    check_lines(second, other.account)
    ids = [line["custom_id"] for line in usable + second]
    check(sorted(ids) == sorted(f"page-{n}" for n in range(1, 201)), "each page in one of both batches")
    soft = [line for line in second if line["verdict"] == "not_usable" and line["status"] == "completed"]
    check(soft and all(line["body"] for line in soft), "bodies of pages that are not usable were kept")
    (other.folder / "third.jsonl").write_text("".join(
        json.dumps({"verdict": "usable", "url": f"{SHOP}{n}", "custom_id": f"page-{n}"}) + "\n"
        for n in range(1, 201)), encoding="utf-8")
    done = other.run("retry-failed", "urls.txt", "--earlier", "third.jsonl", code=0)
    check("nothing to run again" in done.err, done.err)


def ledger(mock, kept):
    cli = Cli(program, mock.account(), kept.folder / "ledger")
    where = ["--checkpoint", "sqlite:night.db"]
    if "without SQLite" in cli.run("run", cli.urls(50), *where, "--folder", "bodies").err:
        return print("the ledger is not looked at: no SQLite")
    cli.run("run", cli.urls(30, "more.txt"), *where, "--name", "more", "--include-failed", "--output", "more.jsonl", code=0)
    nowhere = {"SCRAPINGPROS_BASE_URL": "http://127.0.0.1:9"}
    lines = cli.lines("bodies/results.jsonl")
    listed = cli.run("results", *where, "--name", "urls", code=0, **nowhere).lines()
    shown = {line["job_public_id"]: line for line in listed if line["settlement"] != "filtered"}
    check(set(shown) == {line["job_public_id"] for line in lines}, "the ledger lists what was delivered")
    for line in lines:
        check({**shown[line["job_public_id"]], **line} == shown[line["job_public_id"]], f"the row of {line}")
    states = {state["batch"]: state for state in cli.run("status", *where, code=0, **nowhere).lines()}
    check(states["urls"]["usable"] == len(lines) and states["more"]["delivered"] == 30, f"the status {states}")
    check("say which" in cli.run("results", *where, code=2).err, "two batches are two")
    check("no such batch" in cli.run("status", *where, "--name", "none", code=2).err, "none is none")
    # Another reader of the same file.
    base = sqlite3.connect(cli.folder / "night.db")
    (count,) = base.execute("select count(*) from jobs join batches on batches.id = batch where name = 'more'").fetchone()
    base.close()
    check(count == 30, f"{count} rows")


def time_scale(mock, kept):
    """The looks are as much closer to each other as the clock is faster; what the service asks for is not."""
    account = mock.account()
    cli = Cli(program, account, kept.folder / "scale")
    account.fault(on="run.list", when={"nth": 2}, do="throttle:1")
    cli.run("run", cli.urls(60), "--checkpoint", "kept", code=0)
    looks = [entry["at"] for entry in account.ask("/journal")["entries"] if entry["operation"] == "list_runs"]
    gaps = [later - earlier for earlier, later in zip(looks, looks[1:])]
    print("seconds of the service between two looks:", [round(gap) for gap in gaps])
    check(len(gaps) >= 2, f"{len(gaps) + 1} looks")
    # A real second, and so 200 of the service's. The interval is 5 of the service's; undivided, 1000.
    check(gaps[1] >= 0.99 * 200, f"the second look was repeated after {gaps[1]:.0f} s")
    check(gaps[0] < 900, f"the first look came after {gaps[0]:.0f} s")


def verbs(mock, kept):
    time_scale(mock, kept)
    submit_and_attach(mock, kept)
    standard_input(mock, kept)
    failed_ones(mock, kept)
    ledger(mock, kept)


def resume_cost(mock, kept):
    """The run is over before anything is read, so that what is read is what is left."""
    jobs, table = 1000, []
    for taken in [0, 250, 500, 750, 990, 1000]:
        account = mock.account()
        cli = Cli(program, account, kept.folder / str(taken))
        cli.run("submit", cli.urls(jobs), "--checkpoint", "kept", code=0)
        words = ["run", "urls.txt", "--checkpoint", "kept", "--include-failed"]
        wait_until(lambda: account.ask("/runs")["runs"][0]["status"] == "completed", "the run is over")
        if taken == jobs:
            cli.run(*words, code=0)
        elif taken > 0:
            first = cli.start(*words)
            for _ in range(taken):
                first.stdout.readline()
            first.kill()
            first.communicate()
        before = account.requests()
        (state,) = cli.run("status", "--checkpoint", "kept", code=0).lines()
        left = jobs - state["delivered"]
        cli.run(*words, code=0)
        after = account.requests()
        spent = {name: after[name] - before[name] for name in after if after[name] != before[name]}
        table.append((left, spent.get("total", 0)))
        print(f"{left:5} left: {spent}")
        # Pages of 100, a page of what is read again, and the looks at the end.
        check(spent.get("total", 0) <= 4 + 1.1 * left / 100, f"{spent} for {left}")
    check(table[-1] == (0, 0), "nothing left, nothing asked")
    check(table[0][1] > 2 * table[3][1], f"in proportion: {table}")


mock_program, program, case = sys.argv[1:]
# A run of some minutes, since 30 s of it are always read again (`poll_options::audit_overlap`).
cases = {"verbs": (verbs, LIFELIKE, 200), "resume_cost": (resume_cost, [{"workers": 10}], 2000)}
test, runs, scale = cases[case]
with Mock(mock_program, scale, runs=runs) as mock, Artefacts() as kept:
    test(mock, kept)
print(f"{case}: as the manual page says; the token is in no file")
