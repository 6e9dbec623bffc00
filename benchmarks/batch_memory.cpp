// Memory of a batch of 50,000 results of 256 KB each whose consumer takes one a second, and how soon
// the first row of a page is handed on when it does not wait. Time is virtual; the service is a
// transport that spells its replies while they are read, so that every allocation is the client's.
// How to read the output stands at the end.

#include <scrapingpros/batch.hpp>
#include <scrapingpros/client.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "benchmarks/heap_counter.hpp"

namespace {

using namespace scrapingpros;
using namespace std::chrono_literals;
namespace asio = boost::asio;

constexpr std::size_t body_bytes = 256 * 1024;
constexpr std::size_t page_rows = 100;
constexpr std::size_t cap = std::size_t(16) << 20;

/// What a finished run of so many jobs answers, spelled piece by piece.
class paper_service {
public:
    explicit paper_service(std::size_t jobs) : jobs_(jobs) {}

    /// Begins the reply to a request; `read` gives its bytes.
    void ask(const http_request& request)
    {
        text_.clear();
        at_ = 0;
        row_ = last_row_ = 0;
        is_page_ = false;
        if (request.target.find("/jobs?") != std::string::npos) return ask_page(request.target);
        if (request.target.ends_with("/runs")) {
            text_ = R"({"total":1,"items":[)" + run() + "]}";
        } else if (request.target.find("/run") != std::string::npos) {
            text_ = run();
        } else {
            text_ = R"({"id":"c0ffee","name":"memory","message":"made"})";
        }
    }

    std::size_t read(char* to, std::size_t room)
    {
        std::size_t filled = 0;
        while (filled < room) {
            if (at_ == text_.size() && body_left_ == 0 && !spell_more()) break;
            if (at_ < text_.size()) {
                const auto n = (std::min)(room - filled, text_.size() - at_);
                std::memcpy(to + filled, text_.data() + at_, n);
                at_ += n;
                filled += n;
            } else {
                const auto n = (std::min)(room - filled, body_left_);
                std::memset(to + filled, 'x', n);
                body_left_ -= n;
                filled += n;
            }
        }
        sent_ += filled;
        return filled;
    }

    std::uint64_t sent() const noexcept { return sent_; }

private:
    std::string run() const
    {
        const auto n = std::to_string(jobs_);
        return R"({"run_id":"7a11","collection_id":"c0ffee","status":"completed","total_requests":)" +
               n + R"(,"success_requests":)" + n + R"(,"failed_requests":0,"timeout_requests":0})";
    }

    void ask_page(const std::string& target)
    {
        is_page_ = true;
        const auto cursor = target.find("cursor=");
        if (cursor != std::string::npos)
            std::from_chars(target.data() + cursor + 7, target.data() + target.size(), row_);
        last_row_ = (std::min)(jobs_, row_ + page_rows);
        first_row_ = row_;
        text_ = R"({"items":[)";
    }

    bool spell_more()
    {
        if (!is_page_) return false;
        text_.clear();
        at_ = 0;
        if (in_row_) {
            in_row_ = false;
            ++row_;
            text_ = R"(","statusCode":200,"message":"OK"}})";
            return true;
        }
        if (row_ < last_row_) {
            char id[48];
            std::snprintf(id, sizeof id, "10b00000-0000-4000-8000-%012zu", row_);
            char stamp[48];
            std::snprintf(
                stamp,
                sizeof stamp,
                "2026-06-01T%02zu:%02zu:%02zu.%03zu",
                row_ / 3600000 % 24,
                row_ / 60000 % 60,
                row_ / 1000 % 60,
                row_ % 1000
            );
            if (row_ > first_row_) text_ = ",";
            text_ +=
                R"({"job_public_id":")" + std::string(id) +
                R"(","status":"completed","status_code":200,"is_success":true,"completed_at":")" +
                stamp + R"(","result":{"html":")";
            in_row_ = true;
            body_left_ = body_bytes;
            return true;
        }
        is_page_ = false;
        text_ = last_row_ < jobs_
                    ? R"(],"has_more":true,"cursor_next":")" + std::to_string(last_row_) + R"("})"
                    : R"(],"has_more":false,"cursor_next":null})";
        return true;
    }

    std::size_t jobs_;
    std::string text_{};
    std::size_t at_ = 0;
    std::size_t body_left_ = 0;
    std::size_t row_ = 0;
    std::size_t first_row_ = 0;
    std::size_t last_row_ = 0;
    bool is_page_ = false;
    bool in_row_ = false;
    std::uint64_t sent_ = 0;
};

/// A transport to the paper service. One exchange at a time is all it can.
class paper_transport {
public:
    paper_transport(asio::any_io_executor executor, std::shared_ptr<paper_service> service)
        : executor_(std::move(executor)), service_(std::move(service))
    {
    }

