#include <algorithm>
#include <array>

#include "rows/listing.hpp"
#include "text.hpp"

namespace scrapingpros_mock {
namespace {

constexpr std::array<std::string_view, 4> status_words{
    "processing", "completed", "failed", "timeout"};
constexpr std::size_t most_rows = 1000;
constexpr std::size_t most_rows_inline = 100;

using failure = std::optional<listing_error>;

failure read_limit(const query& in, const switches& contract, listing_request& into)
{
    into.limit = contract.jobs_limit_default == choice::jobs_limit_default::n100 ? 100 : 1000;
    if (const auto text = in.find("limit")) {
        const auto number = number_in<long long>(*text);
        if (!number || *number < 1)
            return listing_error{400, "Invalid limit: expected an integer from 1 to 1000"};
        into.limit = static_cast<std::size_t>(std::min(*number, 1'000'000LL));
    }
    if (into.limit > most_rows && contract.jobs_limit_over == choice::jobs_limit_over::s422)
        return listing_error{422, "limit: Input should be less than or equal to 1000"};
    into.limit = std::min(into.limit, into.include_results ? most_rows_inline : most_rows);
    return std::nullopt;
}

failure read_statuses(const query& in, const switches& contract, listing_request& into)
{
    const auto text = in.find("status_filter");
    if (!text) return std::nullopt;
    // Before the list form several values in one were ignored.
    if (contract.predates(shipped::verdict) && text->find(',') != text->npos) return std::nullopt;
    into.statuses = 0;
    for (const std::string_view word : split(*text, ',')) {
        const auto found = std::find(status_words.begin(), status_words.end(), word);
        if (found == status_words.end())
            return listing_error{
                400,
                "Invalid status_filter value: '" + std::string(word) +
                    "'. Allowed: processing, completed, failed, timeout"};
        into.statuses |= 1u << (found - status_words.begin());
    }
    return std::nullopt;
}

failure read_order(const query& in, listing_request& into)
{
    using order = listing_request::order;
    const std::string by = in.find("order_by").value_or("id");
    if (by != "id" && by != "completed_at")
        return listing_error{400, "Invalid order_by: '" + by + "'. Allowed: id, completed_at"};
    const std::string direction = in.find("order_dir").value_or("asc");
    if (direction != "asc" && direction != "desc")
        return listing_error{400, "Invalid order_dir: '" + direction + "'. Allowed: asc, desc"};
    into.by = by == "id" ? order::id : order::completed_at;
    into.descending = direction == "desc";
    return std::nullopt;
}

failure read_since(const query& in, listing_request& into)
{
    const auto text = in.find_stamp("since_completed_at");
    if (!text) return std::nullopt;
    into.since = parse_iso(*text);
    if (into.since) return std::nullopt;
    return listing_error{
        400, "Invalid since_completed_at: expected ISO 8601 (UTC when no offset is given)"};
}

failure read_inline(const query& in, const switches& contract, listing_request& into)
{
    const auto text = in.find("include_results");
    if (!text || contract.predates(shipped::inline_results)) return std::nullopt;
    if (*text == "true" || *text == "1")
        into.include_results = true;
    else if (*text != "false" && *text != "0")
        return listing_error{400, "Invalid include_results: expected true or false"};
    return std::nullopt;
}

failure read_cursor(const query& in, listing_request& into)
{
    using order = listing_request::order;
    into.cursor = in.find("cursor").value_or("");
    if (into.cursor.empty()) return std::nullopt;
    into.behind = parse_cursor(into.cursor);
    if (!into.behind) return listing_error{400, "Invalid cursor"};
    const bool by_stamp = std::holds_alternative<stamp_position>(*into.behind);
    if (by_stamp == (into.by == order::completed_at)) return std::nullopt;
    const std::string made = by_stamp ? "completed_at" : "id";
    const std::string asked = by_stamp ? "id" : "completed_at";
    return listing_error{
        400,
        "cursor was generated with order_by=" + made + ", received order_by=" + asked +
            "; start a new pagination"};
}

}  // namespace

std::optional<position> parse_cursor(std::string_view text)
{
    const auto plain = from_base64(text);
    if (!plain) return std::nullopt;
    const std::size_t bar = plain->find('|');
    if (bar == plain->npos) {
        if (const auto row = number_in<std::uint64_t>(*plain)) return position{*row};
        return std::nullopt;
    }
    const auto stamp = parse_iso(plain->substr(0, bar));
    if (!stamp) return std::nullopt;
    return position{stamp_position{
        std::chrono::floor<std::chrono::milliseconds>(*stamp), plain->substr(bar + 1)}};
}

std::string listing_request::filters() const
{
    return std::to_string(statuses) + (descending ? "d" : "a") +
           (since ? unix_seconds(*since) : std::string());
}

std::variant<listing_request, listing_error> read_listing(const query& in, const switches& contract)
{
    listing_request made;
    failure bad = read_inline(in, contract, made);
    if (!bad) bad = read_limit(in, contract, made);
    if (!bad) bad = read_statuses(in, contract, made);
    // A server before the verdict ignores what came with it.
    const bool ordered = !contract.predates(shipped::verdict);
    if (!bad && ordered) bad = read_order(in, made);
    if (!bad && ordered) bad = read_since(in, made);
    if (!bad) bad = read_cursor(in, made);
    if (bad) return *bad;
    return made;
}

}  // namespace scrapingpros_mock
