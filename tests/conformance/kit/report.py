"""What is shown of the outcomes: lines, JSON, JUnit, a Markdown matrix and a page of its own."""

import html
import json
import xml.etree.ElementTree as xml

# From the worst to the best: a case is what the worst of its variants is.
WORST_FIRST = ["harness_error", "setup_error", "fail", "xpass", "warn", "xfail", "untestable", "unsupported",
               "not_run", "info", "pass"]
SIGNS = {"pass": "✓", "fail": "✗", "warn": "!", "info": "i", "xfail": "x", "xpass": "X", "unsupported": "–",
         "untestable": "·", "not_run": " ", "setup_error": "S", "harness_error": "H"}


def of_case(outcomes):
    # One variant that could be judged says more than another that could not.
    judged = [o for o in outcomes if o.status not in ("unsupported", "untestable", "not_run")] or outcomes
    return min((o.status for o in judged), key=WORST_FIRST.index)


def by_case(outcomes):
    grouped = {}
    for each in outcomes:
        grouped.setdefault(each.variant.case["id"], []).append(each)
    return grouped


def record(outcome, repeat):
    """One outcome as results.json has it."""
    return {
        "id": outcome.id, "case": outcome.variant.case["id"], "kind": outcome.variant.case["kind"],
        "status": outcome.status, "reason": outcome.reason, "seconds": round(outcome.seconds, 3),
        "checks": outcome.checks, "requests": outcome.requests,
        "service_seconds": outcome.service_seconds, "repeat": repeat,
    }


def differing(played):
    """Variants that do not end the same with every seed: the seeds of each status, by id."""
    seen = {}
    for seed, outcome in played:
        seen.setdefault(outcome.id, {}).setdefault(outcome.status, []).append(seed)
    return {id: each for id, each in seen.items() if len(each) > 1}


def journal_lines(evidence, most=60):
    lines = []
    for entry in evidence.journal[:most]:
        struck = f" faults {','.join(evidence.faults[f]['id'] for f in entry['faults'])}" if entry["faults"] else ""
        ended = entry["end"]["how"] if entry["end"] else "open"
        lines.append(f"#{entry['ordinal']:<4} +{entry['at'] - evidence.start:<10.3f} {entry['method']} {entry['target']}"
                     f" -> {entry['status']} {ended}{struck}")
    if len(evidence.journal) > most:
        lines.append(f"… {len(evidence.journal) - most} more")
    return lines


def junit(path, suites):
    top = xml.Element("testsuites")
    for name, outcomes in suites.items():
        suite = xml.SubElement(top, "testsuite", name=f"conformance.{name}", tests=str(len(outcomes)))
        for each in outcomes:
            one = xml.SubElement(suite, "testcase", name=each.id, classname=name, time=f"{each.seconds:.3f}")
            if each.status in ("fail", "xpass"):
                xml.SubElement(one, "failure", message=each.reason)
            elif each.status in ("setup_error", "harness_error"):
                xml.SubElement(one, "error", message=each.reason)
            elif each.status not in ("pass", "info"):
                xml.SubElement(one, "skipped", message=f"{each.status}: {each.reason}")
    xml.ElementTree(top).write(path, encoding="utf-8", xml_declaration=True)


def _causes(cases, grouped, causes):
    """The red cells of the vendor's client by cause; causes.py shows each of them without the kit."""
    red = {id for id, outcomes in grouped.items() if of_case(outcomes) in ("fail", "warn")}
    lines = ["", "## The vendor's client: causes", "", "`causes.py` shows each of them again without the kit.", "",
             "| Cause | Cells |", "|---|---|"]
    lines += [f"| `{name}` | {', '.join(c for c in listed if c in red)} |" for name, listed in causes.items()
              if any(c in red for c in listed)]
    unexplained = sorted(red - {c for listed in causes.values() for c in listed})
    return [*lines, "", f"Without a cause: {', '.join(unexplained) or 'none'}."]


def matrix(cases, suites, about, causes):
    """Cases down, subjects across; below, why a cell is not green, with the journal's numbers."""
    names = list(suites)
    grouped = {name: by_case(outcomes) for name, outcomes in suites.items()}
    lines = ["# Conformance matrix", "", about, "",
             "✓ pass · ✗ fail · ! a *should* that does not hold · – unsupported · i described · "
             "· the subject never does what the case is about · S H the kit's own trouble", "",
             "| Case | Kind | What a good client does | " + " | ".join(names) + " |",
             "|---|---|---|" + "---|" * len(names)]
    why = []
    for case in cases.values():
        cells = []
        for name in names:
            outcomes = grouped[name].get(case["id"], [])
            status = of_case(outcomes) if outcomes else "not_run"
            cells.append(f"{SIGNS[status]}")
            why += [f"* **{name}** `{o.id}` {o.status}: {_evidence(o)}" for o in outcomes
                    if o.status in ("fail", "warn", "xfail", "xpass", "setup_error", "harness_error")]
        if any(cell != SIGNS["not_run"] for cell in cells):
            lines.append(f"| {case['id']} | {case['kind']} | {case['title']} | " + " | ".join(cells) + " |")
    if why:
        lines += ["", "## What is not green", "", *why]
    if "official" in suites:
        lines += _causes(cases, grouped["official"], causes)
    return "\n".join(lines) + "\n"


