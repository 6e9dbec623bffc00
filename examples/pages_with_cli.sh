#!/usr/bin/env bash
# pages_with_cli.sh PROGRAM PAGES OUT [--alter-one-page]
#
# Scrapes every page of the folder PAGES, which the service of the environment serves, with the command
# line PROGRAM into the folder OUT, and compares the SHA-256 of each body with the page on disk. After
# Ctrl-C, at a terminal, it offers to go on. Exit code 1: something is missing or is not right.
set -euo pipefail

program=$1 pages=$(realpath "$2") out=$3 alter=${4:-}
say() { echo "examples/run: $*" >&2; }

rm -rf "$out"
mkdir -p "$out"
cd "$out"
(cd "$pages" && find . -name '*.html' -printf '%P\n' | LC_ALL=C sort) >ids
if LC_ALL=C grep -q '[^A-Za-z0-9._~/-]' ids; then
    say "the names of some pages would have to be encoded in a URL"
    exit 2
fi
sed 's|.*|https://docs.example.org/& &|' ids >urls.txt
(cd "$pages" && xargs -d '\n' sha256sum) <ids | sed 's/  / /' | LC_ALL=C sort >expected
total=$(wc -l <ids)

# The command that a user would type.
batch=(urls.txt --checkpoint checkpoint)
scrape=("$program" run "${batch[@]}" --folder bodies)
if [ -n "$alter" ]; then
    "$program" submit "${batch[@]}"
    page=$(head -n 1 ids)
    echo "<!-- altered after the submit -->" >>"$pages/$page"
    say "altered $page"
fi
say "$total pages into $out/bodies"
while code=0; "${scrape[@]}" || code=$?; [ "$code" -eq 130 ]; do
    if ! [ -t 0 ] || ! read -r -p "stopped; Enter goes on, Ctrl-C ends "; then exit 130; fi
done
[ "$code" -eq 0 ] || exit "$code"

# Each line names a page, the file of its body, and a digest. `sha256sum` has the last word on both.
lines=bodies/results.jsonl
member() { sed -n 's/.*"'"$1"'":"\([^"]*\)".*/\1/p' "$lines"; }
paste -d ' ' <(member sha256) <(member custom_id) | LC_ALL=C sort >got
paste -d ' ' <(member sha256) <(member path) | sed 's/ /  /' >stored
LC_ALL=C comm -23 got expected | sed 's/^[^ ]* /differs from the page on disk: /' >differing
{ sha256sum --check --quiet stored 2>/dev/null || true; } >>differing
cat differing >&2
mismatches=$(wc -l <differing)

# What the mock's own books say.
books=$(curl -sS --fail ${SCRAPINGPROS_CA_FILE:+--cacert "$SCRAPINGPROS_CA_FILE"} \
    "$SCRAPINGPROS_BASE_URL/__mock/v1/ledger/summary")
count() { sed -n 's/.*"'"$1"'":\([0-9]*\).*/\1/p' <<<"$books"; }
runs=$(count runs_started)
# On the wire a result may come twice after a stop; in the folder it does not.
served=$(($(count delivered_once) + $(count duplicated)))
echo "the mock says: $runs run, the results of $served jobs were sent"
echo "written to    $out"
delivered=$(wc -l <got)
echo "delivered $delivered of $total, sha256 mismatches $mismatches"
[ "$delivered" -eq "$total" ] && [ "$mismatches" -eq 0 ] && [ "$runs" -eq 1 ] && [ "$served" -eq "$total" ]
