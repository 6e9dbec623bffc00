#include <array>

#include "rows/job_json.hpp"
#include "text.hpp"

namespace scrapingpros_mock {
namespace {

constexpr std::size_t listed_url_limit = 2048;

std::string quoted(std::string text)
{
    return '"' + std::move(text) + '"';
}

/// A stamp in one of A31's forms; `mixed` takes them in turn, numbers left out.
std::string stamp_json(choice::row_time_form form, milliseconds_point at, std::size_t turn)
{
    using enum choice::row_time_form;
    static constexpr std::array turns{naive_ms, z_ms, offset_micro, no_fraction};
    if (form == mixed) form = turns[turn % turns.size()];
    switch (form) {
    case z_ms: return quoted(iso_milliseconds(at) + "Z");
    case offset_micro: return quoted(iso_milliseconds(at) + "000+00:00");
    case no_fraction: return quoted(iso_seconds(at));
    case epoch: return unix_seconds(at);
    default: return quoted(iso_milliseconds(at));
    }
}

/// Writes one row, its columns as the table has them at the moment.
class row_writer {
public:
    row_writer(json_writer& out, const job_source& of, const row_extras& extras, row_state state)
        : out_(out), of_(of), extras_(extras), contract_(of.from.contract), state_(state),
          settled_(state == row_state::settled)
    {
    }

    void write()
    {
        write_facts();
        write_end();
    }

    /// What stays the same from the day when the row is settled.
    void write_facts()
    {
        out_.begin_object();
        write_ids();
        if (contract_.predates(shipped::row_columns))
            write_oldest();
        else
            write_columns();
    }

    void write_end()
    {
        if (extras_.result) out_.raw_member("result", *extras_.result);
        if (drifts(2)) out_.raw_member("brand_new_field", R"({"x":1})");
        out_.end_object();
    }

    /// What the volatile store has of a job whose row is not written: next to nothing.
    void write_stampless()
    {
        out_.begin_object();
        write_ids();
        out_.member("status", "completed");
        for (const char* name : {"url", "custom_id"})
            out_.member(name, nullptr);
        out_.member("url_truncated", false);
        out_.member("status_code", target_status(of_.job().ends));
        out_.member("message", message_of(of_));
        for (const char* name :
             {"queued_at",
              "started_at",
              "completed_at",
              "execution_time_ms",
              "execution_time_sec",
              "retries_attempted",
              "block_reason"})
            out_.member(name, nullptr);
        out_.raw_member("protection_stack", "[]").raw_member("rule_hits", "[]");
        out_.member("has_extractable_data", nullptr).member("is_success", nullptr);
        out_.end_object();
    }

private:
    /// A64: each row drifts in one of four ways, by its place in the table.
    bool drifts(std::size_t way) const { return contract_.extra_and_missing && place() % 4 == way; }
    std::size_t place() const { return of_.run.row_of(of_.index); }

    void write_ids()
    {
        out_.member("job_public_id", view(of_.job().id)).member("run_public_id", extras_.run_id);
        out_.member("collection_id", extras_.collection_id);
    }

    void write_oldest()
    {
        out_.member("status", status_word(of_.job(), state_));
        out_.member("status_code", code());
        if (settled_)
            out_.raw_member("execution_time_sec", decimal_seconds(execution()));
        else
            out_.member("execution_time_sec", nullptr);
    }

    void write_columns()
    {
        if (!contract_.predates(shipped::client_id)) out_.member("client_id", extras_.client_id);
        out_.member("status", extras_.status_word.value_or(status_word(of_.job(), state_)));
        write_url();
        out_.member("status_code", code());
        out_.member("message", settled_ ? message_of(of_) : std::string());
        write_stamps();
        write_execution();
        write_block();
        if (!contract_.predates(shipped::verdict))
            out_.member(
                "is_success", settled_ ? std::optional(of_.job().ends == outcome::ok) : std::nullopt
            );
    }

    std::optional<unsigned> code() const
    {
        return settled_ ? target_status(of_.job().ends) : std::nullopt;
    }

    duration execution() const
    {
        return std::chrono::floor<std::chrono::milliseconds>(of_.job().execution);
    }

    void write_url()
    {
        const std::string& url = of_.wanted().url;
        const bool cut = code_points(url) > listed_url_limit;
        out_.member("url", cut ? first_code_points(url, listed_url_limit) : std::string_view(url));
        out_.member("custom_id", of_.wanted().custom_id);
        if (drifts(1))
            out_.member("url_truncated", nullptr);
        else
            out_.member("url_truncated", cut);
    }

    void write_stamp(const char* name, bool known, time_point at, std::size_t turn)
    {
        const auto fine = std::chrono::floor<std::chrono::milliseconds>(at);
        out_.raw_member(
            name, known ? stamp_json(contract_.row_time_form, fine, place() + turn) : "null"
        );
    }

