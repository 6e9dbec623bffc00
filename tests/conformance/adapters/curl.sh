#!/usr/bin/env bash
# The adapter of a client that is nothing but curl, in the one-shot form (../ADAPTERS.md): raw requests, no
# retry, no sleep. Each request moves the mock's clock by a second.
set -euo pipefail

case $SP_SCRIPT in
*'"verb": "hello"'*)
    echo '{"done": "ok", "name": "curl", "version": "1", "level": "L0", "verbs": ["submit_batch"], "capabilities": ["time.request"]}'
    exit 0
    ;;
*'"verb": "submit_batch"'*) ;;
*) exit 127 ;;
esac

collections=$SCRAPINGPROS_BASE_URL/v1/async/collections
ask() { curl -sS --fail-with-body --max-time 30 --noproxy '*' -H "Authorization: Bearer $SP_TOKEN" "$@"; }
member() { sed -E "s/.*\"$1\": ?\"([^\"]*)\".*/\1/"; } # of that name, on one line
say() { printf '{"id": 1, %s}\n' "$1"; }

give_up() {
    say "\"done\": \"error\", \"error\": {\"class\": \"other\", \"text\": \"$1\"}"
    exit 0
}

name=$(member name <<<"$SP_SCRIPT")
items=$(sed -E 's/.*"items": (\[.*\])\}\]$/\1/' <<<"$SP_SCRIPT")
made=$(ask "$collections" -H 'Content-Type: application/json' --data-binary @- <<<"{\"name\": \"$name\", \"requests\": $items}") || give_up create
collection=$(member id <<<"$made")
run=$(ask -X POST "$collections/$collection/run" | member run_id) || give_up start

for _ in {1..300}; do
    status=$(ask "$collections/$collection/runs/$run" | member status) || give_up status
    [ "$status" = in_progress ] || break
done

count=0
cursor=
while :; do
    page=$(ask -G "$collections/$collection/runs/$run/jobs" -d limit=100 -d status_filter=completed,failed,timeout \
        ${cursor:+--data-urlencode "cursor=$cursor"}) || give_up listing
    while IFS= read -r row; do
        job=$(member job_public_id <<<"$row")
        bytes=$(ask "$collections/$collection/runs/$run/jobs/$job/result" | wc -c) || give_up result
        say "\"event\": \"item\", \"job\": \"$job\", \"status\": \"$(member status <<<"$row")\", \"bytes\": $bytes"
        count=$((count + 1))
    done < <(sed 's/},{/}\n{/g' <<<"$page" | grep job_public_id || true)
    [[ $page == *'"has_more":true'* ]] || break
    cursor=$(member cursor_next <<<"$page")
done
say "\"done\": \"ok\", \"end\": \"complete\", \"collection\": \"$collection\", \"run\": \"$run\", \"submitted\": $count, \"status\": \"$status\""
