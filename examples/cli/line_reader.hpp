#ifndef SCRAPINGPROS_CLI_LINE_READER_HPP
#define SCRAPINGPROS_CLI_LINE_READER_HPP

#include <cstdint>
#include <istream>
#include <string>

namespace cli {

/** The lines of a text, one by one: `\n` or `\r\n` behind each, a byte-order mark in front of the first
    passed over. Throws `bad_input` for what is no text and for a line of more than `longest` bytes.
*/
class line_reader {
public:
    static constexpr std::size_t longest = std::size_t(16) << 20;

    /// @param name of the input, for messages
    line_reader(std::istream& in, std::string name) : in_(in), name_(std::move(name)) {}

    /// False after the last line.
    bool next(std::string& line);

    /// Of the line read last, from 1.
    std::uint32_t number() const noexcept { return number_; }
    /// `urls.txt:12`
    std::string place() const { return place(number_); }
    std::string place(std::uint32_t number) const { return name_ + ":" + std::to_string(number); }
    const std::string& name() const noexcept { return name_; }

private:
    std::istream& in_;
    std::string name_;
    std::uint32_t number_ = 0;
};

}  // namespace cli

#endif
