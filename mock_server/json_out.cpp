#include "json_out.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>

#include <algorithm>

namespace scrapingpros_mock {
namespace {

/// JSON has a few characters that cannot stand for themselves; most texts have none of them.
bool needs_escape(char c) noexcept
{
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

}  // namespace

void json_writer::separate()
{
    if (out_.empty()) return;
    const char last = out_.back();
    if (last != '{' && last != '[' && last != ':' && last != ',') out_ += ',';
}

json_writer& json_writer::open(char bracket)
{
    separate();
    out_ += bracket;
    return *this;
}

json_writer& json_writer::close(char bracket)
{
    out_ += bracket;
    return *this;
}

json_writer& json_writer::key(std::string_view name)
{
    value(name);
    out_ += ':';
    return *this;
}

json_writer& json_writer::value(std::string_view text)
{
    separate();
    if (std::none_of(text.begin(), text.end(), needs_escape)) {
        out_.append(1, '"').append(text).append(1, '"');
        return *this;
    }
    out_ += boost::json::serialize(boost::json::string_view(text.data(), text.size()));
    return *this;
}

json_writer& json_writer::value(const std::vector<std::string>& texts)
{
    begin_array();
    for (const std::string& each : texts)
        value(each);
    return end_array();
}

json_writer& json_writer::escaped_value(std::string_view text)
{
    static constexpr std::string_view digits = "0123456789abcdef";
    separate();
    out_.reserve(out_.size() + text.size() * 6 + 2);
    out_ += '"';
    for (const char c : text) {
        out_ += "\\u00";
        out_ += digits[static_cast<unsigned char>(c) >> 4];
        out_ += digits[static_cast<unsigned char>(c) & 15];
    }
    out_ += '"';
    return *this;
}

json_writer& json_writer::raw(std::string_view json)
{
    separate();
    out_ += json;
    return *this;
}

}  // namespace scrapingpros_mock