def _evidence(outcome):
    numbers = sorted({n for c in outcome.checks if not c["holds"] for n in c["journal"]})
    told = f" (journal {', '.join('#' + str(n) for n in numbers[:8])})" if numbers else ""
    return outcome.reason.replace("\n", " ").replace("|", "\\|")[:300] + told


PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Conformance</title><style>
body{{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1a1a1a;background:#fff}}
table{{border-collapse:collapse;width:100%}}td,th{{border:1px solid #ccc;padding:.25rem .5rem;text-align:left;vertical-align:top}}
.pass{{background:#dff3e0}}.fail,.xpass{{background:#f8d3d0}}.warn,.xfail{{background:#fdf0c8}}.setup_error,.harness_error{{background:#e3d3f3}}
.info{{background:#dcebf7}}pre{{overflow:auto;background:#f5f5f5;padding:.5rem}}
@media (prefers-color-scheme:dark){{body{{background:#161616;color:#e6e6e6}}td,th{{border-color:#444}}pre{{background:#242424}}
.pass{{background:#17361a}}.fail,.xpass{{background:#4b1c18}}.warn,.xfail{{background:#473a10}}.setup_error,.harness_error{{background:#33204a}}.info{{background:#15304a}}}}
</style><h1>Conformance</h1><p>{about}</p><table><tr><th>Case<th>Kind<th>What a good client does{heads}</tr>{rows}</table>{parts}</html>
"""


def page(cases, suites, about, command):
    grouped = {name: by_case(outcomes) for name, outcomes in suites.items()}
    rows, parts = [], []
    for case in cases.values():
        cells, shown = [], False
        for name in suites:
            outcomes = grouped[name].get(case["id"], [])
            status = of_case(outcomes) if outcomes else "not_run"
            shown |= bool(outcomes)
            link = f'<a href="#{name}-{case["id"]}">{status}</a>' if status in ("fail", "warn", "xfail", "xpass", "setup_error", "harness_error") else status
            cells.append(f'<td class="{status}">{link}')
            if link != status:
                parts.append(_part(name, case, outcomes, command))
        if shown:
            rows.append(f"<tr><td>{case['id']}<td>{case['kind']}<td>{html.escape(case['title'])}{''.join(cells)}</tr>")
    heads = "".join(f"<th>{html.escape(name)}" for name in suites)
    return PAGE.format(about=html.escape(about), heads=heads, rows="".join(rows), parts="".join(parts))


def _part(name, case, outcomes, command):
    made = [f'<h2 id="{name}-{case["id"]}">{html.escape(name)}: {case["id"]} {html.escape(case["title"])}</h2>',
            f"<p>{html.escape(', '.join(case['clauses']))}</p>"]
    for each in outcomes:
        if each.status in ("pass", "unsupported", "untestable", "info"):
            continue
        made.append(f"<h3>{html.escape(each.id)}: {each.status}</h3><p>{html.escape(each.reason)}</p>")
        if each.evidence:
            made.append("<pre>" + html.escape("\n".join(journal_lines(each.evidence))) + "</pre>")
        made.append(f"<pre>{html.escape(command(name, each))}</pre>")
    return "".join(made)


def bundle(folder, name, outcome, seed, command):
    """All that is needed to look into one outcome, as files."""
    where = folder / name / outcome.id.replace("/", "_")
    where.mkdir(parents=True, exist_ok=True)
    e = outcome.evidence
    parts = {"case.json": outcome.variant.body, "checks.json": outcome.checks, "journal.json": e.journal,
             "ledger.json": e.ledger, "faults.json": e.faults, "events.json": e.events, "steps.json": e.steps}
    for file, content in parts.items():
        (where / file).write_text(json.dumps(content, indent=1), "utf-8")
    (where / "stderr.txt").write_text(outcome.stderr, "utf-8")
    (where / "README.txt").write_text(
        f"{outcome.id}: {outcome.status}\n{outcome.reason}\nseed {seed}\n\n{command(name, outcome)}\n\n"
        + "\n".join(journal_lines(e, 10_000)) + "\n", "utf-8")
