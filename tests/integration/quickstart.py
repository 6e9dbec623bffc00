"""quickstart.py MOCK QUICKSTART CASE: the quickstart on a small folder of pages of its own.

CASE is `delivers` (all pages arrive as they are, one of them over the cap for inline results),
`altered_page` (a page that changes after the submit is found out) or `bad_input`."""

import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

WITH_MOCK = pathlib.Path(__file__).resolve().parents[2] / "examples" / "with_mock"
TOKEN = "test_token_kept_secret"
SMALL_PAGES = 20
OVER_THE_CAP = 300_000


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def make_pages(folder):
    words = random.Random(1)
    for number in range(SMALL_PAGES):
        page = folder / f"part {number % 3}" / f"{number}é.html"  # a URL must encode both
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"<p>{number} {words.getrandbits(4000):x} “ünï”\n", encoding="utf-8")
    (folder / "large.html").write_text("<p>large</p>\n" * (OVER_THE_CAP // 13), encoding="utf-8")


def run(arguments, mock=None, pages=None, **environment):
    """Exit code and what was said; with a mock its address is in the environment."""
    command = [quickstart, *map(str, arguments)]
    if mock:
        command = [WITH_MOCK, mock, "--tls", "--time-scale", "200", "--token", TOKEN,
                   "--content", str(pages), "--", *command]
    known = {name: value for name, value in os.environ.items()
             if name not in ("SCRAPINGPROS_BASE_URL", "SP_TOKEN", "SCRAPINGPROS_CA_FILE")}
    done = subprocess.run(command, env={**known, **environment}, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    print(*command, done.stdout, done.stderr, f"exit code {done.returncode}", sep="\n")
    check(TOKEN not in done.stdout + done.stderr, "the token was printed")
    return done.returncode, done.stdout, done.stderr


def scrape(*options):
    pages, out = work / "pages", work / "out"
    make_pages(pages)
    code, said, _ = run(["--pages", pages, "--out", out, "--look-every", "50", *options], mock, pages)
    lines = [json.loads(line) for line in (out / "results.jsonl").read_text("utf-8").splitlines()]
    for line in lines:
        body = (out / line["body"]).read_bytes()
        check(line["sha256"] == hashlib.sha256(body).hexdigest(), f"the digest in {line}")
        check(line["bytes"] == len(body), f"the size in {line}")
        same = body == (pages / line["custom_id"]).read_bytes()
        check(line["sha256_matches"] is same or options, f"the comparison in {line}")
    check(len({line["custom_id"] for line in lines}) == SMALL_PAGES + 1, "each page has a line")
    return code, said, lines


def delivers():
    code, said, lines = scrape()
    check(said.endswith("\ndelivered 21 of 21, sha256 mismatches 0\n"), "the last line")
    check("20 inline, 1 fetched, 0 without a body" in said, "the summary")
    check("the mock counts the same" in said, "the ledger")
    check([line["custom_id"] for line in lines if line["came"] == "fetched"] == ["large.html"], "the fetched one")
    check(code == 0, "the exit code")


def altered_page():
    code, said, lines = scrape("--alter-one-page")
    check(said.endswith("\ndelivered 21 of 21, sha256 mismatches 1\n"), "the last line")
    check(sum(not line["sha256_matches"] for line in lines) == 1, "the line of the altered page")
    check(code == 1, "the exit code")


def bad_input():
    url = "https://shop.example.com/"
    lists = {
        "empty": ("# nothing\n\n", "names no URL"),
        "no_url": (f"{url}1\n\n/not/a/url\n", "no_url:3: url: "),
        "scheme": (f"ftp://shop.example.com/\n", "scheme:1: url: "),
        "surplus": (f"{url}1 a b\n", "surplus:1: more than"),
        "twice": (f"{url}1 a\n# x\n{url}1 a\n", "twice:3: the same URL and custom_id as in "),
        "same_id": (f"{url}1 a\n{url}2 a\n", "same_id:2: the same custom_id as in "),
        "long_id": (f"{url}1 {'é' * 256}\n", "long_id:1: custom_id: "),
        "not_utf8": (b"https://shop.example.com/ \xff\xfe\n", "not_utf8:1: custom_id: "),
    }
    good = work / "good"
    good.write_text(f"{url}1\n{url}2 {'é' * 255}\n", encoding="utf-8")
    service = {"SCRAPINGPROS_BASE_URL": "http://127.0.0.1:9", "SP_TOKEN": TOKEN}
    no_ca = {**service, "SCRAPINGPROS_BASE_URL": "https://127.0.0.1:9"}
    cases = [
        ([good], {"SP_TOKEN": TOKEN}, "SCRAPINGPROS_BASE_URL is not set"),
        ([good], {**service, "SP_TOKEN": ""}, "SP_TOKEN is not set or empty"),
        ([good], {**service, "SP_TOKEN": f"{TOKEN}\n"}, "token"),
        ([good], {**service, "SCRAPINGPROS_BASE_URL": "shop.example.com"}, "base URL"),
        ([good], {**service, "SCRAPINGPROS_BASE_URL": "gopher://shop.example.com"}, "base URL"),
        ([good], {**no_ca, "SCRAPINGPROS_CA_FILE": str(work / "none.pem")}, "none.pem"),
        ([good], {**no_ca, "SCRAPINGPROS_CA_FILE": str(good)}, str(good)),
        ([good], service, "http://127.0.0.1:9: Connection refused"),  # nobody listens there
        ([work / "none"], service, f"cannot read {work / 'none'}"),
        ([work], service, f"cannot read {work}"),
        (["--pages", work / "none"], service, "cannot read the folder"),
        (["--pages", work], service, "no page"),
        (["--out", good, good], service, "cannot write to the folder"),
        ([], service, "either a file of URLs or --pages is needed"),
        ([good, good], service, "more than one list"),
        (["--alter-one-page", good], service, "--alter-one-page needs --pages"),
        (["--look-every", "soon", good], service, "not a number of milliseconds"),
        (["--out"], service, "--out needs a value"),
        (["--frobnicate"], service, "no such option"),
    ]
    for name, (text, message) in lists.items():
        file = work / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        cases.append(([file], service, message))
    for arguments, environment, message in cases:
        out = [] if "--out" in arguments else ["--out", work / "out"]
        code, said, complaint = run([*out, *arguments], **environment)
        check(code == 2, f"exit code 2 is for {message}")
        check(message in complaint, f"a message with: {message}")
        check(complaint.count("\n") <= 2 and said == "", f"no more than a line about {message}")


mock, quickstart, case = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    {"delivers": delivers, "altered_page": altered_page, "bad_input": bad_input}[case]()
