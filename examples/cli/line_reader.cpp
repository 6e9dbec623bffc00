#include "line_reader.hpp"

#include <algorithm>

#include "exit_code.hpp"

namespace cli {

bool line_reader::next(std::string& line)
{
    line.clear();
    ++number_;
    auto& bytes = *in_.rdbuf();
    int c = bytes.sbumpc();
    if (c == std::char_traits<char>::eof()) return false;
    for (; c != '\n' && c != std::char_traits<char>::eof(); c = bytes.sbumpc()) {
        if (line.size() == longest) throw bad_input(place() + ": the line is longer than 16 MiB");
        line += static_cast<char>(c);
    }
    if (line.ends_with('\r')) line.pop_back();
    if (number_ == 1 && (line.starts_with("\xff\xfe") || line.starts_with("\xfe\xff")))
        throw bad_input(place() + ": this is UTF-16; UTF-8 is wanted");
    if (number_ == 1 && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
    if (line.find('\0') != line.npos) throw bad_input(place() + ": a zero byte; is this a text?");
    return true;
}

}  // namespace cli
