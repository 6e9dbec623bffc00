#include <string>
#include <utility>

#include "rows/content.hpp"
#include "rows/job_json.hpp"
#include "text.hpp"

namespace scrapingpros_mock {
namespace {

/// The eight bytes that a PNG begins with.
constexpr std::string_view tiny_png = "iVBORw0KGgo=";

/// The target's answer before it is put into JSON.
struct body {
    std::string bytes;
    std::string content_type = "text/html; charset=utf-8";
    bool binary = false;
    std::string url;  ///< body_url
};

std::uint64_t page_draw(const job_source& of)
{
    std::uint64_t draw = 0;
    for (const char c : view(of.job().id).substr(0, 18))
        draw = draw * 31 + static_cast<unsigned char>(c);
    return draw;
}

std::string standing_text(const job_source& of)
{
    switch (of.job().ends) {
    case outcome::not_found: return "<h1>Not found</h1>";
    case outcome::server_error: return "<h1>Internal Server Error</h1>";
    case outcome::soft_block: return "<html><body>Checking your browser…</body></html>";
    default: break;
    }
    const bool hostile = of.run.shape().style == body_style::hostile_utf8;
    const auto make = hostile ? generate_hostile_page : generate_page;
    return make(page_draw(of), of.job().body_bytes, of.wanted().markdown);
}

std::optional<body> body_of(const job_source& of)
{
    body made;
    if (const target_page* page = of.target()) {
        made.bytes = page->body ? *page->body : standing_text(of);
        made.content_type = page->content_type;
        made.binary = page->binary || !page->body_url.empty() || !is_utf8(made.bytes);
        made.url = page->body_url;
        return made;
    }
    if (!of.job().from_folder) {
        made.bytes = standing_text(of);
        return made;
    }
    // Read now and not at the run's start: a page changed since then is served as it is.
    const auto file = find_page(of.from, of.wanted().url);
    auto bytes = file ? read_page(*file, of.from.max_page_bytes) : std::nullopt;
    if (!bytes) return std::nullopt;
    made.bytes = *std::move(bytes);
    made.binary = !is_utf8(made.bytes);
    const std::string_view known = content_type_of(*file);
    if (made.binary || known != "application/octet-stream") made.content_type = known;
    return made;
}

class result_writer {
public:
    result_writer(const job_source& of, std::optional<body> content)
        : of_(of), contract_(of.from.contract), content_(std::move(content)),
          completed_(is_completed(of.job().ends))
    {
    }

    std::string write()
    {
        out_.begin_object();
        if (!contract_.predates(shipped::row_columns)) write_identity();
        write_bodies();
        out_.member("statusCode", target_status(of_.job().ends));
        if (!contract_.predates(shipped::row_columns)) write_message_and_gear();
        write_legacy();
        if (!contract_.predates(shipped::row_columns)) out_optional("cookies");
        if (!contract_.predates(shipped::verdict)) write_guidance();
        if (!contract_.predates(shipped::binary_bodies)) write_binary();
        if (contract_.extra_and_missing) out_.raw_member("brand_new_field", R"({"x":1})");
        return out_.end_object().take();
    }

private:
    bool is_blocked() const { return of_.job().ends == outcome::soft_block; }

    /// A member that is null here; A64 leaves such members out.
    void out_optional(const char* name)
    {
        if (!contract_.extra_and_missing) out_.member(name, nullptr);
    }

    void write_identity()
    {
        out_.member("url", of_.wanted().url);
        if (contract_.result_custom_id == choice::result_custom_id::present)
            out_.member("custom_id", of_.wanted().custom_id);
    }

    void write_text(const char* name)
    {
        out_.key(name);
        if (of_.run.shape().style == body_style::every_byte_escaped)
            out_.escaped_value(content_->bytes);
        else
            out_.value(content_->bytes);
    }

    void write_bodies()
    {
        const bool text = content_ && completed_ && !content_->binary;
        const bool markdown = of_.wanted().markdown;
        if (text && !markdown)
            write_text("html");
        else if (completed_ && !text)
            out_.member("html", "");
        else
            out_.member("html", nullptr);
        if (contract_.predates(shipped::row_columns) && !markdown) return;
        if (text && markdown)
            write_text("markdown");
        else
            out_.member("markdown", nullptr);
    }

    void write_message_and_gear()
    {
        // Three in a hundred had none before the verdict came.
        const bool forgotten = contract_.predates(shipped::verdict) && page_draw(of_) % 100 < 3;
        if (forgotten)
            out_.member("message", nullptr);
        else
            out_.member("message", message_of(of_));
        const bool shot = completed_ && of_.wanted().screenshot;
        if (shot)
            out_.member("screenshot", tiny_png);
        else
            out_optional("screenshot");
        const duration ms = std::chrono::floor<std::chrono::milliseconds>(of_.job().execution);
        out_.raw_member("executionTime", completed_ ? decimal_seconds(ms) : "null");
        write_extracted();
        write_evaluated();
        write_captured();
    }

