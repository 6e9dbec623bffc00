#ifndef SCRAPINGPROS_CLI_JSON_MEMBERS_HPP
#define SCRAPINGPROS_CLI_JSON_MEMBERS_HPP

#include <scrapingpros/model/checkpoint.hpp>

#include <boost/json/object.hpp>

#include <optional>

namespace cli {

template <class T>
boost::json::value or_null(const std::optional<T>& value)
{
    return value ? boost::json::value(*value) : boost::json::value(nullptr);
}

/// What became of the jobs of a batch, alike in every line that tells of one.
inline void add_counts(boost::json::object& line, const scrapingpros::settlement_counts& counts)
{
    line["delivered"] = delivered(counts);
    line["usable"] = counts.usable;
    line["not_usable"] = counts.not_usable;
    line["undecided"] = counts.undecided;
    line["failed"] = counts.failed;
    line["timed_out"] = counts.timed_out;
    line["left_out"] = counts.filtered;
}

}  // namespace cli

#endif
