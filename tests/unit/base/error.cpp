#include <scrapingpros/error.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <set>
#include <string>

using namespace scrapingpros;

namespace {

constexpr int first = static_cast<int>(errc::throttled);
constexpr int last = static_cast<int>(errc::consumer_failed);

error_code code_of(int value)
{
    return make_error_code(static_cast<errc>(value));
}

const std::initializer_list<errc> transient = {
    errc::throttled,
    errc::result_pending,
    errc::result_unavailable,
    errc::incomplete_body,
    errc::conflict,
    errc::server_error,
    errc::retry_after_too_long,
    errc::retry_budget_exhausted,
    errc::connect_timeout,
    errc::handshake_timeout,
    errc::silence_timeout,
    errc::pool_timeout,
};
const std::initializer_list<errc> gone = {errc::result_expired, errc::result_lost};
const std::initializer_list<errc> refused = {
    errc::quota_exceeded,
    errc::job_id_invalid,
    errc::unauthorized,
    errc::forbidden,
    errc::not_found,
    errc::bad_request,
    errc::rejected,
    errc::request_too_large,
};
const std::initializer_list<errc> invalid_input = {
    errc::bad_certificate_file,
    errc::bad_base_url,
    errc::bad_token,
    errc::bad_idempotency_key,
    errc::bad_option,
    errc::bad_request_item,
    errc::checkpoint_unreadable,
    errc::checkpoint_too_new,
    errc::checkpoint_in_use,
    errc::checkpoint_mismatch,
    errc::checkpoint_missing,
};

bool is_in(std::initializer_list<errc> list, int value)
{
    for (const errc e : list)
        if (static_cast<int>(e) == value) return true;
    return false;
}

}  // namespace

TEST_SUITE("base.error")
{
    TEST_CASE("values start at one and stay")
    {
        CHECK_EQ(first, 1);
        CHECK_EQ(static_cast<int>(cond::transient), 1);
        // Values are stable: a new code goes to the end, and then this number grows.
        CHECK_EQ(last, 50);
        CHECK_EQ(static_cast<int>(errc::server_error), 20);
    }

    TEST_CASE("every code has a message of its own")
    {
        std::set<std::string> seen;
        for (int value = first; value <= last; ++value) {
            const auto message = code_of(value).message();
            CAPTURE(value);
            CHECK_NE(message, "unknown scrapingpros error");
            CHECK(seen.insert(message).second);
        }
        CHECK_EQ(code_of(0).message(), "unknown scrapingpros error");
        CHECK_EQ(code_of(last + 1).message(), "unknown scrapingpros error");
    }

    TEST_CASE("every condition has a message")
    {
        CHECK_EQ(make_error_condition(cond::transient).message(), "may succeed later");
        CHECK_EQ(make_error_condition(cond::gone).message(), "gone for good");
        CHECK_EQ(make_error_condition(cond::refused).message(), "refused by the service");
        CHECK_EQ(
            make_error_condition(cond::invalid_input).message(), "invalid input, nothing was sent"
        );
        CHECK_EQ(make_error_condition(static_cast<cond>(0)).message(), "unknown condition");
        CHECK_EQ(make_error_condition(static_cast<cond>(5)).message(), "unknown condition");
    }

    TEST_CASE("each code meets the conditions it is listed under, and no other")
    {
        for (int value = first; value <= last; ++value) {
            const auto ec = code_of(value);
            CAPTURE(ec.message());
            CHECK_EQ(ec == cond::transient, is_in(transient, value));
            CHECK_EQ(ec == cond::gone, is_in(gone, value));
            CHECK_EQ(ec == cond::refused, is_in(refused, value));
            CHECK_EQ(ec == cond::invalid_input, is_in(invalid_input, value));
        }
    }

    TEST_CASE("codes know their category by name")
    {
        CHECK_EQ(std::string(make_error_code(errc::throttled).category().name()), "scrapingpros");
        CHECK_EQ(
            std::string(make_error_condition(cond::gone).category().name()), "scrapingpros.cond"
        );
        CHECK_EQ(
            make_error_code(errc::throttled).category(), make_error_code(errc::rejected).category()
        );
    }

    TEST_CASE("codes are failures, differ from each other and from those of others")
    {
        const error_code ec = errc::throttled;
        CHECK(ec.failed());
        CHECK_EQ(ec, errc::throttled);
        CHECK_NE(ec, errc::quota_exceeded);
        const error_code foreign(
            static_cast<int>(errc::throttled), boost::system::system_category()
        );
        CHECK_NE(foreign, errc::throttled);
        CHECK_NE(error_code(), errc::throttled);
        CHECK_FALSE(foreign == cond::transient);
        CHECK_FALSE(error_code() == cond::transient);
    }
}