    void write_stamps()
    {
        const job_future& job = of_.job();
        write_stamp("queued_at", true, of_.run.queued(), 0);
        write_stamp("started_at", settled_, job.started, 1);
        write_stamp("completed_at", settled_ && !job.no_stamp, job.stamp, 2);
    }

    void write_execution()
    {
        if (!settled_) {
            for (const char* name :
                 {"execution_time_ms", "execution_time_sec", "retries_attempted"})
                out_.member(name, nullptr);
            return;
        }
        const auto ms = std::chrono::floor<std::chrono::milliseconds>(execution()).count();
        if (drifts(2))
            out_.raw_member("execution_time_ms", std::to_string(ms) + ".5");
        else
            out_.member("execution_time_ms", ms);
        out_.raw_member("execution_time_sec", decimal_seconds(execution()));
        const bool tried = of_.job().ends == outcome::worker_failed ||
                           (of_.job().ends == outcome::soft_block && of_.wanted().retry_on_block);
        out_.member("retries_attempted", tried ? 3 : 0);
    }

    /// Structured data is a matter of HTML.
    bool has_structure() const
    {
        const bool binary = of_.target() != nullptr && of_.target()->binary;
        return of_.job().ends == outcome::ok && !of_.wanted().markdown && !binary;
    }

    /// The validator's columns: null where there was no answer to look at.
    void write_block()
    {
        const bool looked_at = settled_ && is_completed(of_.job().ends);
        const bool blocked = looked_at && of_.job().ends == outcome::soft_block;
        const bool since_april = !contract_.predates(shipped::client_id);
        if (since_april) {
            if (looked_at)
                out_.member("validator_version", "0.1.6");
            else
                out_.member("validator_version", nullptr);
        }
        if (looked_at)
            out_.member("block_reason", blocked ? "captcha" : "none");
        else
            out_.member("block_reason", nullptr);
        if (drifts(0)) {
            out_.member("protection_stack", R"(["cloudflare"])").member("rule_hits", "a,b");
        } else if (drifts(1)) {
            out_.member("protection_stack", nullptr).member("rule_hits", nullptr);
        } else {
            out_.raw_member("protection_stack", blocked ? R"(["cloudflare"])" : "[]");
            out_.raw_member("rule_hits", blocked ? R"(["cf_turnstile_iframe"])" : "[]");
        }
        if (!since_april) return;
        if (looked_at)
            out_.member("has_extractable_data", has_structure());
        else
            out_.member("has_extractable_data", nullptr);
    }

    json_writer& out_;
    const job_source& of_;
    const row_extras& extras_;
    const switches& contract_;
    row_state state_;
    bool settled_;
};

}  // namespace

const char* status_word(const job_future& job, row_state state) noexcept
{
    if (state == row_state::processing) return "processing";
    if (is_completed(job.ends)) return "completed";
    return job.ends == outcome::worker_failed ? "failed" : "timeout";
}

std::optional<unsigned> target_status(outcome how) noexcept
{
    switch (how) {
    case outcome::ok:
    case outcome::soft_block: return 200;
    case outcome::not_found: return 404;
    case outcome::server_error: return 500;
    case outcome::worker_failed:
    case outcome::worker_timeout: break;
    }
    return std::nullopt;
}

std::string message_of(const job_source& of)
{
    if (of.job().cut == cut_job::failed_row) return "Job cancelled";
    switch (of.job().ends) {
    case outcome::ok:
    case outcome::soft_block: return "OK";
    case outcome::not_found: return "NOT FOUND";
    case outcome::server_error: return "INTERNAL SERVER ERROR";
    case outcome::worker_timeout: return "Job timeout without details";
    case outcome::worker_failed: break;
    }
    if (of.wanted().country_refused) return "Country proxy not approved";
    return of.target() != nullptr ? of.target()->error : "proxy error";
}

void write_row(json_writer& out, const job_source& of, const row_extras& extras, time_point now)
{
    const row_state state = row_state_at(of.job(), now);
    row_writer row{out, of, extras, state};
    if (of.job().stampless && state == row_state::settled)
        row.write_stampless();
    else
        row.write();
}

void write_row(
    json_writer& out,
    const job_source& of,
    const row_extras& extras,
    time_point now,
    row_cache& kept,
    row_budget& budget
)
{
    const row_state state = row_state_at(of.job(), now);
    if (state != row_state::settled || of.job().stampless || extras.status_word)
        return write_row(out, of, extras, now);
    std::string_view facts = kept.find(of.index);
    std::string made;
    if (facts.empty()) {
        json_writer fresh;
        row_writer{fresh, of, extras, state}.write_facts();
        made = fresh.take();
        facts = made;
        kept.keep(of.index, of.run.jobs().size(), facts, budget);
    }
    out.raw(facts);
    row_writer{out, of, extras, state}.write_end();
}

}  // namespace scrapingpros_mock
