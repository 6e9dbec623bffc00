#include "control/values.hpp"

#include <algorithm>
#include <iterator>

#include "clock/clock.hpp"
#include "control/routes.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

std::string text_of(const value_in& value)
{
    if (value.is_number()) return std::to_string(value.unsigned_number());
    return value.text();
}

}  // namespace

void set_switches(const value_in& value, switches& into)
{
    if (!value.is_object()) value.fail("is no object", "{\"late_rows\": \"on\"}");
    for (const auto& member : value.raw().get_object()) {
        const std::string name(member.key());
        const value_in given{member.value(), value.path() + "." + name};
        try {
            into.set(name, text_of(given));
        } catch (const bad_switch& error) {
            given.fail(error.what(), "GET /__mock/v1/switches lists names and values");
        }
    }
}

std::optional<std::string> iso_or_none(std::optional<time_point> at)
{
    if (!at || *at == service_clock::never) return std::nullopt;
    return iso_microseconds(*at);
}

std::shared_ptr<tenant> named_tenant(const control_call& c)
{
    const std::string& name = c.path.at("tenant");
    auto who = c.host.find(name);
    if (who == nullptr)
        throw control_error{404, "E_NOT_FOUND", "there is no tenant '" + name + "'"};
    return who;
}

}  // namespace scrapingpros_mock
