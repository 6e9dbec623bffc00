#include "json_out.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>

namespace scrapingpros_mock {

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
