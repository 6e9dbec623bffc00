#ifndef TESTS_SUPPORT_TERMINATING_CLOCK_HPP
#define TESTS_SUPPORT_TERMINATING_CLOCK_HPP

#include <scrapingpros/time.hpp>

#include <exception>

namespace test {

/// For what must never read a clock.
struct terminating_clock {
    scrapingpros::instant now() const noexcept { std::terminate(); }
    scrapingpros::timestamp server_now() const noexcept { std::terminate(); }
};

}  // namespace test

#endif