    void write_legacy()
    {
        if (!completed_)
            out_.member("potentiallyBlockedByCaptcha", nullptr);
        else
            out_.member("potentiallyBlockedByCaptcha", is_blocked());
        out_.key("timings").begin_object().member("queue_wait_ms", 45);
        if (of_.wanted().proxy) out_.member("proxy_ms", 120);
        out_.end_object();
    }

    /// Names that begin with "missing" match nothing: the target has no such element.
    void write_extracted()
    {
        const target_page* page = of_.target();
        if (page != nullptr && !page->extracted_data.empty()) {
            out_.raw_member("extracted_data", page->extracted_data);
            return;
        }
        if (!completed_ || of_.wanted().extract.empty()) return out_optional("extracted_data");
        out_.key("extracted_data").begin_object();
        for (const item::extraction& rule : of_.wanted().extract) {
            const bool match = !rule.name.starts_with("missing");
            if (!match) {
                write_no_match(rule);
                continue;
            }
            out_.key(rule.name);
            if (rule.multiple)
                out_.begin_array().value("first").value("second").end_array();
            else
                out_.value("text of " + rule.name);
        }
        out_.end_object();
    }

    void write_no_match(const item::extraction& rule)
    {
        using enum choice::extract_no_match;
        if (contract_.extract_no_match == absent) return;
        if (contract_.extract_no_match == null)
            out_.member(rule.name, nullptr);
        else
            out_.raw_member(rule.name, rule.multiple ? "[]" : R"("")");
    }

    void write_evaluated()
    {
        const target_page* page = of_.target();
        if (page != nullptr && !page->evaluate_results.empty()) {
            out_.raw_member("evaluate_results", page->evaluate_results);
            return;
        }
        if (!completed_ || of_.wanted().evaluations == 0) return out_optional("evaluate_results");
        out_.key("evaluate_results").begin_array();
        for (std::size_t i = 0; i < of_.wanted().evaluations; ++i)
            out_.value(i);
        out_.end_array();
    }

    void write_captured()
    {
        const target_page* page = of_.target();
        if (page != nullptr && !page->network_requests.empty()) {
            out_.raw_member("network_requests", page->network_requests);
            return;
        }
        if (!completed_ || !of_.wanted().network_capture) return out_optional("network_requests");
        out_.key("network_requests").begin_array().begin_object();
        out_.member("url", of_.wanted().url).member("method", "GET").member("status", 200);
        out_.member("resource_type", "xhr").member("content_type", "application/json");
        out_.member("body", "{}").member("body_encoding", "utf-8").end_object().end_array();
    }

    const char* error_type() const
    {
        switch (of_.job().ends) {
        case outcome::not_found:
        case outcome::server_error: return "site_error";
        case outcome::soft_block: return "captcha";
        case outcome::worker_timeout: return "timeout";
        default: return "network";
        }
    }

    void write_guidance()
    {
        using enum choice::result_guidance;
        if (contract_.result_guidance == absent) return;
        out_.key("guidance");
        if (contract_.result_guidance == null) {
            out_.value(nullptr);
            return;
        }
        const bool success = of_.job().ends == outcome::ok;
        out_.begin_object().member("success", success);
        if (success)
            out_.member("error_type", nullptr);
        else
            out_.member("error_type", error_type());
        if (is_blocked())
            out_.member("error_provider", "cloudflare");
        else
            out_.member("error_provider", nullptr);
        out_.member("credits_charged", success ? of_.wanted().credits() : 0u);
        out_.member("credits_refunded", !success);
        write_advice();
        if (of_.job().ends == outcome::not_found)
            out_.member("stop_reason", "Page does not exist");
        else
            out_.member("stop_reason", nullptr);
        out_.end_object();
    }

    void write_advice()
    {
        out_.key("next_steps").begin_array();
        if (is_blocked()) out_.value("Try with browser=true").value("Try retry_on_block=true");
        out_.end_array().key("suggested_request");
        if (!is_blocked()) {
            out_.value(nullptr);
            return;
        }
        out_.begin_object().member("url", of_.wanted().url).member("browser", true);
        out_.member("retry_on_block", true).end_object();
    }

    void write_binary()
    {
        if (completed_ && content_)
            out_.member("content_type", content_->content_type);
        else
            out_.member("content_type", nullptr);
        const bool binary = completed_ && content_ && content_->binary;
        if (binary && content_->url.empty())
            out_.member("body_base64", base64(content_->bytes));
        else
            out_optional("body_base64");
        if (binary && !content_->url.empty())
            out_.member("body_url", content_->url);
        else
            out_optional("body_url");
    }

    const job_source& of_;
    const switches& contract_;
    std::optional<body> content_;
    bool completed_;
    json_writer out_;
};

}  // namespace

std::optional<std::string> result_json(const job_source& of)
{
    if (!is_completed(of.job().ends)) return result_writer{of, std::nullopt}.write();
    auto content = body_of(of);
    if (!content) return std::nullopt;
    return result_writer{of, std::move(content)}.write();
}

std::size_t body_size(const job_source& of)
{
    const auto content = body_of(of);
    return content ? content->bytes.size() : 0;
}

}  // namespace scrapingpros_mock
