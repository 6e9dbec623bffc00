#include "books/journal.hpp"

#include <boost/url/encoding_opts.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <array>
#include <cstring>

#include "text.hpp"

namespace scrapingpros_mock {
namespace {

namespace urls = boost::urls;

constexpr std::string_view line_end = "\r\n";

/// In-memory only, so that the byte order of a word does not matter.
class fingerprint {
public:
    void add(std::string_view text) noexcept
    {
        mix(text.size());
        while (text.size() >= sizeof(std::uint64_t)) {
            std::uint64_t word = 0;
            std::memcpy(&word, text.data(), sizeof word);
            mix(word);
            text.remove_prefix(sizeof word);
        }
        std::uint64_t rest = 0;
        std::memcpy(&rest, text.data(), text.size());
        mix(rest);
    }
    std::uint64_t value() const noexcept { return state_; }

private:
    void mix(std::uint64_t word) noexcept
    {
        state_ = (state_ ^ word) * 0x9E3779B97F4A7C15u;
        state_ ^= state_ >> 29;
    }

    std::uint64_t state_ = 0x243F6A8885A308D3u;
};

bool is_credential(std::string_view name) noexcept
{
    static constexpr std::array<std::string_view, 4> names{
        "Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key"};
    return std::any_of(names.begin(), names.end(), [&](std::string_view each) {
        return name.size() == each.size() && same_ignoring_case(name, each);
    });
}

/// Parsers let no line end into a header; a request without sockets might bring one.
void append_in_line(std::string& out, std::string_view text)
{
    const std::size_t begin = out.size();
    out += text;
    if (text.find('\r') == text.npos && text.find('\n') == text.npos) return;
    for (std::size_t i = begin; i < out.size(); ++i)
        if (out[i] == '\r' || out[i] == '\n') out[i] = ' ';
}

}  // namespace

const char* name_of(exchange_end::cause how) noexcept
{
    switch (how) {
    case exchange_end::cause::complete: return "complete";
    case exchange_end::cause::planned: return "planned";
    case exchange_end::cause::client_left: return "client_left";
    }
    return "";
}

bool failed(const journal_entry& entry) noexcept
{
    if (!entry.whole || entry.status == 429 || entry.status >= 500) return true;
    return entry.end && entry.end->how != exchange_end::cause::complete;
}

journal_entry::journal_entry(const request& in, std::string_view of, std::size_t cap)
    : account(of), connection(in.connection), on_connection(in.on_connection),
      server_name(in.server_name), body_size_(in.body.size()),
      method_size_(static_cast<std::uint32_t>(in.method.size())),
      target_size_(static_cast<std::uint32_t>(in.target.size()))
{
    std::size_t size = in.method.size() + in.target.size() + 12 + std::min(cap, in.body.size());
    for (const header& each : in.headers)
        size += each.name.size() + each.value.size() + 4;
    text_.reserve(size + of.size());
    append_in_line(text_, in.method);
    text_ += ' ';
    append_in_line(text_, in.target);
    text_ += " HTTP/1.1";
    for (const header& each : in.headers) {
        text_ += line_end;
        append_in_line(text_, each.name);
        text_ += ": ";
        if (is_credential(each.name))
            text_.append("<").append(of.empty() ? "unknown" : of).append(">");
        else
            append_in_line(text_, each.value);
    }
    head_size_ = static_cast<std::uint32_t>(text_.size());
    text_.append(in.body, 0, cap);
    if (in.body.size() > cap) hash_ = sha256(in.body);
    fingerprint same;
    same.add(account);
    same.add(method());
    same.add(target());
    key_ = same.value();
}

std::string_view journal_entry::method() const noexcept
{
    return std::string_view(text_).substr(0, method_size_);
}

std::string_view journal_entry::target() const noexcept
{
    if (text_.empty()) return {};
    return std::string_view(text_).substr(method_size_ + 1u, target_size_);
}

std::string_view journal_entry::path() const noexcept
{
    return target().substr(0, target().find('?'));
}

std::string_view journal_entry::head() const noexcept
{
    return std::string_view(text_).substr(0, head_size_);
}

std::string_view journal_entry::body() const noexcept
{
    return std::string_view(text_).substr(head_size_);
}

std::string journal_entry::body_hash() const
{
    return hex(hash_.empty() ? sha256(body()) : hash_);
}

std::vector<std::pair<std::string_view, std::string_view>> journal_entry::headers() const
{
    std::vector<std::pair<std::string_view, std::string_view>> found;
    std::string_view rest = head();
    for (;;) {
        const std::size_t at_end = rest.find(line_end);
        if (at_end == rest.npos) return found;
        rest.remove_prefix(at_end + line_end.size());
        const std::string_view line = rest.substr(0, rest.find(line_end));
        const std::size_t colon = std::min(line.find(": "), line.size());
        found.emplace_back(line.substr(0, colon), line.substr(std::min(colon + 2, line.size())));
    }
}

std::optional<std::string_view> journal_entry::find(std::string_view name) const
{
    for (const auto& [each, value] : headers())
        if (same_ignoring_case(each, name)) return value;
    return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> journal_entry::query() const
{
    std::vector<std::pair<std::string, std::string>> members;
    const auto url = urls::parse_origin_form(urls::string_view(target().data(), target().size()));
    if (!url) return members;
    urls::encoding_opts form;
    form.space_as_plus = true;
    for (const auto& each : url->encoded_params()) {
        auto name = each.key.decode(form);
        auto value = each.value.decode(form);
        if (is_utf8(name) && is_utf8(value)) members.emplace_back(name, value);
    }
    return members;
}

std::size_t journal_entry::weight() const noexcept
{
    return sizeof *this + text_.capacity() + hash_.capacity() +
           faults.capacity() * sizeof(std::size_t);
}

std::uint64_t journal::add(journal_entry entry)
{
    entry.ordinal = ++total_;
    logical_request& same = logical_[entry.key_];
    if (same.attempts == 0) same.first = total_;
    entry.logical = same.first;
    entry.attempt = ++same.attempts;
    same.last = total_;
    bytes_ += entry.weight();
    entries_.push_back(std::move(entry));
    while (entries_.size() > limits_.entries || bytes_ > limits_.bytes)
        drop_oldest();
    return total_;
}

void journal::drop_oldest()
{
    const journal_entry& oldest = entries_.front();
    const auto same = logical_.find(oldest.key_);
    if (same != logical_.end() && same->second.last == oldest.ordinal) logical_.erase(same);
    bytes_ -= oldest.weight();
    entries_.pop_front();
}

void journal::finish(std::uint64_t ordinal, const exchange_end& end, time_point now)
{
    if (ordinal <= dropped() || ordinal > total_) return;
    journal_entry& entry = entries_[static_cast<std::size_t>(ordinal - dropped() - 1)];
    entry.end = end;
    entry.ended_at = now;
    entry.begun_by_end = total_;
}

const journal_entry* journal::find(std::uint64_t ordinal) const noexcept
{
    if (ordinal <= dropped() || ordinal > total_) return nullptr;
    return &entries_[static_cast<std::size_t>(ordinal - dropped() - 1)];
}

std::uint64_t journal::count(operation what) const noexcept
{
    return static_cast<std::uint64_t>(std::count_if(
        entries_.begin(), entries_.end(), [&](const journal_entry& e) { return e.what == what; }
    ));
}

bool journal::repeats_a_failure(const journal_entry& next) const
{
    const auto same = logical_.find(next.key_);
    if (same == logical_.end()) return false;
    const journal_entry* last = find(same->second.last);
    return last != nullptr && failed(*last);
}

}  // namespace scrapingpros_mock
