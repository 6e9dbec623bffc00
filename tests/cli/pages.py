"""pages.py MOCK CLI: examples/pages_with_cli.sh on a small folder of pages of its own, over TLS: all of them
arrive as they are, and a page that changes after the submit is found out."""

import os
import pathlib
import subprocess
import sys
import tempfile

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
TOKEN = "planted_token_of_pages"


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def scrape(folder, *options):
    pages, out = folder / "pages", folder / "out"
    for number in range(20):
        page = pages / f"part-{number % 3}" / f"{number}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"<p>{number} “ünï”\n", encoding="utf-8")
    (pages / "large.html").write_text("<p>large</p>\n" * 25_000, encoding="utf-8")  # over the inline cap
    done = subprocess.run(
        [EXAMPLES / "with_mock", mock, "--tls", "--time-scale", "200", "--token", TOKEN, "--content", pages, "--",
         EXAMPLES / "pages_with_cli.sh", pathlib.Path(program).resolve(), pages, out, *options],
        env={**os.environ, "SP_TIME_SCALE": "200"}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    print(done.stdout, done.stderr)
    check(TOKEN not in done.stdout + done.stderr, "the token was printed")
    for path in out.rglob("*"):
        check(not path.is_file() or TOKEN.encode() not in path.read_bytes(), f"the token is in {path}")
    return done.returncode, done.stdout.splitlines()[-1]


mock, program = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    check(scrape(pathlib.Path(folder)) == (0, "delivered 21 of 21, sha256 mismatches 0"), "all is well")
    code, last = scrape(pathlib.Path(folder), "--alter-one-page")
    check((code, last) == (1, "delivered 21 of 21, sha256 mismatches 1"), f"the altered page: {code} {last}")
