"""The goals of the polling engine: what the bar is, and what the benchmark's lines reach of it."""

import math


def geomean(ratios):
    return math.exp(sum(math.log(max(r, 1e-9)) for r in ratios) / len(ratios))


def ratio(ours, theirs, metric):
    return max(ours[metric], 1e-3) / max(theirs[metric], 1e-3)


def cells_of(worlds, baseline, client, wanted):
    """(world, workload, baseline, client) of all cells of the wanted worlds that have both."""
    return [(world, name, of[baseline], of[client])
            for world, workloads in worlds.items() if wanted(world)
            for name, of in workloads.items() if baseline in of and client in of]


def mean(cells, metric):
    return geomean([ratio(ours, base, metric) for _, _, base, ours in cells])


def worst(cells, metric):
    return max((ratio(ours, base, metric), name) for _, name, base, ours in cells)


def table_interval(jobs, steps):
    """The official client's, by the size of the run."""
    return steps[0] if jobs < 100 else steps[1] if jobs < 500 else steps[2] if jobs < 2000 else steps[3]


def is_plain(world):
    return world.limiter == "none" and not world.several and not world.webhook


def goal_line(name, what, bar, stretch, reached, missed):
    print(f"| {name} | {what} | {bar} | {stretch} | {reached} | {'**missed**' if missed else 'yes'} |")


def under_a_limit(worlds, baseline, client):
    """The goals under a limit: what the bar is, and what was reached."""
    bound = [c for c in cells_of(worlds, baseline, client, lambda w: not w.several
             and w.limiter == "window" and w.knows == "known" and w.competitor == 0
             and w.per_minute in (30, 60)) if c[2]["429s"] >= 1]
    several = cells_of(worlds, baseline, client, lambda w: w.several)
    limited = cells_of(worlds, baseline, client, lambda w: w.limiter != "none" and w.competitor == 0)
    if not limited:
        return

    def lost(cells):
        return sum(ours["lost"] for _, _, _, ours in cells), sum(base["lost"] for _, _, base, _ in cells)

    if bound:
        waste, late, (gone, theirs) = mean(bound, "waste"), mean(bound, "p95"), lost(bound)
        goal_line("G5", f"one run, the budget binds ({len(bound)} cells): waste; p95; lost", "50 %; 0.20; 0",
                  "40 %; 0.12; 0", f"{100 * waste:.0f} %; {late:.2f}; {gone:.0f} (theirs {theirs:.1f})",
                  waste > 0.5 or late > 0.2 or gone > 0)
    bars = {"known": (1, 2, 1), "unknown": (2, 6, 4), "told": (0.1, 0.1, 0.1)}
    for knows, allowed in bars.items():
        shares = []
        for kind in ("window", "bucket", "sliding"):
            long_runs = [ours for world, _, _, ours in limited if world.limiter == kind and not world.several
                         and world.knows == knows and ours["total"] >= 500
                         and world.per_minute == 30]
            if long_runs:
                shares.append(100 * sum(o["429s"] for o in long_runs) / sum(o["total"] for o in long_runs))
        if len(shares) == 3:
            goal_line("G6", f"429s of all requests, limit {knows}: window; bucket; sliding",
                      "; ".join(f"{a:g} %" for a in allowed),
                      {"known": "0.5 % on all", "unknown": "3 %", "told": "0"}[knows],
                      "; ".join(f"{s:.2f} %" for s in shares),
                      any(s > a for s, a in zip(shares, allowed)))
    ended = {}
    for world, name, base, ours in limited:
        if base["lost"] == 0 and base["429s"] >= 1 and not world.several:
            where = f"{name} @{world.per_minute}, {world.knows}"
            ended[world.limiter] = max(ended.get(world.limiter, (0, "")),
                                       (ratio(ours, base, "makespan"), where))
    if ended:
        goal_line("G7", "makespan where the budget binds and the baseline loses nothing, worst by kind", "1.02", "1.00",
                  "; ".join(f"{kind} {value:.3f} ({where})" for kind, (value, where) in ended.items()),
                  any(value > 1.02 for value, _ in ended.values()))
    if several:
        waste, p95, p99 = (mean(several, m) for m in ("waste", "p95", "p99"))
        gone, theirs = lost(several)
        goal_line("G9", f"several runs ({len(several)} cells): waste; p95; p99; lost", "32 %; 0.50; 0.55; 0",
                  "25 %; 0.40; 0.40; 0", f"{100 * waste:.0f} %; {p95:.2f}; {p99:.2f}; {gone:.0f} "
                  f"(theirs {theirs / len(several):.0f} a cell)",
                  waste > 0.32 or p95 > 0.5 or p99 > 0.55 or gone > 0)


