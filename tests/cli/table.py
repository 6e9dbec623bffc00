"""table.py MOCK CLI CASE: hard conditions, each with the exit code and the words that README.md promises.

CASE is `input` (what can be wrong with an input), `codes` (each exit code), `disk` (full and unwritable
places) or `pipes` (readers that go, signals). Of checkpoints it is checkpoints.py."""

import json
import os
import resource
import signal
import subprocess
import sys
import time

from harness import (SHOP, SMALL, Artefacts, Cli, Mock, check, check_lines, check_one_run, refused,
                     wait_until)


def nothing_was_sent(account):
    check(account.requests()["total"] == 0, "nothing was sent")


def sizes(limit):
    """Every file ends there, as on a disk that is full."""

    def set_limits():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    return set_limits


# --- input


def estimate(cli, words, **expected):
    (line,) = cli.run("run", *words, "--dry-run", code=0).lines()
    for name, value in expected.items():
        check(line[name] == value, f"{name} is {value} for {words}, not {line}")


def good_inputs(cli):
    forms = {
        "plain.txt": (f"{SHOP}1\n{SHOP}2 two\n", 2),
        "crlf.txt": (f"# pages\r\n\r\n{SHOP}1 one\r\n{SHOP}2\r\n", 2),
        "bom.txt": (f"\ufeff{SHOP}1\n", 1),
        "no_newline.txt": (f"{SHOP}1", 1),
        "quoted.csv": (f'\ufeffcustom_id,url,title\r\n"a, ""b""\nc",{SHOP}1,x\r\n\r\nd,{SHOP}2,y\r\n', 2),
        "no_header.csv": (f"{SHOP}1,one\n{SHOP}2,two\n{SHOP}3\n", 3),
        "more.jsonl": (json.dumps({"url": SHOP, "browser": True, "actions": [{"type": "collect"}], "x": 1}) + "\n\n", 1),
    }
    for name, (text, items) in forms.items():
        (cli.folder / name).write_text(text, encoding="utf-8", newline="")
        estimate(cli, [name], items=items, duplicates=0)
    estimate(cli, ["more.jsonl"], credits_at_most=5)
    (cli.folder / "twice.txt").write_text(f"{SHOP}1 a\n{SHOP}1\n{SHOP}1 a\n{SHOP}1\n", encoding="utf-8")
    estimate(cli, ["twice.txt"], items=4, duplicates=2, jobs=2, credits_at_most=2, requests_at_least=3)
    cli.urls(50_000, "many.txt")
    estimate(cli, ["many.txt"], items=50_000, duplicates=0, requests_at_least=502)


BAD_INPUTS = {
    "empty.txt": ("", "empty.txt names no URL"),
    "comments.txt": ("# nothing\n\n", "comments.txt names no URL"),
    "middle.txt": (f"{SHOP}1\n/not/a/url\n{SHOP}2\n", "middle.txt:2: url: "),
    "scheme.txt": (f"{SHOP}1\n\nftp://shop.example.com/\n", "scheme.txt:3: url: "),
    "surplus.txt": (f"{SHOP}1 a b\n", "surplus.txt:1: more than"),
    "long_id.txt": (f"{SHOP}1 {'é' * 256}\n", "long_id.txt:1: custom_id: "),
    "latin.txt": (b"https://shop.example.com/ \xff\xff\n", "latin.txt:1: custom_id: "),
    "utf16.txt": ("\ufeffhttps".encode("utf-16-le"), "utf16.txt:1: this is UTF-16"),
    "zero.txt": (f"{SHOP}1\n{SHOP}\0\n", "zero.txt:2: a zero byte"),
    "long.txt": (b"x" * (17 << 20), "long.txt:1: the line is longer"),
    "open.csv": (f'url\n{SHOP}1\n"{SHOP}2\n\n', "open.csv:3: a quote is opened"),
    "stray.csv": (f'url,custom_id\n{SHOP}1,a"b\n', "stray.csv:2: a quote inside"),
    "behind.csv": (f'url,custom_id\n"{SHOP}1"x,a\n', "behind.csv:2: text behind"),
    "fields.csv": (f"url,custom_id\n{SHOP}1,a,b\n", "fields.csv:2: 3 fields, and 2 columns"),
    "flag.csv": (f"url,browser\n{SHOP}1,yes\n", "flag.csv:2: browser: "),
    "header.csv": ("url,custom_id\n", "header.csv names no URL"),
    "text.jsonl": (f'{{"url":"{SHOP}1"}}\nno\n', "text.jsonl:2: not JSON"),
    "cut.jsonl": (f'{{"url":"{SHOP}1"', "cut.jsonl:1: not JSON"),
    "array.jsonl": ("[1]\n", "array.jsonl:1: a JSON object"),
    "no_url.jsonl": ('{"custom_id":"a"}\n', "no_url.jsonl:1: the member url"),
    "number.jsonl": ('{"url":7}\n', "number.jsonl:1: url: a string"),
    "screenshot.jsonl": (f'{{"url":"{SHOP}1","screenshot":true}}\n', "screenshot.jsonl:1: screenshot: "),
    "deep.jsonl": ('{"url":' + "[" * 100_000, "deep.jsonl:1: not JSON"),
}


