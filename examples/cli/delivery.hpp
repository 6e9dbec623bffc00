#ifndef SCRAPINGPROS_CLI_DELIVERY_HPP
#define SCRAPINGPROS_CLI_DELIVERY_HPP

#include <scrapingpros/folder_sink.hpp>
#include <scrapingpros/model/job_outcome.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "line_sink.hpp"

namespace cli {

struct delivery_options {
    /// A folder for bodies; none: they are in the lines.
    std::optional<std::string> folder{};
    /// Where the lines go; none: `results.jsonl` in the folder, else the standard output.
    std::optional<std::string> output{};
    /// Bodies of pages that are not usable too.
    bool store_errors = false;
    scrapingpros::durability outlive = scrapingpros::durability::process;
};

/** Takes outcomes to where they are to be: the body, then the line. When `take` has returned, both
    outlive this process. What an earlier process has written is recognised and not written again.

    Functions throw `failure`.
*/
class delivery {
public:
    /// Told of each outcome that has been written, before it is acknowledged.
    using note_taker = std::function<
        void(const scrapingpros::job_outcome&, const std::optional<scrapingpros::stored_body>&)>;

    explicit delivery(const delivery_options& how);

    line_sink& lines() noexcept { return lines_; }
    void set_note_taker(note_taker f) { note_ = std::move(f); }
    void take(const scrapingpros::job_outcome& item);
    /// Bytes of bodies that were taken.
    std::uint64_t bytes() const noexcept { return bytes_; }

private:
    bool keeps_body_of(const scrapingpros::job_outcome& item) const;
    std::optional<scrapingpros::stored_body> store(const scrapingpros::job_outcome& item) const;

    std::optional<scrapingpros::folder_sink> folder_{};
    line_sink lines_;
    bool store_errors_;
    note_taker note_{};
    std::uint64_t bytes_ = 0;
};

}  // namespace cli

#endif
