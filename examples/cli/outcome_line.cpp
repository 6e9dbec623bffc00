#include "outcome_line.hpp"

#include <scrapingpros/body.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

#include "sha256.hpp"

namespace cli {
namespace {

namespace json = boost::json;
namespace sp = scrapingpros;

constexpr std::string_view line_begin = R"({"job_public_id":)";

template <class T>
json::value or_null(const std::optional<T>& value)
{
    return value ? json::value(*value) : json::value(nullptr);
}

/// The bytes that a text stands for; empty if it stands for none.
std::optional<std::string> bytes_of(const sp::result_body& body)
{
    if (body.kind != sp::body_kind::base64) return body.content;
    auto bytes = sp::decode_base64(body.content);
    return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
}

void put_body(json::object& line, const sp::result_body& body)
{
    // An offloaded body is here what was fetched from its own URL.
    const bool is_raw = body.kind == sp::body_kind::offloaded;
    line["body"] = is_raw ? base64_of(body.content) : body.content;
    if (!sp::is_text(body.kind)) line["body_encoding"] = "base64";
    const auto bytes = bytes_of(body);
    if (!bytes) return;
    line["sha256"] = sha256_of(*bytes);
    line["bytes"] = bytes->size();
}

}  // namespace

std::string line_of(
    const sp::job_outcome& item, body_place place, const std::optional<sp::stored_body>& stored
)
{
    json::object line;
    line["job_public_id"] = item.job.id.value;
    line["custom_id"] = or_null(item.job.custom_id);
    line["url"] = or_null(item.job.url);
    line["status"] = item.job.status_text;
    line["is_success"] = or_null(item.job.is_success);
    line["verdict"] = to_string(item.verdict.value);
    line[place == body_place::file ? "path" : "body"] = nullptr;
    line["sha256"] = nullptr;
    line["bytes"] = nullptr;
    const bool has_body = item.result && item.result->body.kind != sp::body_kind::none;
    if (place == body_place::line && has_body) put_body(line, item.result->body);
    if (stored) {
        line["path"] = stored->path;
        line["sha256"] = stored->sha256;
        line["bytes"] = stored->bytes;
    }
    if (item.verdict.value != sp::judgement::usable) {
        if (item.job.message) line["message"] = *item.job.message;
        if (item.result && item.result->guidance && item.result->guidance->stop_reason)
            line["stop_reason"] = *item.result->guidance->stop_reason;
    }
    return json::serialize(line) + '\n';
}

std::optional<std::string> job_id_of(std::string_view line)
{
    if (!line.starts_with(line_begin)) return {};
    const auto text = line.substr(line_begin.size());
    if (!text.starts_with('"')) return {};
    // To the first quote that is not escaped.
    std::size_t end = 1;
    while (end < text.size() && text[end] != '"')
        end += text[end] == '\\' ? 2 : 1;
    if (end >= text.size()) return {};
    json::error_code ec;
    const auto id = json::parse(text.substr(0, end + 1), ec);
    if (ec || !id.is_string()) return {};
    return std::string(id.get_string());
}

bool may_be_torn_line(std::string_view text)
{
    const auto common = (std::min)(text.size(), line_begin.size());
    return text.substr(0, common) == line_begin.substr(0, common);
}

}  // namespace cli