    class exchange {
    public:
        exchange(asio::any_io_executor executor, std::shared_ptr<paper_service> service)
            : executor_(std::move(executor)), service_(std::move(service))
        {
        }
        void async_send(const http_request& request, send_handler done)
        {
            service_->ask(request);
            http_response_head head;
            head.status = request.method == http_method::get ? 200 : 201;
            asio::post(executor_, [done = std::move(done), head = std::move(head)]() mutable {
                std::move(done)(error_code(), std::move(head));
            });
        }
        void async_read_some(asio::mutable_buffer buffer, read_handler done)
        {
            const auto n = service_->read(static_cast<char*>(buffer.data()), buffer.size());
            const error_code ec = n > 0 ? error_code() : asio::error::eof;
            asio::post(executor_, [done = std::move(done), ec, n]() mutable {
                std::move(done)(ec, n);
            });
        }
        exchange_progress progress() const { return {}; }

    private:
        asio::any_io_executor executor_;
        std::shared_ptr<paper_service> service_;
    };

    asio::any_io_executor get_executor() const { return executor_; }
    exchange open() { return exchange(executor_, service_); }

private:
    asio::any_io_executor executor_;
    std::shared_ptr<paper_service> service_;
};

struct figures {
    std::size_t delivered = 0;
    std::size_t peak = 0;
    /// Bytes of the first page that were read when its first row was handed on.
    std::uint64_t read_at_first = 0;
};

/// A clock that a consumer moves.
struct paced_clock {
    std::shared_ptr<instant> time = std::make_shared<instant>(std::chrono::hours(1000));

    instant now() const { return *time; }
    timestamp server_now() const
    {
        return timestamp(std::chrono::sys_days(std::chrono::year(2026) / 6 / 2)) +
               std::chrono::floor<std::chrono::microseconds>(time->time_since_epoch());
    }
};

/// Reads a finished run. A consumer with a pause lets everything happen that can before it takes more.
figures read_run(std::size_t jobs, milliseconds pause)
{
    asio::io_context context(1);
    const paced_clock clock;
    auto service = std::make_shared<paper_service>(jobs);
    client_options options;
    options.base_url = "http://paper.test";
    options.token = secret("paper");
    const basic_client api(
        paper_transport(context.get_executor(), service),
        options,
        default_policies.with_clock(clock)
    );

    const std::size_t idle = heap_now;
    heap_peak = heap_now;
    figures seen;
    batch_options how;
    how.poll.max_held_bytes = cap;
    auto work = api.attach_batch({{"c0ffee"}, {"7a11"}}, how);
    for (bool more = true; more;) {
        std::optional<job_outcome> item;
        bool came = false;
        work.async_next([&](error_code ec, std::optional<job_outcome> next) {
            if (ec) std::fprintf(stderr, "%s\n", ec.message().c_str());
            item = std::move(next);
            came = true;
            if (item && seen.delivered == 0) seen.read_at_first = service->sent();
        });
        context.restart();
        while (!came)
            context.run_one();
        more = item.has_value();
        if (!more) break;
        ++seen.delivered;
        if (item->result.value().body.content.size() != body_bytes) std::abort();
        *clock.time += pause;
        if (pause > milliseconds(0)) context.poll();
    }
    seen.peak = heap_peak - idle;
    return seen;
}

}  // namespace

int main(int argc, char** argv)
{
    std::size_t jobs = 50'000;
    if (argc == 3 && std::string_view(argv[1]) == "--jobs")
        jobs = std::strtoul(argv[2], nullptr, 10);
    const auto slow = read_run(jobs, milliseconds(1000));
    std::printf(
        "%zu results of %zu bytes, one taken a second: peak heap %.2f MB, cap %.2f MB + 10 %%\n",
        slow.delivered,
        body_bytes,
        static_cast<double>(slow.peak) / 1e6,
        static_cast<double>(cap) / 1e6
    );
    const auto quick = read_run(page_rows, milliseconds(0));
    const auto share = 100.0 * static_cast<double>(quick.read_at_first) /
                       static_cast<double>(page_rows * body_bytes);
    std::printf("first row of a page handed on after %.2f %% of the page was read\n", share);
    const bool held = slow.delivered == jobs && slow.peak <= cap + cap / 10;
    return held && share <= 2 ? 0 : 1;
}

// How to read it: `peak heap` is what the client allocated at most at one time, the set of delivered
// ids included, while 13 GB passed through it; `cap` is `poll_options::max_held_bytes`. Exits with 1
// if the peak is over the cap by more than a tenth, if a result is missing, or if more than 2 % of a
// page had been read when its first row was handed on.
