"""parity: what a live service answers, next to the mock's switches A1 to A68 (server_probes.py). For somebody who has a
key; nothing here is part of any test but the one that asks a mock."""

import argparse
import http.client
import json
import os
import pathlib
import secrets
import sys
import urllib.parse

if __package__ in (None, ""):  # started as a file
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
    __package__ = "kit"

from . import server_probes_mock  # noqa: E402, F401  # that it is said of them why they cannot be seen
from .server_look import Look, Unseen  # noqa: E402
from .server_probes import PROBES  # noqa: E402
from .server_wire import COLLECTIONS, Service, Spent  # noqa: E402

OK, DIFFERENT, USAGE, NOT_ASKED = 0, 1, 2, 3
FREE, PAID = 40, 170  # the most requests; most of the paid ones are readings of the run, one in two seconds
JOBS = 6  # the most jobs that are submitted: three pages, and three more if a repeated start is a second run
KEY = "SP_TOKEN"
# Numbers, as a scenario has them.
NUMBERS = {"inline_cap_bytes", "content_ttl_hours", "read_per_minute", "write_per_minute", "webhook_attempts", "max_body_bytes"}


def arguments(words):
    p = argparse.ArgumentParser(
        prog="tests/conformance/run parity",
        description="Asks a live service what the mock assumes, and prints differences as switches of a scenario.",
        epilog=f"The key is read from {KEY} in the environment. Exit codes: 0 nothing differs; 1 something does; 2 usage; "
               "3 the server cannot be asked.")
    p.add_argument("--live", action="store_true", help="yes, a server that is not this project's mock")
    p.add_argument("--base-url", metavar="URL")
    p.add_argument("--yes-i-pay", action="store_true", help=f"submit up to {JOBS} plain jobs as well; they are charged")
    p.add_argument("--budget", type=int, metavar="N", help=f"at most so many requests ({FREE}, {FREE + PAID} with --yes-i-pay)")
    p.add_argument("--every", type=float, default=Service.pace, metavar="SECONDS", help="between two looks at the run (2)")
    p.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all that was seen there")
    return p.parse_args(words)


class Polite(Service):
    """Waits when it is told to: a request that was refused for its rate has done nothing, and is asked again."""

    def ask(self, *what, **how):
        got = super().ask(*what, **how)
        for _ in range(3):
            if got.status != 429 or "quota" in got.text.lower():
                break
            told = got.headers.get("retry-after", "")
            self.wait(min(float(told), 90.0) if told.replace(".", "", 1).isdigit() else 60.0)
            got = super().ask(*what, **how)
        return got


def announce(options, budget):
    where = urllib.parse.urlsplit(options.base_url)
    free = sum(p.where == "free" for p in PROBES.values())
    paid = sum(p.where == "paid" for p in PROBES.values())
    print(f"{where.scheme}://{where.netloc} is asked at most {budget} requests, and to remove what they make.")
    print(f"  {free} switches show for nothing: collections are made and removed, none of them is run with an item in it.")
    if options.yes_i_pay:
        print(f"  {paid} switches show in a run of three plain pages of example.com: up to {JOBS} jobs are charged "
              "(two starts with one key).")
    else:
        print(f"  {paid} switches would show in a run of three plain pages, up to {JOBS} charged jobs: --yes-i-pay submits them.")
    print(f"  {len(PROBES) - free - paid} cannot be seen at a live service. No body is kept or printed.", flush=True)


def ask(options, token, budget):
    """({switch: value seen}, {switch: why not})."""
    service = Polite(options.base_url, token, os.environ.get("SP_CA_FILE"), budget)
    service.pace = options.every
    look, seen, unseen = Look(service, f"kit-{secrets.token_hex(4)}"), {}, {}
    try:
        # The probe that deletes, and the run, come last; the others leave collections behind, which are removed.
        for name, p in sorted(PROBES.items(), key=lambda each: each[1].where == "paid"):
            if p.where == "mock":
                unseen[name] = p.why
            elif p.where == "paid" and not options.yes_i_pay:
                unseen[name] = "costs a run: --yes-i-pay"
            else:
                try:
                    seen[name] = p.see(look)
                except Unseen as why:
                    unseen[name] = str(why)
                except Spent:
                    unseen[name] = "the budget of requests was used up"
                except (OSError, http.client.HTTPException) as broken:
                    unseen[name] = f"the connection broke: {type(broken).__name__}"
                except (KeyError, IndexError, TypeError, AttributeError, ValueError) as odd:
                    unseen[name] = f"the answers have another form: {type(odd).__name__}"
    finally:
        asked = service.asked
        left = remove(service, look.tag)
    return seen, unseen, asked, left


def remove(service, tag):
    """Removes the collections that were made here; how many are left."""
    service.budget = None
    try:
        # A server that does not know name_prefix lists them all.
        listed = service.get(f"{COLLECTIONS}?name_prefix={tag}").json
        made = [each for each in listed if str(each.get("name", "")).startswith(tag)]
        return sum(service.ask("DELETE", f"{COLLECTIONS}/{each['id']}").status >= 300 for each in made)
    except (OSError, http.client.HTTPException, TypeError, AttributeError, KeyError):
        return None


def defaults():
    """The table of part 18, the first values of which the mock takes by itself; SRV-021 compares it with the mock's."""
    return json.loads((pathlib.Path(__file__).resolve().parents[1] / "switches.json").read_text("utf-8"))


def compare(seen):
    """{switch: value} as a scenario takes it, of those that are not the mock's default."""
    made, table = {}, defaults()
    for name, value in seen.items():
        # What a plan allows is no assumption; the report tells it apart.
        if name != "write_per_minute" and value != table[name]["default"]:
            made[name] = int(value) if name in NUMBERS and value.isdigit() else value
    return made


def main(words):
    options = arguments(words)
    token = os.environ.get(KEY, "")
    if not options.live or not options.base_url:
        print("parity asks a real server: say so with --live, and which with --base-url URL", file=sys.stderr)
        return USAGE
    if not token:
        print(f"{KEY} is not set: there is no key to ask with (never give it as an argument)", file=sys.stderr)
        return USAGE
    budget = options.budget or (FREE + PAID if options.yes_i_pay else FREE)
    announce(options, budget)
    try:
        health = Service(options.base_url, token, os.environ.get("SP_CA_FILE"), 2).ask("GET", f"{COLLECTIONS}?name=kit")
    except OSError as error:
        print(f"it cannot be asked: {type(error).__name__}", file=sys.stderr)
        return NOT_ASKED
    if health.status != 200:
        print(f"it answers {health.status} to the first request: nothing is judged", file=sys.stderr)
        return NOT_ASKED
    seen, unseen, asked, left = ask(options, token, budget)
    different = compare(seen)
    print(f"\n{len(seen)} switches were seen with {asked} requests, {len(different)} differ from the mock. For a scenario of the mock:\n")
    print(json.dumps({"contract": {"switches": different}}, indent=2))
    if "write_per_minute" in seen:
        print(f"\nThis account writes {seen['write_per_minute']} times a minute; the mock goes by the plan.")
    print("\nNot seen:")
    for name, why in sorted(unseen.items(), key=lambda each: PROBES[each[0]].number):
        print(f"  A{PROBES[name].number} {name}: {why}")
    print("  A52 run_failed_cause: has one value")
    if left != 0:
        print(f"\nCollections whose names begin with kit- may be left behind: {'their list cannot be read' if left is None else left}.")
    if options.json:
        told = {"seen": seen, "different": different, "unseen": unseen, "requests": asked}
        options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    return DIFFERENT if different else OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
