#ifndef SCRAPINGPROS_CLI_LINE_SINK_HPP
#define SCRAPINGPROS_CLI_LINE_SINK_HPP

#include <scrapingpros/file_checkpoint_store.hpp>
#include <scrapingpros/model/job_id_set.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

/** Where the lines go: the standard output or a file, each line with one write.

    A line that was written outlives the end of this process, however sudden; with `durability::power`
    a power cut too, since each one is then waited for. A regular file is locked, so that two processes
    never write into one; a line that fails half-way, as on a full disk, is taken back.

    Functions throw `failure`.
*/
class line_sink {
public:
    /// @param path `-` is the standard output
    line_sink(const std::string& path, scrapingpros::durability outlive);
    line_sink(const line_sink&) = delete;
    line_sink& operator=(const line_sink&) = delete;
    ~line_sink();

    /// Whether it holds anything that was there before.
    bool is_empty() const noexcept { return size_ == 0; }

    /** Prepares to go on with the lines of an earlier process: reads whose they are, and cuts off what a
        crash has left of the last one. `bad_input`, and nothing is changed, for a file that is none of
        this program's.
    */
    void take_up();

    /// Whether an earlier process has written the line of this job.
    bool has(const scrapingpros::job_id& id) const { return there_.contains(id); }

    void write(std::string_view line);
    /// Waits until a file is on the disk.
    void finish();

    const std::string& path() const noexcept { return path_; }

private:
    void fail(std::string_view line, std::size_t written);

    std::string path_;
    scrapingpros::durability outlive_;
    int file_ = -1;
    bool is_regular_ = false;
    std::uint64_t size_ = 0;
    scrapingpros::job_id_set there_{};
};

}  // namespace cli

#endif
