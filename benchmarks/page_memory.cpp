// Memory that the page decoder needs for one inline page of 100 results at the service's cap of
// 256 KB. The page is made while it is fed, never held. Both ways to measure the cap are tried (the
// contract leaves it open, A38), and the worst spelling of a body, every byte as \u00XX. Exits with
// 1 if one of them needs more than the goal of 4 MB. How to read the output stands at the end.

#include <scrapingpros/wire/page_decoder.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <variant>

#include "benchmarks/heap_counter.hpp"

namespace {

using namespace scrapingpros;

constexpr std::size_t inline_cap = 262'144;
constexpr std::size_t goal = 4'000'000;
constexpr int rows = 100;

enum class measure { body_bytes, result_json_bytes };
enum class spelling { plain, escaped };

/// Feeds what is written to it in pieces, and drops every row as soon as it is complete.
class page_feed {
public:
    explicit page_feed(std::size_t piece) : piece_(piece) { buffer_.reserve(piece); }

    void write(std::string_view text)
    {
        while (!text.empty()) {
            const std::size_t room = piece_ - buffer_.size();
            buffer_.append(text.substr(0, room));
            text.remove_prefix(room < text.size() ? room : text.size());
            if (buffer_.size() == piece_) flush();
        }
    }

    void flush()
    {
        page_bytes += buffer_.size();
        failed = failed || decoder_.write(buffer_).failed();
        buffer_.clear();
        while (const auto row = decoder_.next_row()) {
            const auto* job = std::get_if<listed_job>(&*row);
            if (!job || job->state != inline_state::present) continue;
            ++delivered;
            largest = job->result->body.content.size();
        }
    }

    void finish()
    {
        flush();
        failed = failed || decoder_.finish().failed();
    }

    std::uint64_t page_bytes = 0;
    std::size_t largest = 0;
    int delivered = 0;
    bool failed = false;

private:
    std::size_t piece_;
    std::string buffer_{};
    page_decoder decoder_{};
};

constexpr std::string_view row_head =
    R"({"job_public_id":"10b00000-0000-4000-8000-000000000001","run_public_id":"7a11","collection_id":"c0ff","status":"completed","url":"https://shop.example/1","custom_id":"tour_1","status_code":200,"message":"OK","queued_at":"2026-06-01T10:00:00.200","completed_at":"2026-06-01T10:00:03.637","execution_time_ms":1370,"protection_stack":[],"rule_hits":["a"],"is_success":true,"result":)";
constexpr std::string_view result_head = R"({"url":"https://shop.example/1","html":")";
constexpr std::string_view result_tail =
    R"(","markdown":null,"statusCode":200,"message":"OK","timings":{"queue_wait_ms":45},"guidance":{"success":true,"next_steps":[]},"content_type":"text/html","body_base64":null,"body_url":null})";

/// A body of so many bytes as JSON text, or of so many bytes of JSON text.
void write_body(page_feed& feed, measure by, spelling how)
{
    // 16 bytes of a page, three of them escaped, and 8 bytes as escapes only.
    constexpr std::string_view plain = R"(<p class=\"a\">xx\n)";
    constexpr std::string_view escaped = R"(\u00e1\u00e9\u00ed\u00f3\u00fa\u00f1\u00bf\u00ff)";
    const std::string_view unit = how == spelling::plain ? plain : escaped;
    const std::size_t bytes_in_unit = how == spelling::plain ? 16 : 8;
    std::size_t units = inline_cap / bytes_in_unit;
    if (by == measure::result_json_bytes)
        units = (inline_cap - result_head.size() - result_tail.size()) / unit.size();
    for (std::size_t i = 0; i < units; ++i)
        feed.write(unit);
}

std::size_t resident_peak_kb()
{
    std::FILE* status = std::fopen("/proc/self/status", "r");
    if (!status) return 0;
    char line[256];
    std::size_t kb = 0;
    while (std::fgets(line, sizeof line, status))
        if (std::strncmp(line, "VmHWM:", 6) == 0) kb = std::strtoul(line + 6, nullptr, 10);
    std::fclose(status);
    return kb;
}

bool run_case(measure by, spelling how, std::size_t piece)
{
    const std::size_t idle = heap_now;
    heap_peak = heap_now;
    page_feed feed(piece);
    feed.write("{\"items\":[");
    for (int i = 0; i < rows; ++i) {
        if (i > 0) feed.write(",");
        feed.write(row_head);
        feed.write(result_head);
        write_body(feed, by, how);
        feed.write(result_tail);
        feed.write("}");
    }
    feed.write("],\"cursor_next\":null,\"has_more\":false}");
    feed.finish();
    const std::size_t needed = heap_peak - idle;
    const bool good = !feed.failed && feed.delivered == rows && needed <= goal;
    std::printf(
        "page_memory/%s/%s/%zuKB page_bytes=%llu body_bytes=%zu rows=%d peak_heap_bytes=%zu "
        "peak_rss_kb=%zu %s\n",
        by == measure::body_bytes ? "body_bytes" : "result_json_bytes",
        how == spelling::plain ? "plain" : "escaped",
        piece / 1024,
        static_cast<unsigned long long>(feed.page_bytes),
        feed.largest,
        feed.delivered,
        needed,
        resident_peak_kb(),
        good ? "ok" : "FAILED"
    );
    return good;
}

}  // namespace

int main()
{
    bool good = true;
    for (const std::size_t piece : {16'384u, 65'536u})
        for (const auto by : {measure::body_bytes, measure::result_json_bytes})
            for (const auto how : {spelling::plain, spelling::escaped})
                good = run_case(by, how, piece) && good;
    return good ? 0 : 1;
}

// One line a case: measure of the cap / spelling of the body / piece size. `page_bytes` is what
// went over the wire, `body_bytes` one decoded body (an escaped byte from 0x80 on is two bytes of
// UTF-8), `peak_heap_bytes` the most that was allocated at once beyond what was before, the piece
// buffer included. `peak_rss_kb` is of the whole process so far: it only grows from line to line.
