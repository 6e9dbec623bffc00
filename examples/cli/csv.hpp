#ifndef SCRAPINGPROS_CLI_CSV_HPP
#define SCRAPINGPROS_CLI_CSV_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "line_reader.hpp"

namespace cli {

/** The records of a CSV text (RFC 4180): commas, fields in double quotes where they hold a comma, a
    quote (doubled) or a line break. Empty lines are passed over. Throws `bad_input`.
*/
class csv_reader {
public:
    explicit csv_reader(line_reader& lines) : lines_(lines) {}

    /// False after the last record.
    bool next(std::vector<std::string>& fields);

    /// Of the line where the record begins.
    std::uint32_t number() const noexcept { return number_; }
    std::string place() const { return lines_.place(number_); }

private:
    std::string quoted_field(std::size_t& at);

    line_reader& lines_;
    std::string line_{};
    std::uint32_t number_ = 0;
};

}  // namespace cli

#endif
