#ifndef SCRAPINGPROS_CORE_WAIT_UNTIL_HPP
#define SCRAPINGPROS_CORE_WAIT_UNTIL_HPP

#include <scrapingpros/time.hpp>

namespace scrapingpros::inline v0::core {

/// An engine has nothing to do before `when`; call its `next` again then, or after an event.
struct wait_until {
    instant when{};
    friend bool operator==(const wait_until&, const wait_until&) = default;
};

}  // namespace scrapingpros::inline v0::core

#endif
