"""Drives about runs: their counters, their listings, the verdict, and when a row can be read."""

import random
import urllib.parse

from . import server_model as model
from .server_wire import Findings

COUNTERS = ("success_requests", "failed_requests", "timeout_requests")


def random_walk(drive, falls=0, runs=6):
    """§9.1, §9.2: whatever is asked and however long one waits, counters do not fall (A67: at most `falls` times),
    their sum is no more than the total, what is over stays over, and the rows agree at the end."""
    dice, f = random.Random(drive.seed), Findings(drive.seed)
    for _ in range(runs * drive.size):
        tenant = drive.tenant()
        items = dice.randint(1, 60)
        collection = tenant.create(items)
        run = tenant.start(collection)
        last, fallen, after_end, visible = None, 0, 0, 0
        while after_end < 4:
            seen = tenant.get(run).json
            f.look(seen["total_requests"] == items, f"total_requests is {seen['total_requests']}, not {items}")
            counted = [seen[name] for name in COUNTERS]
            f.look(sum(counted) <= items, f"the counters are {counted}, the total {items}")
            if last:
                falling = any(now < before for now, before in zip(counted, last[1]))
                fallen += falling
                f.look(not falling or fallen <= falls, f"counters fall from {last[1]} to {counted}")
                over = last[0] != "in_progress"
                f.look(not over or seen["status"] == last[0], f"{last[0]} becomes {seen['status']}")
                f.look(not over or counted == last[1], f"a run that is over counts {counted} after {last[1]}")
            last = seen["status"], counted
            choice = dice.random()
            if choice < 0.3:
                rows = len(tenant.rows(run))
                f.look(rows >= visible, f"{visible} rows, then {rows}")
                f.look(falls or rows <= sum(counted), f"{rows} rows of {sum(counted)} jobs that have ended (V1)")
                visible = rows
            elif choice < 0.5:
                listed = tenant.get(f"{collection}/runs").json["items"][0]
                f.look([listed[name] for name in COUNTERS] == counted or falls > 0, f"the list counts otherwise than {counted}")
            elif choice < 0.55:
                tenant.ask("PUT", collection, {"name": "renamed"})
            if seen["status"] != "in_progress":
                after_end += 1
                f.look(sum(counted) == items, f"at the end the counters are {counted}, the total {items} (I2)")
            tenant.wait(dice.choice([0, 0.001, 0.3, 1, 2.5, 7]))
        rows = tenant.rows(run)
        usable, completed = sum(r["is_success"] is True for r in rows), sum(r["status"] == "completed" for r in rows)
        f.look(usable == last[1][0], f"success_requests is {last[1][0]}, {usable} rows are usable (I1)")
        f.look(completed >= last[1][0], f"{completed} completed rows, {last[1][0]} successes (I4)")
        tenant.leave()
    return f.told()


def listing(drive, runs=12, questions=110):
    """§7.1 to §7.3: each page is what a look through all rows gives, at any time of a run's life, with cursors kept
    for as long as one likes. A difference is one question: it stands for itself, there is nothing to shrink."""
    dice, f, reached = random.Random(drive.seed), Findings(drive.seed), {"more": 0, "refused": 0, "continued": 0, "empty": 0}
    for _ in range(runs * drive.size):
        tenant = drive.tenant({"tied_stamps": dice.choice(["natural", "bursts"]),
                               "null_completed_at": dice.choice(["off", "off", "volatile_row", "failed_and_timeout"]),
                               "late_rows": dice.choice(["off", "on"])})
        run, table, kept = tenant.run_of(dice.randint(1, 90)), [], []
        for number in range(questions):
            if number % 10 == 0:
                tenant.wait(dice.choice([0.5, 2, 5, 5, 11]))
                before = [row["job_public_id"] for row in table]
                table = tenant.rows(run)
                now = [row["job_public_id"] for row in table]
                f.look(now[: len(before)] == before, "rows by id are not those of before and new ones behind them")
                f.look(len(set(now)) == len(now), "a row is there twice")
            _one_question(dice, f, tenant, run, table, kept, reached)
        tenant.leave()
    return f.told(**reached)


