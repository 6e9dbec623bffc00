#include "json_out.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>

namespace scrapingpros_mock {
namespace {

/// JSON has a few characters that cannot stand for themselves; most texts have none of them.
bool is_plain(std::string_view text) noexcept
{
    bool plain = true;  // without a way out in the middle, so that many bytes are looked at at once
    for (const char c : text)
        plain &= static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
    return plain;
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
    if (is_plain(text)) {
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
