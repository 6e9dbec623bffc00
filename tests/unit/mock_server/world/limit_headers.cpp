#include "limits/limit_headers.hpp"

#include <doctest/doctest.h>

#include "support.hpp"

using namespace mock_test;

namespace {

const std::string collections = "/v1/async/collections";

/// The values of all headers of that name.
std::string all_of(const response_plan& plan, std::string_view name)
{
    std::string values;
    for (const header& each : plan.headers)
        if (each.name == name) values += (values.empty() ? "" : " | ") + each.value;
    return values;
}

/// A refusal half a second before its wait is over.
response_plan refused(header_damage damage, const char* form, const char* rate = "on_every_reply")
{
    scenario from = steady();
    from.contract.read_per_minute = 1;
    from.limits.retry_after = from.limits.reset = damage;
    from.contract.set("retry_after_form", form);
    from.contract.set("rate_headers", rate);
    peer client{from};
    client.now = start + 57'500ms;
    client.get(collections);
    return client.get(collections);
}

}  // namespace

TEST_SUITE("mock.limit_headers")
{
    TEST_CASE("Retry-After in each form of A48")
    {
        const auto told = [](const char* form) {
            return header_of(refused(header_damage::none, form), "Retry-After");
        };
        CHECK_EQ(told("integer_seconds"), "3");
        CHECK_EQ(told("fraction"), "2.5");
        CHECK_EQ(told("http_date"), "Mon, 01 Jun 2026 10:01:00 GMT");
        CHECK_EQ(told("absent"), std::nullopt);
        CHECK_EQ(told("zero"), "0");
    }

    TEST_CASE("damaged headers say what their damage is called")
    {
        const std::pair<header_damage, const char*> table[] = {
            {header_damage::none, "3 //1780308060 /"},
            {header_damage::ms_name, "/2500 //1780308060000"},
            {header_damage::negative, "-5 //-5 /"},
            {header_damage::huge, "99999999999999999999 //99999999999999999999 /"},
            {header_damage::twice, "1 | 3 //1 | 1780308060 /"},
            {header_damage::past, "Mon, 01 Jun 2026 09:00:57 GMT //1780307998 /"},
            {header_damage::garbage, "soon //soon /"},
        };
        for (const auto& [damage, expected] : table) {
            const response_plan plan = refused(damage, "integer_seconds");
            CHECK_EQ(plan.status, 429);
            const std::string wait = all_of(plan, "Retry-After");
            const std::string reset = all_of(plan, "X-RateLimit-Reset");
            CHECK_EQ(
                wait + (wait.empty() ? "/" : " /") + all_of(plan, "Retry-After-Ms") +
                    (wait.empty() ? " /" : "/") + reset + (reset.empty() ? "/" : " /") +
                    all_of(plan, "X-RateLimit-Reset-Ms"),
                expected
            );
        }
    }

    TEST_CASE("a reset as a delta, whole and damaged")
    {
        const auto told = [](header_damage damage, const char* name) {
            return header_of(refused(damage, "integer_seconds", "reset_as_delta"), name);
        };
        CHECK_EQ(told(header_damage::none, "X-RateLimit-Reset"), "3");
        CHECK_EQ(told(header_damage::ms_name, "X-RateLimit-Reset-Ms"), "2500");
        CHECK_EQ(told(header_damage::past, "X-RateLimit-Reset"), "-60");
    }

    TEST_CASE("a scaled wait is never told too short, and not a second too long")
    {
        for (const std::uint64_t service : {1, 3, 7, 60, 1'000, 99'999, 1'000'000})
            for (const std::uint64_t real : {1, 2, 7, 1'000})
                for (const duration wait :
                     {duration{1}, duration{999'999}, duration{60s}, duration{24h * 3650}}) {
                    const duration told = real_time_of(wait, {service, real});
                    const duration back = service_time_of(told, {service, real});
                    CHECK_GE(back, wait);
                    const auto unit = static_cast<std::int64_t>((service + real - 1) / real) + 1;
                    CHECK_LE(back - wait, duration{unit});
                }
    }
}