def without_a_limit(worlds, baseline, client):
    """One run, as much budget as it wants. Figures of several flush periods are in their order."""
    flushes = [world for world in worlds if is_plain(world)]
    by_flush = [c for c in (cells_of(worlds, baseline, client, lambda w, f=f: w == f) for f in flushes) if c]
    cells = [cell for each in by_flush for cell in each]
    if not cells:
        return
    periods = " / ".join(f"{each[0][0].flush:g}" for each in by_flush)

    def means(metric, form="{:.2f}", scale=1):
        return " / ".join(form.format(scale * mean(each, metric)) for each in by_flush)

    polls, (most, where) = [mean(each, "polls") for each in by_flush], worst(cells, "polls")
    twins = []
    for twin, text in (("pacer_status_first", "status first"), ("pacer_no_grid", "flush not looked for")):
        twin_cells = cells_of(worlds, baseline, twin, lambda w: w == flushes[0])
        if twin_cells:
            twins.append(f"{text} {100 * mean(twin_cells, 'polls'):.0f} %")
    goal_line("G1", f"polls, flush {periods} s; worst", "64 %; 1.02", "55 %; 1.00",
              f"{means('polls', '{:.0f} %', 100)}; {most:.2f} ({where})" + "".join(f"; its twin, {t}" for t in twins),
              max(polls) > 0.64 or most > 1.02)
    for each, bars in zip(by_flush, ((0.64, 0.67, 0.74), (0.64, 0.74, 0.81))):
        reached = [mean(each, m) for m in ("p50", "p95", "p99")]
        goal_line("G2", f"delays, flush {each[0][0].flush:g} s: p50; p95; p99", "; ".join(map(str, bars)),
                  "0.55; 0.58; 0.65", "; ".join(f"{r:.2f}" for r in reached),
                  any(round(r, 2) > bar for r, bar in zip(reached, bars)))
    (p95, at_p95), (average, at_mean) = worst(cells, "p95"), worst(cells, "mean")
    goal_line("G2", "worst p95; worst mean", "1.05; 1.12", "1.00; 1.00",
              f"{p95:.2f} ({at_p95}); {average:.2f} ({at_mean})", p95 > 1.05 or average > 1.12)
    above = [mean(each, "above_floor") for each in by_flush]
    goal_line("G4", "requests above the floor", "48 %", "38 %", means("above_floor", "{:.0f} %", 100), max(above) > 0.48)
    if all(ours["clairvoyant"] for _, _, _, ours in by_flush[0]):
        bound, theirs = (geomean([c[who]["polls"] / c[who]["clairvoyant"] for c in by_flush[0]]) for who in (3, 2))
        goal_line("G8", "polls of a clairvoyant with the same delay", "2.6", "2.2", f"{bound:.2f} (theirs {theirs:.2f})",
                  bound > 2.6)

    def end_line(name, what, bar, stretch, cells, share, tight, table):
        """Where the end is known later than the baseline knows it, the table's interval, and a share of the run."""
        def beyond(cell, part):
            _, _, base, ours = cell
            allowed = max(base["end"], table_interval(ours["jobs"], table), part * ours["makespan"])
            return ours["end"] / allowed
        late, place = max((beyond(cell, share), cell[1]) for cell in cells)
        over = sum(beyond(cell, tight) > 1 for cell in cells)
        goal_line(name, what, bar, stretch, f"worst {late:.2f} of it ({place}); {over} of {len(cells)} beyond the stretch",
                  late > 1)

    end_line("G12", "end known, of max(theirs, table, 3 % of the run)", "1", "with 1.5 %", cells, 0.03, 0.015,
             (5, 10, 15, 30))
    waits = cells_of(worlds, "wait_sdk", "wait", is_plain)
    if waits:
        asked = mean(waits, "polls")
        goal_line("G11", "wait for the end alone: requests", "49 %", "40 %", f"{100 * asked:.0f} %", asked > 0.49)
        end_line("G11", "end known, of max(theirs, table, 2.5 % of the run)", "1", "-", waits, 0.025, 0.025,
                 (2, 5, 10, 20))
    size, held = mean(cells, "bytes"), max(ours["held"] for *_, ours in cells)
    goal_line("G15", "bytes; results held at once", "1.02; 100", "1.00", f"{size:.3f}; {held:.0f}",
              size > 1.02 or held > 100)
    unsafe = cells_of(worlds, "pacer_unsafe", client, is_plain)
    if unsafe:
        theirs = {(world, name): base["polls"] for world, name, base, _ in cells}
        points = [(100 * (ours["polls"] - bare["polls"]) / theirs[world, name], name)
                  for world, name, bare, ours in unsafe]
        both = [100 * geomean([c[who]["polls"] / theirs[c[0], c[1]] for c in unsafe]) for who in (3, 2)]
        goal_line("G16", "safety: polls with its rules, without; worst cell", "+1 point; +3", "-",
                  f"{both[0]:.1f} %, {both[1]:.1f} %; {max(points)[0]:+.1f} ({max(points)[1]})",
                  both[0] - both[1] > 1 or max(points)[0] > 3)


