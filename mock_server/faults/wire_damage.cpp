#include "faults/wire_damage.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "text.hpp"

namespace scrapingpros_mock {
namespace {

std::string_view name_of(std::string_view line)
{
    return line.substr(0, line.find(':'));
}

std::string chunk_size(std::size_t bytes)
{
    char digits[2 * sizeof bytes + 1];
    std::snprintf(digits, sizeof digits, "%zx", bytes);
    return digits;
}

std::string in_one_chunk(const std::string& body)
{
    return body.empty() ? std::string{} : chunk_size(body.size()) + "\r\n" + body + "\r\n";
}

void put_length(wire_draft& draft, const std::string& value)
{
    draft.drop_header("Content-Length");
    draft.lines.push_back("Content-Length: " + value);
}

void put_chunked(wire_draft& draft)
{
    draft.drop_header("Content-Length");
    draft.lines.emplace_back("Transfer-Encoding: chunked");
}

void change_length(wire_draft& draft, std::int64_t by)
{
    const auto size = static_cast<std::int64_t>(draft.body.size());
    put_length(draft, std::to_string(std::max<std::int64_t>(size + by, 0)));
    // Who waits for bytes that never come is to be told so at once.
    if (by > 0) draft.close = true;
}

void repeat_header(wire_draft& draft, const std::string& name)
{
    const auto found =
        std::find_if(draft.lines.begin(), draft.lines.end(), [&](const std::string& line) {
            return same_ignoring_case(name_of(line), name);
        });
    if (found != draft.lines.end()) {
        const std::string again = *found;
        draft.lines.push_back(again);
        return;
    }
    draft.lines.push_back(name + ": 1");
    draft.lines.push_back(name + ": 2");
}

void put_garbage(wire_draft& draft)
{
    draft.with_head = false;
    draft.before.clear();
    draft.body = "\x01\x02 this is no HTTP at all \xfe\xff\r\n\r\n";
    draft.close = true;
}

}  // namespace

void wire_draft::drop_header(std::string_view name)
{
    std::erase_if(lines, [&](const std::string& line) {
        return same_ignoring_case(name_of(line), name);
    });
}

std::string wire_draft::head() const
{
    if (!with_head) return {};
    std::string out = status_line + "\r\n";
    for (const std::string& line : lines)
        out.append(line).append("\r\n");
    return out.append("\r\n");
}

void apply(const wire_damage& what, wire_draft& draft)
{
    using enum wire_damage::kind;
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(what.number, 0));
    switch (what.what) {
    case length_by: return change_length(draft, what.number);
    case length_twice:
        put_length(draft, std::to_string(draft.body.size() + 1));
        draft.lines.push_back("Content-Length: " + std::to_string(draft.body.size()));
        draft.close = true;
        return;
    case length_negative: return put_length(draft, "-1");
    case length_none:
        draft.drop_header("Content-Length");
        draft.close = true;
        return;
    case chunk_unended:
        put_chunked(draft);
        draft.body = in_one_chunk(draft.body);
        draft.close = true;
        return;
    case chunk_bad_size:
        put_chunked(draft);
        draft.body = "zz\r\n" + draft.body + "\r\n0\r\n\r\n";
        draft.close = true;
        return;
    case chunk_and_length: {
        const std::string size = std::to_string(draft.body.size());
        put_chunked(draft);
        draft.body = in_one_chunk(draft.body) + "0\r\n\r\n";
        draft.lines.push_back("Content-Length: " + size);
        return;
    }
    case garbage: return put_garbage(draft);
    case bad_version:
        draft.status_line.replace(0, draft.status_line.find(' '), "HTTP/9.9");
        draft.close = true;
        return;
    case header_nul: draft.lines.push_back(std::string("X-Nul: a\0b", 10)); return;
    case header_no_colon: draft.lines.emplace_back("a line without what makes it a header"); return;
    case header_huge: draft.lines.push_back("X-Huge: " + std::string(count, 'x')); return;
    case header_many:
        for (std::size_t i = 0; i < count; ++i)
            draft.lines.push_back("X-Many-" + std::to_string(i) + ": " + std::to_string(i));
        return;
    case header_twice: return repeat_header(draft, what.text);
    case header_missing: return draft.drop_header(what.text);
    case informational:
        for (std::size_t i = 0; i < count; ++i)
            draft.before += "HTTP/1.1 " + what.text + " Informational\r\n\r\n";
        return;
    case coding_lie: draft.lines.emplace_back("Content-Encoding: gzip"); return;
    case close_silent: draft.close = true; return;
    case pause:
    case drip: return;
    }
}

}  // namespace scrapingpros_mock
