"""iterate_results.py BASE_URL TOKEN COUNT: one batch through the vendor's client, in its own virtual
environment. Prints a JSON line for each result, in the order in which they come."""

import json
import sys

import scrapingpros

base_url, token, count = sys.argv[1:]
client = scrapingpros.SyncClient(token, base_url=base_url)
items = [{"url": f"https://shop.example.com/item-{n}", "custom_id": f"item-{n}"} for n in range(int(count))]
batch = client.submit_batch("peer", items)
for result in batch.iter_results(poll_interval=0.2):
    line = {"custom_id": result.custom_id, "url": result.url, "success": bool(result.guidance.success)}
    print(json.dumps(line))