def with_a_webhook(worlds, baseline):
    told = cells_of(worlds, baseline, "pacer_webhook", lambda w: w.webhook)
    final = cells_of(worlds, baseline, "final_only", lambda w: w.webhook)
    if not told or not final:
        return
    polls, only = mean(told, "polls"), mean(final, "polls")
    end, where = max((ours["end"], name) for _, name, _, ours in told)
    goal_line("G10", "a webhook tells of the end: polls; end known; who wants the end alone", "50 %; 2 s and pages; 15 %",
              "45 %; 2 s", f"{100 * polls:.0f} %; {end:.1f} s ({where}); {100 * only:.0f} %",
              polls > 0.5 or end > 4 or only > 0.15)


def everywhere(worlds, baseline):
    ours = [(name, client, cell) for workloads in worlds.values() for name, of in workloads.items()
            for client, cell in of.items() if not client.startswith(("sdk", "wait"))]
    bad = {what: sum(cell[what] for _, _, cell in ours) for what in ("lost", "twice", "endless")}
    medians = sorted((cell["decision_ns"], f"{client}, {name}") for name, client, cell in ours)
    middle, (slowest, where) = medians[len(medians) // 2][0], medians[-1]
    goal_line("G13", f"correctness, {len(ours)} cells of the library's clients: lost, twice, endless", "0, 0, 0", "-",
              ", ".join(f"{n:g}" for n in bad.values()), any(bad.values()))
    goal_line("G14", "decision: median of the cells' medians", "1000 ns", "300 ns",
              f"{middle:.0f} ns; slowest {slowest:.0f} ({where})", middle > 1000)


def print_goals(worlds, baseline, client):
    print(f"\n## Goals: {client} against {baseline}\n")
    print("| goal | | bar | stretch | reached | |\n|---|---|---|---|---|---|")
    without_a_limit(worlds, baseline, client)
    under_a_limit(worlds, baseline, client)
    with_a_webhook(worlds, baseline)
    everywhere(worlds, baseline)
