"""Drives about what is submitted: the buckets of a create (§3.3) and how a key protects it (§3.4)."""

import random

from . import server_model as model
from .server_wire import Findings

GOOD = ["https://shop.example.com/a", "https://SHOP.example.com/a", "https://shop.example.com/b", "http://shop.example.com/c?d=1",
        "https://8.8.8.8/"]
BLOCKED = ["http://10.0.0.1/", "http://127.0.0.1/", "http://192.168.1.1/", "http://169.254.169.254/", "http://localhost/",
           "ftp://shop.example.com/", "https://"]
BROKEN = [{"custom_id": "c" * 256}, {"screenshot": True}, {"format": "pdf"}]


def _item(dice):
    kind = dice.random()
    if kind < 0.05:
        return dice.choice([7, "https://shop.example.com/a", None, ["x"], {"custom_id": "no url"}])
    item = {"url": dice.choice(GOOD if kind < 0.75 else BLOCKED)}
    if dice.random() < 0.5:
        item["custom_id"] = dice.choice(["a", "b", "c", "", "d" * 255])
    if dice.random() < 0.1:
        item["browser"] = True
    if dice.random() < 0.15:
        item.update(dice.choice(BROKEN))
    return item


def buckets(drive, order="invalid_blocked_duplicate", lists=250):
    """§3.3, A7: each refused item is in exactly one bucket, at its place; what is queued is the rest."""
    dice, f, seen = random.Random(drive.seed), Findings(drive.seed), {"invalid": 0, "blocked": 0, "duplicate": 0}
    tenant = drive.tenant({"bucket_order": order})
    for number in range(lists * drive.size):
        items = [_item(dice) for _ in range(dice.choice([1, 2, 5, 12, 40]))]
        wanted, queued = model.buckets(items, order)
        made = tenant.post({"name": f"list {number}", "requests": items})
        if not f.look(made.status == 201, f"{made.status} for {_short(items)}"):
            continue
        found = {"invalid": [each["index"] for each in made.json["invalid_items"]],
                 "blocked": [each["index"] for each in made.json["blocked_urls"]],
                 "duplicate": made.json["duplicate_urls"]}
        for kind, places in wanted.items():
            seen[kind] += len(places)
            f.look(found[kind] == places, lambda: f"{kind}: {found[kind]}, not {places}, of {_short(_shrunk(items, order, tenant))}")
        f.look(made.json["duplicates_skipped"] == len(wanted["duplicate"]), "duplicates_skipped is not their number")
        for each in made.json["invalid_items"]:
            f.look(each["errors"] and all({"field", "error_type", "message"} <= set(e) for e in each["errors"]), "errors lack a member")
        if number % 10 == 0 and queued:
            run = tenant.start(f"/v1/async/collections/{made.json['id']}")
            total = tenant.get(run).json["total_requests"]
            f.look(total == queued, f"total_requests is {total}, {queued} were queued")
    tenant.leave()
    return f.told(**seen)


def _shrunk(items, order, tenant):
    """As few of these items as still show a difference."""
    def differs(some):
        made = tenant.post({"name": "shrunk", "requests": some})
        wanted, _ = model.buckets(some, order)
        return made.status != 201 or [[e["index"] for e in made.json["invalid_items"]], [e["index"] for e in made.json["blocked_urls"]],
                                      made.json["duplicate_urls"]] != list(wanted.values())
    for place in range(len(items) - 1, -1, -1):
        fewer = items[:place] + items[place + 1:]
        if fewer and differs(fewer):
            items = fewer
    return items


def _short(items):
    return str(items).replace("d" * 255, "d…").replace("c" * 256, "c…")
