#ifndef QUICKSTART_SUMMARY_HPP
#define QUICKSTART_SUMMARY_HPP

#include <string>

#include "delivery.hpp"
#include "scrape.hpp"

namespace quickstart {

/// Requests by class, connections and results, as lines of text.
std::string summary_of(const effort& used, const delivery_counts& counts);

/// What the mock's own records say otherwise than we do, a line each; empty if they agree.
std::string disagreements(
    const mock_records& records, const effort& used, const delivery_counts& counts
);

}  // namespace quickstart

#endif
