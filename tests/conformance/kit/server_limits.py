"""Drives about rate limits (§12, A47 to A49)."""

import random

from . import server_model as model
from .server_wire import Findings, START

BEGIN = model.milliseconds(START) * 1000
MINUTE = model.Limiter.MINUTE


def _gap(dice, now):
    """Bursts, trickles, pauses, and gaps that fall on the edges of windows; microseconds."""
    rest = MINUTE - now % MINUTE
    window = MINUTE + dice.randint(-1, 1) if dice.random() < 0.2 else 3_000_000
    pause = dice.randint(0, 150_000_000) if dice.random() < 0.2 else 50_000
    trickle = dice.randint(0, 1_000_000), dice.randint(0, 7_000_000), dice.randint(0, 7_000_000)
    return dice.choice([0, 0, 0, 1, *trickle, rest, rest - 1, window, pause])


def limiter(drive, algorithm="fixed_window_60s", per_minute=7, arrivals=700):
    """What is admitted is what the naive limiter admits, and the headers of each reply are true of the next one."""
    dice, f, refused = random.Random(drive.seed), Findings(drive.seed), 0
    tenant = drive.tenant({"rate_algorithm": algorithm, "write_per_minute": str(per_minute)})
    naive, now, left, times = model.Limiter(algorithm, per_minute), BEGIN, None, []
    for number in range(arrivals * drive.size):
        gap = _gap(dice, now)
        if gap:
            tenant.wait(gap / 1e6)
        now, left = now + gap, left if gap == 0 else None
        got = tenant.post({"name": "n"})
        times.append(now - BEGIN)
        wanted = naive.arrive(now)
        admitted = got.status == 201
        f.look(admitted == wanted, lambda: f"arrival {number} is answered with {got.status}: microseconds of the last ones {times[-12:]}")
        if left is not None:
            f.look(admitted == (left > 0), f"X-RateLimit-Remaining was {left}, and the next is answered with {got.status}")
        left = int(got.headers.get("x-ratelimit-remaining", -1))
        f.look(got.headers.get("x-ratelimit-limit") == str(per_minute), "X-RateLimit-Limit is another")
        if admitted:
            continue
        refused += 1
        wait = got.headers.get("retry-after", "")
        if not f.look(got.status == 429 and wait.isdigit() and int(wait) > 0, f"{got.status} with Retry-After {wait!r}"):
            break
        f.look("quota" not in got.text.lower(), "a rate limit speaks of a quota")
        if dice.random() < 0.3:  # who waits as long as he is told is let in
            tenant.wait(int(wait))
            now += int(wait) * 1_000_000
            again = tenant.post({"name": "n"})
            times.append(now - BEGIN)
            f.look(again.status == 201 and naive.arrive(now), f"after Retry-After {wait}: {again.status}")
            left = int(again.headers.get("x-ratelimit-remaining", -1))
    tenant.leave()
    return f.told(refused=refused)


def buckets_apart(drive):
    """Reads and writes are counted apart, unless there is one bucket for both."""
    f = Findings(drive.seed)
    for single, wanted in (("off", 200), ("on", 429)):
        tenant = drive.tenant({"write_per_minute": "2", "single_bucket": single})
        for _ in range(2):
            tenant.post({"name": "n"})
        got = tenant.get("/v1/async/collections").status
        f.look(got == wanted, f"single_bucket {single}: a read after two writes is answered with {got}")
        tenant.leave()
    return f.told()
