"""One self-contained HTML page of the polling benchmark's JSON lines: no network, no scripts.

    python3 benchmarks/poll_report.py FILE.jsonl [--out report.html] [--baseline sdk_0_7_8]

Drawn by matplotlib (Debian: python3-matplotlib) as inline SVG: polls against mean delay for each
workload, delays, how full pages were, and the timeline of one run if the lines hold one (`--timeline`).
"""

import argparse
import html
import io
import json
import math
from collections import defaultdict

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

from poll_goals import geomean  # noqa: E402

plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "polling", "font.size": 8,
                     "axes.spines.top": False, "axes.spines.right": False})
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; color: #222 }
table { border-collapse: collapse; margin: 1em 0 } td, th { padding: .2em .7em; text-align: right }
td:first-child, th:first-child { text-align: left } tr:nth-child(even) { background: #f4f4f4 }
svg { max-width: 100%; height: auto } h2 { margin-top: 2em } .first { font-size: 1.3em }
"""
# The delay of those who want the end alone is the run's length, which leaves nothing to see of the others';
# and `pacer_unsafe` lies on the pacer.
NOT_DRAWN = ("wait", "wait_sdk", "final_only", "pacer_unsafe")


def svg_of(figure):
    out = io.StringIO()
    figure.savefig(out, format="svg", bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
    text = out.getvalue()
    return text[text.index("<svg"):]


def polls_of(line):
    return sum(line["requests"][kind] for kind in ("status", "inline", "metadata"))


def mean_of(lines, number):
    return sum(number(line) for line in lines) / len(lines)


def read(path):
    cells, timelines = defaultdict(lambda: defaultdict(lambda: defaultdict(list))), []
    with open(path, encoding="utf-8") as lines:
        for text in lines:
            line = json.loads(text)
            if "timeline" in line:
                timelines.append(line)
                continue
            world = line["world"]
            if line["client"] in NOT_DRAWN:
                continue
            limit = "" if world["limiter"] == "none" else f", {world['reads_per_minute']} reads a minute"
            told = ", a webhook tells of the end" if world.get("webhook") else ""
            key = f"flush {world['flush']:g} s{limit}{told}"
            cells[key][line["workload"]][line["client"]].append(line)
    return cells, timelines


def colours(cells):
    names = list(dict.fromkeys(c for of in cells.values() for w in of.values() for c in w))
    return {name: f"C{i % 10}" for i, name in enumerate(names)}


def pareto(workloads, colour):
    """Polls against mean delay, a small plot for each workload."""
    across = 4
    rows = math.ceil(len(workloads) / across)
    figure, axes = plt.subplots(rows, across, figsize=(12, 2.3 * rows), squeeze=False)
    for axis in axes.flat[len(workloads):]:
        axis.axis("off")
    for axis, (name, clients) in zip(axes.flat, workloads.items()):
        for client, lines in clients.items():
            delay, polls = mean_of(lines, lambda l: l["lateness_s"]["mean"]), mean_of(lines, polls_of)
            axis.plot(polls, delay, "o", color=colour[client], label=client)
            bound = mean_of(lines, lambda l: l["clairvoyant_requests"])
            if bound:
                axis.plot([bound, polls], [delay, delay], "-", lw=0.6, color=colour[client])
                axis.plot(bound, delay, "|", color=colour[client])
        axis.set_title(name)
        axis.set_xlim(left=0)
        axis.set_ylim(0, 1.15 * axis.get_ylim()[1])
    for axis in axes[-1]:
        axis.set_xlabel("polls")
    for axis in axes[:, 0]:
        axis.set_ylabel("mean delay, s")
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncol=6, bbox_to_anchor=(0.5, 1.0))
    figure.tight_layout()
    return svg_of(figure)


def delays(workloads, colour):
    """Median, 95th and 99th percentile, side by side."""
    names = list(workloads)
    clients = list(dict.fromkeys(c for of in workloads.values() for c in of))
    figure, axis = plt.subplots(figsize=(12, 3.2))
    for i, client in enumerate(clients):
        at = [n + (i - len(clients) / 2) * 0.8 / len(clients) for n in range(len(names))]
        of = [workloads[name].get(client) for name in names]
        level = {p: [mean_of(l, lambda x: x["lateness_s"][p]) if l else math.nan for l in of]
                 for p in ("p50", "p95", "p99")}
        axis.vlines(at, level["p50"], level["p99"], color=colour[client], lw=1)
        axis.plot(at, level["p95"], "_", color=colour[client], ms=7, label=client)
        axis.plot(at, level["p50"], ".", color=colour[client], ms=4)
    axis.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axis.set_ylabel("delay, s: median (dot), 95th (bar), 99th (end)")
    axis.legend(ncol=6)
    return svg_of(figure)


def page_fill(workloads, colour):
    figure, axis = plt.subplots(figsize=(8, 2.6))
    clients = list(dict.fromkeys(c for of in workloads.values() for c in of))
    for i, client in enumerate(clients):
        sums = [0] * 10
        for of in workloads.values():
            for line in of.get(client, []):
                sums = [a + b for a, b in zip(sums, line["page_fill"])]
        if sum(sums):
            axis.bar([10 * k + 8 * i / len(clients) for k in range(10)], [s / sum(sums) for s in sums],
                     width=8 / len(clients), color=colour[client], label=client, align="edge")
    axis.set_xlabel("rows on a page")
    axis.set_ylabel("share of the pages")
    axis.legend(ncol=4)
    return svg_of(figure)


def timeline(lines, colour):
    """Completions, and when each client read: what a reader wants to see once."""
    figure, axes = plt.subplots(2, 1, figsize=(12, 4), sharex=True, height_ratios=(2, 1))
    first = lines[0]
    count = range(1, len(first["completed"]) + 1)
    axes[0].step(first["completed"], count, where="post", color="#999", label="ended")
    axes[0].step(sorted(first["listable"]), count, where="post", color="#333", lw=0.8, label="listable")
    for i, line in enumerate(lines):
        rows, have = 0, []
        for at, is_page, brought in line["reads"]:
            rows += brought
            have.append(rows)
        axes[0].step([r[0] for r in line["reads"]], have, where="post", color=colour[line["client"]],
                     label=line["client"], lw=1)
        for kind, mark in ((True, "|"), (False, ".")):
            axes[1].plot([r[0] for r in line["reads"] if bool(r[1]) == kind],
                         [i] * sum(bool(r[1]) == kind for r in line["reads"]), mark,
                         color=colour[line["client"]])
    axes[0].set_ylabel("jobs")
    axes[0].legend()
    axes[1].set_yticks(range(len(lines)), [line["client"] for line in lines])
    axes[1].set_xlabel("seconds since the run's creation; bars are pages, dots are status reads")
    return svg_of(figure)


def summary(workloads, baseline):
    clients = list(dict.fromkeys(c for of in workloads.values() for c in of))
    out = ["<table><tr><th>client<th>polls<th>worst<th>requests<th>p50<th>p95<th>p99<th>429s<th>lost</tr>"]
    for client in clients:
        pairs = [(of[baseline], of[client]) for of in workloads.values() if client in of and baseline in of]
        if not pairs:
            continue

        def ratios(number):
            return [max(mean_of(ours, number), 1e-3) / max(mean_of(base, number), 1e-3) for base, ours in pairs]

        polls = ratios(polls_of)
        cells = [f"{100 * geomean(polls):.0f} %", f"{100 * max(polls):.0f} %",
                 f"{100 * geomean(ratios(lambda l: sum(l['requests'].values()))):.0f} %"]
        cells += [f"{geomean(ratios(lambda l: l['lateness_s'][p])):.2f}" for p in ("p50", "p95", "p99")]
        cells += [f"{sum(mean_of(o, lambda l: l['requests']['rejected_429']) for _, o in pairs):.0f}",
                  f"{sum(mean_of(o, lambda l: l['lost']) for _, o in pairs):.1f}"]
        out.append(f"<tr><td>{html.escape(client)}<td>" + "<td>".join(cells) + "</tr>")
    return "".join(out) + "</table>"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--out", default="polling.html")
    parser.add_argument("--baseline", default="sdk_0_7_8")
    asked = parser.parse_args()
    cells, timelines = read(asked.file)
    colour = colours(cells)
    parts = [f"<!doctype html><html lang=en><meta charset=utf-8><title>Polling</title><style>{STYLE}</style>",
             "<h1>Poll strategies: requests against delay</h1>",
             f"<p class=first>Each client reads the same runs of the mock on virtual time; ratios are "
             f"geometric means over the workloads, relative to <b>{html.escape(asked.baseline)}</b>. "
             "Less is better everywhere. A tick left of a dot is what a reader who knew the future would "
             "have needed for the same delay.</p>"]
    for world, workloads in cells.items():
        parts += [f"<h2>{html.escape(world)}</h2>", summary(workloads, asked.baseline)]
        parts += [pareto(workloads, colour), delays(workloads, colour), page_fill(workloads, colour)]
    shown = defaultdict(list)
    for line in timelines:
        shown[line["timeline"]].append(line)
    for name, lines in shown.items():
        only_once = list({line["client"]: line for line in reversed(lines)}.values())
        parts += [f"<h2>One run of {html.escape(name)}</h2>", timeline(only_once, colour)]
    with open(asked.out, "w", encoding="utf-8") as out:
        out.write("\n".join(parts) + "</html>\n")
    print(f"report: {asked.out}")


main()
