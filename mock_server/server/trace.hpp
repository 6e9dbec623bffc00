#ifndef SCRAPINGPROS_MOCK_TRACE_HPP
#define SCRAPINGPROS_MOCK_TRACE_HPP

#include <cstdint>
#include <iosfwd>
#include <mutex>
#include <string>
#include <string_view>

#include "scenario/scenario.hpp"
#include "server/exchange.hpp"
#include "server/plan_writer.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// Writes down what a mock was asked and what it answered, so that it can be asked again: one JSON
/// line for the scenario and one for each request, with its tenant, its service time and the digest
/// of the reply's bytes. API keys are in it.
///
/// May be called from any thread.
class trace_writer {
public:
    trace_writer(std::ostream& out, const scenario&);

    void add(const request&, response_form, const exchange&, std::string_view reply);

private:
    std::mutex mutex_;
    std::ostream& out_;
};

/// What a replay found.
struct replay_report {
    std::uint64_t requests = 0;
    std::uint64_t different = 0;
    std::string first_difference{};  ///< in words; empty: none
    /// Of all replies in the order of the trace: equal for equal bytes, whatever the threads.
    std::string sha256{};
};

/// Asks a mock without sockets everything again, each tenant's requests in their order, tenants side
/// by side on so many threads. Throws bad_scenario if the text is no trace.
replay_report replay_trace(std::istream& in, unsigned threads = 1);

}  // namespace scrapingpros_mock

#endif
