#include <scrapingpros/wire/page_decoder.hpp>
#include <scrapingpros/wire/result_decoder.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace scrapingpros;

constexpr std::size_t piece_size = 64 * 1024;

/// A row as the service writes it, without a result.
std::string row(std::int64_t n)
{
    const std::string digits = std::to_string(100000 + n);
    return R"({"job_public_id":"10b00000-0000-4000-8000-000000)" + digits +
           R"(","run_public_id":"7a110000-0000-4000-8000-0000000000a1",)"
           R"("collection_id":"c0ffee00-0000-4000-8000-000000000001","client_id":"client_test",)"
           R"("status":"completed","url":"https://shop.example/tour/)" +
           digits + R"(","custom_id":"tour_)" + digits +
           R"(","url_truncated":false,"status_code":200,"message":"OK",)"
           R"("queued_at":"2026-06-01T10:00:00.200","started_at":"2026-06-01T10:00:01.100",)"
           R"("completed_at":"2026-06-01T10:00:03.637","execution_time_ms":1370,)"
           R"("execution_time_sec":1.37,"retries_attempted":0,"validator_version":"0.1.6",)"
           R"("block_reason":"none","protection_stack":[],"rule_hits":[],)"
           R"("has_extractable_data":true,"is_success":true,"result":null})";
}

std::string page(std::int64_t rows)
{
    std::string text = R"({"items":[)";
    for (std::int64_t i = 0; i < rows; ++i)
        text += (i > 0 ? "," : "") + row(i);
    return text + R"(],"cursor_next":null,"has_more":false})";
}

template <class Decoder>
void feed(Decoder& decoder, std::string_view text)
{
    for (std::size_t at = 0; at < text.size(); at += piece_size)
        benchmark::DoNotOptimize(decoder.write(text.substr(at, piece_size)));
}

void job_page(benchmark::State& state)
{
    const std::string text = page(state.range(0));
    for (auto unused : state) {
        static_cast<void>(unused);
        page_decoder decoder;
        feed(decoder, text);
        while (auto next = decoder.next_row())
            benchmark::DoNotOptimize(next);
        benchmark::DoNotOptimize(decoder.finish());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(job_page)->Name("decode/job_page")->Arg(100)->Arg(500);

void html_result(benchmark::State& state)
{
    std::string html;
    while (static_cast<std::int64_t>(html.size()) < state.range(0))
        html += R"(<a href=\"/tour/1\">Tour 1 \u2014 C\u00f3rdoba</a>\n)";
    const std::string text = R"({"html":")" + html + R"(","statusCode":200,"message":"OK"})";
    for (auto unused : state) {
        static_cast<void>(unused);
        result_decoder decoder;
        feed(decoder, text);
        benchmark::DoNotOptimize(decoder.finish());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(html_result)->Name("decode/html_result")->Arg(50'000)->Arg(200'000);

}  // namespace

BENCHMARK_MAIN();

// How to read it: bytes_per_second is JSON text in; items_per_second is rows out. Compare with a
// peer in the same run only, never with the figures of another machine.