def _one_question(dice, f, tenant, run, table, kept, reached):
    asked, words = {}, {}
    order = dice.choice([None, "id", "completed_at", "completed_at"])
    if order:
        words["order_by"] = asked["order_by"] = order
    direction = dice.choice([None, None, "asc", "desc"])
    if direction:
        words["order_dir"] = asked["order_dir"] = direction
    limit = dice.choice([1, 2, 3, 7, 50, 100, 1000])
    words["limit"] = asked["limit"] = limit
    if dice.random() < 0.2:
        words["include_results"] = "true"
        asked["limit"] = min(limit, 100)
    if dice.random() < 0.5:
        asked["statuses"] = dice.sample(model.ALL_STATUSES, dice.randint(1, 4))
        words["status_filter"] = ",".join(asked["statuses"])
    stamped = [row["completed_at"] for row in table if row["completed_at"]]
    if dice.random() < 0.4 and stamped:
        stamp = dice.choice(stamped)
        words["since_completed_at"] = stamp + dice.choice(["", "Z", "+00:00"])
        asked["since"] = model.milliseconds(stamp)
    refused = False
    if dice.random() < 0.45 and kept:
        cursor, made_with, way, place = dice.choice(kept)
        words["cursor"] = cursor
        refused = made_with != (order or "id")
        if way != (direction or "asc") and not refused:
            return  # whether a position can be gone from in the other direction is not said
        asked["after"] = place
    query = urllib.parse.urlencode(words)
    got = tenant.get(f"{run}/jobs?{query}")
    if refused:
        reached["refused"] += 1
        f.look(got.status == 400, f"a cursor of another order is answered with {got.status}: {query}")
        return
    if not f.look(got.status == 200, f"{got.status} for {query}"):
        return
    ids, more, place = model.Listing(table).page(**asked)
    found = [row["job_public_id"] for row in got.json["items"]]
    f.look(found == ids, lambda: f"{query}: {_difference(found, ids)}")
    f.look(got.json["has_more"] == more, f"has_more is {got.json['has_more']}: {query}")
    f.look((got.json["cursor_next"] is not None) == more, f"cursor_next is {got.json['cursor_next']}: {query}")
    reached["more"] += more
    reached["empty"] += not ids
    reached["continued"] += "after" in asked
    if got.json["cursor_next"] is not None and place is not None:
        kept.append((got.json["cursor_next"], order or "id", direction or "asc", place))


def _difference(found, wanted):
    for place, (a, b) in enumerate(zip(found, wanted)):
        if a != b:
            return f"row {place} is {a}, not {b}"
    return f"{len(found)} rows, not {len(wanted)}"


def verdicts(drive, jobs=120):
    """§9.3: the verdict is the truth table of its four inputs, in the row, in the result and in the counters."""
    f, kinds = Findings(drive.seed), {}
    tenant = drive.tenant()
    run = tenant.run_of(jobs)
    seen = tenant.finish(run, most=3600)
    f.look(seen is not None, "the run does not end")
    usable = 0
    for row in tenant.rows(run):
        got = tenant.get(f"{run}/jobs/{row['job_public_id']}/result")
        captcha = got.member("potentiallyBlockedByCaptcha") if row["status"] == "completed" else False
        wanted = model.is_usable(row, captcha)
        usable += wanted
        kind = f"{row['status']} {row['status_code']} {row['block_reason']}"
        kinds[kind] = kinds.get(kind, 0) + 1
        f.look(row["is_success"] is wanted, f"is_success is {row['is_success']} for {kind}, captcha {captcha}")
        guidance = got.member("guidance")
        if row["status"] == "completed" and guidance:
            f.look(guidance["success"] is wanted, f"guidance says {guidance['success']} for {kind}, captcha {captcha}")
    f.look(seen["success_requests"] == usable, f"success_requests is {seen['success_requests']}, not {usable}")
    f.look(seen["failed_requests"] + seen["timeout_requests"] == jobs - usable, "the other counters are not the rest")
    tenant.leave()
    return f.told(kinds=kinds, kinds_count=len(kinds))