def input(mock, kept):
    account = mock.account()
    cli = Cli(program, account, kept.folder)
    good_inputs(cli)
    for name, (content, text) in BAD_INPUTS.items():
        (cli.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        refused(cli, ["run", name, "--output", "none.jsonl", "--checkpoint", "none"], 2, text)
    refused(cli, ["run", "absent.txt"], 2, "cannot read absent.txt")
    refused(cli, ["run", "."], 2, "cannot read .")
    refused(cli, ["run", "-"], 2, "stdin names no URL", text="")
    check(not (cli.folder / "none.jsonl").exists(), "no output was made")
    check(not (cli.folder / "none").exists(), "no checkpoint was made")
    nothing_was_sent(account)


# --- exit codes


def usage(mock, kept):
    account = mock.account()
    cli = Cli(program, account, kept.folder / "usage")
    urls = cli.urls(2)
    for words, text in [
        ([], "subcommand is required"),
        (["frobnicate"], "Run with --help"),
        (["run"], "INPUT is required"),
        (["run", urls, "--strategy", "psychic"], "no such strategy: psychic"),
        (["run", urls, "--strategy", "fixed:-1"], "no such strategy"),
        (["run", urls, "--deadline", "-1"], "--deadline"),
        (["run", urls, "--deadline", "soon"], "--deadline"),
        (["run", urls, "--read-rate", "0"], "--read-rate"),
        (["run", urls, "--time-scale", "nan"], "not finite"),
        (["run", urls, "--time-scale", "0"], "--time-scale"),
        (["run", urls, "--checkpoint", "nowhere/checkpoint"], "nowhere/checkpoint"),
        (["run", urls, "--output", "nowhere/out"], "cannot write to nowhere/out"),
        (["attach"], "attach: the ids"),
        (["attach", "c"], "attach: both ids"),
        (["attach", "--checkpoint", "none"], "there is no checkpoint in none"),
        (["status", "--checkpoint", "none"], "there is no checkpoint in none"),
        (["results", "--checkpoint", "none"], "keeps no results"),
        (["retry-failed", urls], "--earlier is required"),
        (["retry-failed", urls, "--earlier", "none"], "cannot read none"),
    ]:
        refused(cli, words, 2, text)
    refused(cli, ["run", urls], 2, "SP_TOKEN is not set", SP_TOKEN="")
    refused(cli, ["run", urls], 2, "SP_TIME_SCALE is no number", SP_TIME_SCALE="fast")
    refused(cli, ["run", urls], 2, "token", SP_TOKEN=f"{account.key}\n")
    refused(cli, ["run", urls], 2, "base_url", SCRAPINGPROS_BASE_URL="gopher://x")
    nothing_was_sent(account)
    check("--dry-run" in cli.run("run", "--help", code=0).out, "the help lists the options")


def codes(mock, kept):
    usage(mock, kept)

    def fresh(name, **how):
        account = mock.account(**how)
        return account, Cli(program, account, kept.folder / name)

    account, cli = fresh("0")
    cli.run("run", cli.urls(5), "--output", "out.jsonl", code=0)
    check_lines(cli.lines("out.jsonl"), account)

    account, cli = fresh("1")
    done = refused(cli, ["run", cli.urls(5), "--checkpoint", "kept"], 1, "Connection refused",
                   SCRAPINGPROS_BASE_URL="http://127.0.0.1:9", SP_TIME_SCALE="1000000")
    check("to go on:\n" in done.err, "the command to go on")

    account, cli = fresh("3")
    (cli.folder / "urls").write_text(f"{SHOP}1\nhttp://10.0.0.1/\n", encoding="utf-8")
    done = refused(cli, ["run", "urls", "--output", "out.jsonl"], 3, "urls:2: http://10.0.0.1/: private_ip")
    check(len(cli.lines("out.jsonl")) == 1, "the other one was delivered")

    account, cli = fresh("3-expired", clock={"mode": "manual"})
    (ids,) = cli.run("submit", cli.urls(3), code=0).lines()
    account.ask("/clock/advance", {"by": "1h"})
    lost = next(iter(account.jobs()))
    account.ask(f"/runs/{ids['run_id']}/jobs/{lost}/expire", method="POST")
    words = ["attach", ids["collection_id"], ids["run_id"]]
    done = refused(cli, words, 3, f"{lost} page-")
    check(": expired" in done.err and len(done.lines()) == 2, "the expired one is named, the others came")

    account, cli = fresh("4")
    refused(cli, ["run", cli.urls(2)], 4, "the token was refused", SP_TOKEN="planted_token_of_nobody")
    account.fault(on="collection.create", do="s:413")
    refused(cli, ["run", cli.urls(2)], 4, "too large")
    check(account.summary()["runs_started"] == 0, "no run was started")

    with Mock(mock_program, tenants=[{"key": "a", "plan": "free"}],
              service={"credits_used": 10**9}) as poor:
        account = poor.account()
        cli = Cli(program, account, kept.folder / "4-quota")
        done = refused(cli, ["run", cli.urls(2), "--checkpoint", "kept"], 4, "monthly quota is used up")
        check("to go on:\n" in done.err, "the command to go on")

    account, cli = fresh("5")
    account.fault(on="run.start", do="run-end:cancelled:1s")
    refused(cli, ["run", cli.urls(50), "--output", "out.jsonl"], 5, "the run is cancelled")

    account, cli = fresh("6", clock={"mode": "manual"})
    done = refused(cli, ["run", cli.urls(3), "--deadline", "0.4", "--checkpoint", "kept"], 6, "the wait ended")
    check("run urls.txt --deadline 0.4 --checkpoint kept\n" in done.err, "the command to go on")
    account.ask("/clock/advance", {"by": "1h"})
    check(len(cli.run("run", "urls.txt", "--checkpoint", "kept", code=0).lines()) == 3, "the same again goes on")
    check_one_run(account)


# --- disks


def disk(mock, kept):
    account = mock.account()
    cli = Cli(program, account, kept.folder / "unwritable")
    urls = cli.urls(30)
    (cli.folder / "file").write_text("mine\n", encoding="utf-8")
    for words, text in [
        (["--folder", "/proc/nowhere"], "/proc/nowhere"),
        (["--folder", "file"], "file"),
        (["--output", "."], "cannot write to ."),
        (["--output", "file"], "file is not empty, and there is no checkpoint"),
        (["--output", "file", "--checkpoint", "fresh"], "file is not empty"),
        (["--checkpoint", "file"], "file: "),
        (["--checkpoint", "."], "path"),
    ]:
        refused(cli, ["run", urls, *words], 2, text)
    check((cli.folder / "file").read_text(encoding="utf-8") == "mine\n", "nobody's file was changed")
    nothing_was_sent(account)

    account = mock.account()
    cli = Cli(program, account, kept.folder / "before")
    words = ["run", cli.urls(30), "--checkpoint", "kept"]
    refused(cli, words, 7, "cannot write the checkpoint: File too large at kept", limits=sizes(1_000))
    nothing_was_sent(account)
    check_lines(cli.run(*words, code=0).lines(), account)

    for name, output, limit, text in [
        ("device", ["--output", "/dev/full"], None, "cannot write to /dev/full: No space left"),
        ("line", ["--output", "out.jsonl"], 40_000, "cannot write to out.jsonl: File too large"),
        ("body", ["--folder", "bodies"], 2_000, "a body could not be stored"),
        ("lines", ["--folder", "bodies"], 9_000, "bodies/results.jsonl: File too large"),
    ]:
        account = mock.account()
        cli = Cli(program, account, kept.folder / name)
        cli.run("submit", cli.urls(100), "--checkpoint", "kept", code=0)
        words = ["run", "urls.txt", "--checkpoint", "kept", *output]
        done = refused(cli, words, 7, text, limits=limit and sizes(limit))
        check("to go on:\n" in done.err, f"{name}: the command to go on")
        if output[1] == "/dev/full":
            words[-1] = "out.jsonl"
        bodies = cli.folder / "bodies" if output[0] == "--folder" else None
        end_well(cli, words, account, bodies)

    # The checkpoint has no room for a step: the line is written already, and does not come again.
    account = mock.account()
    cli = Cli(program, account, kept.folder / "step")
    cli.run("submit", cli.urls(100), "--checkpoint", "kept", code=0)
    room = (cli.folder / "kept").stat().st_size + 1_000
    words = ["run", "urls.txt", "--checkpoint", "kept"]
    done = refused(cli, words, 7, "cannot write the checkpoint: File too large at kept", limits=sizes(room))
    rest = cli.run(*words, code=0)
    check(done.lines()[-1] in rest.lines(), "on a pipe the line that was not acknowledged comes again")
    check_lines(done.lines()[:-1] + rest.lines(), account)
    check_one_run(account)


def end_well(cli, words, account, bodies):
    """What could not be written comes when there is room, and nothing comes twice."""
    check(not list(cli.folder.rglob("*.part")), "no part of a body is left")
    cli.run(*words, code=0)
    check_lines(cli.lines("bodies/results.jsonl" if bodies else "out.jsonl"), account, cli.folder, bodies)
    check_one_run(account)


# --- pipes and signals


def pipes(mock, kept):
    # A reader that goes after some lines; the same command gives it the rest.
    account = mock.account()
    cli = Cli(program, account, kept.folder / "reader")
    words = ["run", cli.urls(200), "--checkpoint", "kept"]
    first = cli.start(*words)
    read = [json.loads(first.stdout.readline()) for _ in range(3)]
    first.stdout.close()
    err = first.stderr.read()
    check(first.wait(timeout=60) == 141, f"exit code {first.returncode}: {err}")
    check("whoever read the output has gone" in err and "to go on:\n" in err, err)
    rest = cli.run(*words, code=0).lines()
    # What was in the pipe when it was closed is lost to this reader, and was acknowledged.
    ids = {line["job_public_id"] for line in read + rest}
    check(ids <= set(account.jobs()) and len(rest) > 0, "the rest came")
    check(len(rest) == len({line["job_public_id"] for line in rest}), "nothing came twice")

    # A reader that was never there: nothing may be acknowledged.
    account = mock.account()
    cli = Cli(program, account, kept.folder / "nobody")
    words = ["run", cli.urls(20), "--checkpoint", "kept"]
    read_end, write_end = os.pipe()
    os.close(read_end)
    first = cli.start(*words, stdout=write_end)
    os.close(write_end)
    check(first.wait(timeout=60) == 141, f"exit code {first.returncode}")
    first.stderr.close()
    check_lines(cli.run(*words, code=0).lines(), account)

    for number, shown in [(signal.SIGINT, "lines"), (signal.SIGTERM, "bar")]:
        account = mock.account(clock={"mode": "manual"})
        cli = Cli(program, account, kept.folder / f"signal{number}")
        words = ["run", cli.urls(20), "--checkpoint", "kept", "--output", "out.jsonl", "--progress", shown]
        first = cli.start(*words)
        wait_until(lambda: account.requests()["list_runs"] > 0, "it looks at the run")
        began = time.monotonic()
        first.send_signal(number)
        _, err = first.communicate(timeout=60)
        check(first.returncode == 130, f"exit code {first.returncode}: {err}")
        check("the wait was ended; the run goes on" in err, err)
        check(" ".join(words) + "\n" in err, err)
        print(f"{number.name}: ended after {time.monotonic() - began:.3f} s")
        account.ask("/clock/advance", {"by": "1h"})
        cli.run(*words, code=0)
        check_lines(cli.lines("out.jsonl"), account)
        check_one_run(account)

    # Without a checkpoint the run is what can be gone on with.
    account = mock.account(clock={"mode": "manual"})
    cli = Cli(program, account, kept.folder / "ids")
    first = cli.start("run", cli.urls(20), "--output", "out.jsonl")
    wait_until(lambda: account.requests()["list_runs"] > 0, "it looks at the run")
    first.send_signal(signal.SIGINT)
    _, err = first.communicate(timeout=60)
    check(first.returncode == 130, f"exit code {first.returncode}: {err}")
    words = err.rsplit("to go on:\n", 1)[1].split()[1:]
    check(words[0] == "attach" and words[3:] == ["--output", "out.jsonl"], err)
    account.ask("/clock/advance", {"by": "1h"})
    for _ in range(2):  # also without a checkpoint, what is in the file does not come again
        cli.run(*words, code=0)
        check_lines(cli.lines("out.jsonl"), account)
    check_one_run(account)


mock_program, program, case = sys.argv[1:]
cases = {"input": input, "codes": codes, "disk": disk, "pipes": pipes}
with Mock(mock_program, runs=SMALL) as mock, Artefacts() as kept:
    cases[case](mock, kept)
print(f"{case}: as the manual page says; the token is in no file")
