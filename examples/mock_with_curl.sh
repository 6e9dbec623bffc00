#!/usr/bin/env bash
# The mock service without any client: a collection of which one item is refused, by curl.
set -euo pipefail

if [ -z "$(command -v curl)" ]; then
    echo "skipped: curl is not installed"
    exit 77
fi
SCRAPINGPROS_BASE_URL=${SCRAPINGPROS_BASE_URL:?where the mock is}
SP_TOKEN=${SP_TOKEN:-test_token_a}

# tag::curl[]
curl -sw '\n' "$SCRAPINGPROS_BASE_URL/v1/health"
curl -sw '\n' "$SCRAPINGPROS_BASE_URL/v1/async/collections" -H "Authorization: Bearer $SP_TOKEN" -d \
    '{"name": "first", "requests": [{"url": "https://shop.example.com/1"}, {"url": "http://10.0.0.1/"}]}'
curl -sw '\n' "$SCRAPINGPROS_BASE_URL/v1/async/collections" -H "Authorization: Bearer $SP_TOKEN"
# end::curl[]
