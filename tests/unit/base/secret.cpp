#include <scrapingpros/secret.hpp>

#include <doctest/doctest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

using scrapingpros::secret;

namespace {

template <class T>
concept streamable = requires(std::ostream& out, const T& t) { out << t; };
template <class T>
concept comparable = requires(const T& t) { t == t; } || requires(const T& t) { t != t; };
template <class T>
concept ordered = requires(const T& t) { t < t; };

static_assert(!streamable<secret>);
static_assert(!comparable<secret>);
static_assert(!ordered<secret>);
static_assert(!std::is_convertible_v<secret, std::string>);
static_assert(!std::is_convertible_v<secret, std::string_view>);
static_assert(!std::is_convertible_v<secret, bool>);
static_assert(!std::is_convertible_v<std::string, secret>);
// The checks themselves find what they look for.
static_assert(streamable<std::string> && comparable<std::string> && ordered<std::string>);

}  // namespace

TEST_SUITE("base.secret")
{
    TEST_CASE("the text comes out only where it is exposed")
    {
        const secret token("sp-123");
        CHECK(token.expose() == "sp-123");
        CHECK_FALSE(token.empty());
        CHECK(secret().empty());
        CHECK(secret("").empty());
    }

    TEST_CASE("a secret can be copied and moved")
    {
        secret token("sp-123");
        const secret copy = token;
        const secret moved = std::move(token);
        CHECK(copy.expose() == moved.expose());
    }
}
