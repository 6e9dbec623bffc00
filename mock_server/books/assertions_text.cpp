#include "books/assertions.hpp"
#include "json_out.hpp"

namespace scrapingpros_mock {
namespace {

void write_near(json_writer& out, const std::vector<near_entry>& near)
{
    out.begin_array();
    for (const near_entry& each : near) {
        out.begin_object().member("ordinal", each.ordinal).member("entry", each.line);
        out.member("differences", each.differences).end_object();
    }
    out.end_array();
}

}  // namespace

std::string to_json(const std::vector<near_entry>& near)
{
    json_writer out;
    out.begin_object().key("near");
    write_near(out, near);
    return out.end_object().take();
}

std::string to_json(const verification& what)
{
    json_writer out;
    out.begin_object().member("passed", what.passed).key("reasons").begin_array();
    for (const failed_assertion& each : what.reasons) {
        out.begin_object().member("code", each.code).member("path", each.path);
        out.member("message", each.message).key("near");
        write_near(out, each.near);
        out.end_object();
    }
    return out.end_array().end_object().take();
}

std::string to_text(const verification& what)
{
    std::string out;
    for (const failed_assertion& each : what.reasons) {
        out += each.path + ": " + each.message + " [" + each.code + "]\n";
        for (const near_entry& near : each.near) {
            out += "    " + near.line + "\n";
            for (const std::string& difference : near.differences)
                out += "        " + difference + "\n";
        }
        if (!each.near.empty())
            out += "    more: GET journal?after=" + std::to_string(each.near.front().ordinal - 1) +
                   "\n";
    }
    return out;
}

}  // namespace scrapingpros_mock
