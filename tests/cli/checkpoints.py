"""checkpoints.py MOCK CLI CASE: damaged, newer, foreign and empty ones, those of another batch or service, and
those in use, each with the exit code and the words that README.md promises.

CASE is `checkpoints` (files) or `ledgers` (databases)."""

import sys

from harness import SMALL, Artefacts, Cli, Mock, check, check_lines, check_one_run, refused, wait_until


def checkpoints(mock, kept):
    account = mock.account(clock={"mode": "manual"})
    cli = Cli(program, account, kept.folder / "damaged")
    words = ["run", cli.urls(3), "--output", "out.jsonl", "--checkpoint", "kept"]
    cli.run("submit", "urls.txt", "--checkpoint", "kept", code=0)
    sent = account.requests()["total"]
    good = (cli.folder / "kept").read_bytes()
    for name, content, text in [
        ("cut", good[: len(good) - 20] + b"\n", "the checkpoint is damaged at kept"),
        ("torn", good[: len(good) // 2], "the checkpoint is damaged at kept"),
        ("flipped", good[:60] + bytes([good[60] ^ 1]) + good[61:], "the checkpoint is damaged at kept"),
        ("newer", good.replace(b"checkpoint/1", b"checkpoint/99"), "of a newer version at kept"),
        ("empty", b"", "the checkpoint is damaged at kept"),
        ("foreign", b"#!/bin/sh\n", "the checkpoint is damaged at kept"),
    ]:
        (cli.folder / "kept").write_bytes(content)
        refused(cli, words, 2, text)
        check((cli.folder / "kept").read_bytes() == content, f"{name}: the checkpoint was not touched")
    (cli.folder / "kept").write_bytes(good)
    cli.urls(3, "other.txt", first=2)
    refused(cli, ["run", "other.txt", *words[2:]], 2, "kept is the checkpoint of another input (\"urls ")
    refused(cli, words, 2, "at another service than http://127.0.0.1:9", SCRAPINGPROS_BASE_URL="http://127.0.0.1:9")
    refused(cli, ["attach", "--checkpoint", "kept"], 2, "at another service", SCRAPINGPROS_BASE_URL="http://127.0.0.1:9")
    refused(cli, ["attach", "c", "r", "--checkpoint", "kept"], 2, "of another batch")
    (cli.folder / "out.jsonl").write_text('{"job_public_id":"a"}\nnotes\n', encoding="utf-8")
    refused(cli, words, 2, "out.jsonl:2: not a line of this program")
    (cli.folder / "out.jsonl").unlink()
    check(account.requests()["total"] == sent, "nothing more was sent")

    # Two processes: the second one is told, the first one is not disturbed.
    first = cli.start(*words)
    wait_until(lambda: account.requests()["total"] > sent, "the first process looks at the run")
    refused(cli, words, 2, "another process uses the checkpoint")
    refused(cli, ["run", "other.txt", "--output", "out.jsonl"], 2, "another process writes to out.jsonl")
    (state,) = cli.run("status", "--checkpoint", "kept", code=0).lines()
    check(state["stage"] == "running" and state["jobs"] == 3, f"the status beside it: {state}")
    account.ask("/clock/advance", {"by": "1h"})
    _, err = first.communicate(timeout=60)
    check(first.returncode == 0, err)
    check_lines(cli.lines("out.jsonl"), account)
    # A step that a crash has torn, and the line that it was for, come again, once.
    (cli.folder / "kept").write_bytes(good)
    whole = (cli.folder / "out.jsonl").read_bytes()
    (cli.folder / "out.jsonl").write_bytes(whole[:-30])
    cli.run(*words, code=0)
    check_lines(cli.lines("out.jsonl"), account)
    check_one_run(account)


def ledgers(mock, kept):
    account = mock.account(clock={"mode": "manual"})
    cli = Cli(program, account, kept.folder / "ledger")
    words = ["run", cli.urls(3), "--output", "out.jsonl", "--checkpoint", "sqlite:kept.db"]
    cli.run("submit", "urls.txt", "--checkpoint", "sqlite:kept.db", code=0)
    sent = account.requests()["total"]
    file = cli.folder / "kept.db"
    check(not (cli.folder / "kept.db-wal").exists(), "all is in the one file when nobody has it open")
    good = file.read_bytes()
    at = good.index(b"urls.txt") if b"urls.txt" in good else good.index(b"urls")
    for name, content, text in [
        ("cut", good[: len(good) - 5000], "kept.db"),
        ("torn", good[:1000], "kept.db"),
        ("flipped", good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :], "kept.db"),
        ("newer", good[:60] + (99).to_bytes(4, "big") + good[64:], "of a newer version at kept.db"),
        ("empty", b"", "kept.db"),
        ("foreign", b"#!/bin/sh\n" * 100, "kept.db"),
    ]:
        file.write_bytes(content)
        refused(cli, words, 2, text)
        check(file.read_bytes() == content, f"{name}: the ledger was not touched")
    file.write_bytes(good)
    check(account.requests()["total"] == sent, "nothing more was sent")

    # Two processes on one ledger: the second one is told, the first one is not disturbed.
    first = cli.start(*words)
    wait_until(lambda: account.requests()["total"] > sent, "the first process looks at the run")
    refused(cli, words, 2, "another process")
    (state,) = cli.run("status", "--checkpoint", "sqlite:kept.db", code=0).lines()
    check(state["stage"] == "running", f"the status beside it: {state}")
    account.ask("/clock/advance", {"by": "1h"})
    _, err = first.communicate(timeout=60)
    check(first.returncode == 0, err)
    check_lines(cli.lines("out.jsonl"), account)
    check(len(cli.run("results", "--checkpoint", "sqlite:kept.db", code=0).lines()) == 3, "the results")
    check_one_run(account)


mock_program, program, case = sys.argv[1:]
cases = {"checkpoints": checkpoints, "ledgers": ledgers}
with Mock(mock_program, runs=SMALL) as mock, Artefacts() as kept:
    cases[case](mock, kept)
print(f"{case}: as the manual page says; the token is in no file")