def watch(tenant, f, jobs, items=None, step=0.25, path=None):
    """Looks at a run every quarter of a second of its time until well after its end; what was seen, as V1 to V8 speak
    of it. `path(ended)` makes the naive write path to compare with."""
    tenant.wait(0.000999)  # looks between the milliseconds, so that a stamp says on which side of a look it lies
    run, looks, after_end, pending = tenant.run_of(items or jobs), [], 0, 0
    ends = model.milliseconds(tenant.control("GET", f"/runs/{run.rpartition('/')[2]}")["terminal_at"]) + 1  # one look is right behind that
    while after_end < 24:  # six seconds: longer than any flush
        seen, page = tenant.get(run).json, tenant.get(f"{run}/jobs?limit=1000").json["items"]
        looks.append((model.milliseconds(tenant.now()), sum(seen[name] for name in COUNTERS), page, seen))
        fresh = [row for row in page if row["status"] == "completed"]
        if fresh and seen["status"] == "in_progress":
            pending += tenant.get(f"{run}/jobs/{fresh[-1]['job_public_id']}/result").status == 404
        after_end += seen["status"] != "in_progress"
        rest = (ends - looks[-1][0]) / 1000
        tenant.wait(rest if 0 < rest < step else step)
    final = {row["job_public_id"]: row for row in looks[-1][2]}
    ended = [row for row in final.values() if row["status"] != "processing"]
    f.look(len(ended) == jobs, f"{len(ended)} rows in the end, not {jobs}")
    naive = path([model.milliseconds(r["completed_at"]) for r in ended if r["completed_at"]]) if path else None
    sizes, first, counts = [], {}, [counted for _, counted, _, _ in looks]
    told = {"led": 0, "rows_led": 0, "late_after_end": 0, "processing": 0, "stampless": 0}
    for now, counted, page, seen in looks:
        over = seen["status"] != "in_progress"
        rows = [row for row in page if row["status"] != "processing"]
        told["processing"] += len(page) > len(rows)
        told["led"] += counted > len(rows)
        told["rows_led"] += len(rows) > counted
        told["late_after_end"] += over and len(rows) < jobs
        told["stampless"] = max(told["stampless"], sum(row["completed_at"] is None for row in rows))
        sizes += [len(rows)] if not sizes or sizes[-1] != len(rows) else []
        for row in rows:
            first.setdefault(row["job_public_id"], now)
        if naive:
            f.look(counted == naive.counted(now), f"{counted} jobs are counted, {naive.counted(now)} have ended, at {now}")
            f.look(len(rows) in naive.written(now, over), f"{len(rows)} rows, {naive.written(now, over)} are written, at {now}")
    shown = sorted((at, row["completed_at"]) for job, at in first.items() if (row := final.get(job)) and row["completed_at"])
    by_stamp = {}
    for at, stamp in shown:
        by_stamp.setdefault(stamp, set()).add(at)
    told["late_rows"] = sum(any(a[0] < b[0] and a[1] > b[1] for a in shown) for b in shown)
    told["split_ties"] = sum(len(times) > 1 for times in by_stamp.values())
    told["bursts"], told["result_pending"] = len(sizes), pending
    told["falls"] = sum(b < a for a, b in zip(counts, counts[1:]))
    told["persisted"] = persisted([(seen.get("all_jobs_persisted", "absent"), seen["status"], len(page)) for _, _, page, seen in looks])
    return {**told, "rows": ended}


def write_path(drive, switches=None, jobs=60, period=5, drained=True, naive=True, runs=1):
    """§9.5: what is seen of a run over time is what the naive write path gives (`naive`); the rest is told as facts, of
    several runs the greatest: what hangs on the place of a flush does not show in each."""
    f, most = Findings(drive.seed), {}
    for _ in range(runs):
        tenant = drive.tenant(switches)
        told = watch(tenant, f, jobs, path=(lambda ended: model.WritePath(ended, period * 1000, drained)) if naive else None)
        del told["rows"]
        most = {name: max(each, most.get(name, each)) for name, each in told.items()}
        tenant.leave()
    return f.told(**most)


def persisted(seen):
    """What all_jobs_persisted was over time, in a word of A26 if there is one."""
    values = []
    for value, _, _ in seen:
        if not values or values[-1] != value:
            values.append(value)
    if values == [False, True]:
        status = next(status for value, status, _ in seen if value is True)
        return "at_end" if status != "in_progress" else "after_seeding"
    one = {True: "after_seeding", False: "always_false", None: "null", "absent": "absent"}
    return one.get(values[0], str(values)) if len(values) == 1 else str(values)
