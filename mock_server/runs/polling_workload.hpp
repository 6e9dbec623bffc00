#ifndef SCRAPINGPROS_MOCK_POLLING_WORKLOAD_HPP
#define SCRAPINGPROS_MOCK_POLLING_WORKLOAD_HPP

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runs/run_shape.hpp"
#include "runs/workload.hpp"
#include "scenario/json_in.hpp"

namespace scrapingpros_mock {

/// A job of a recorded or generated run.
struct polling_job {
    enum class kinds : std::uint8_t { ok, no_inline_body, failed, timed_out };

    duration completed{0};  ///< from the run's creation
    kinds kind = kinds::ok;
    std::uint32_t body_bytes = 0;  ///< 0: as the run's shape has it
    duration delay{0};             ///< the row enters the write buffer so much later

    friend bool operator==(const polling_job&, const polling_job&) = default;
};

/// A run as mock, benchmark and simulator play it alike: a file of the format
/// `scrapingpros-polling-workload/1`.
struct polling_workload {
    std::string name;
    std::uint64_t seed = 1;
    std::string note;
    std::uint64_t total = 0;  ///< jobs queued; may exceed the jobs listed
    run_status ends = run_status::completed;
    duration end_at{0};
    duration flush_period{std::chrono::seconds{5}};
    duration flush_phase{0};
    duration flush_drift{0};
    bool drain_at_end = true;
    std::vector<polling_job> jobs;  ///< by `completed`

    friend bool operator==(const polling_workload&, const polling_workload&) = default;
};

/// Most jobs that a workload may have.
inline constexpr std::int64_t most_workload_jobs = 1'000'000;

/// Reads the list form (`jobs`) or the generator form (`generate`). Unknown members are ignored, as
/// the format wants it; everything else that is wrong throws bad_scenario.
polling_workload read_workload(std::string_view text);
/// The same from a file; errors begin with its name. At most 256 MiB.
polling_workload load_workload(const std::filesystem::path&);

/// The list form, one job a line. Times to the microsecond.
std::string write_workload(const polling_workload&);

/// SHA-256 in hexadecimal digits of all that decides how the run goes: not of name, seed and note.
std::string hash_of(const polling_workload&);

}  // namespace scrapingpros_mock

#endif
