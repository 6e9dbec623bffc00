#include "csv.hpp"

#include "exit_code.hpp"

namespace cli {

bool csv_reader::next(std::vector<std::string>& fields)
{
    fields.clear();
    do {
        if (!lines_.next(line_)) return false;
    } while (line_.empty());
    number_ = lines_.number();
    for (std::size_t at = 0;;) {
        if (at < line_.size() && line_[at] == '"') {
            fields.push_back(quoted_field(++at));
        } else {
            const auto end = line_.find(',', at);
            fields.push_back(line_.substr(at, end == line_.npos ? end : end - at));
            if (fields.back().find('"') != line_.npos)
                throw bad_input(lines_.place() + ": a quote inside a field that is not quoted");
            at = end == line_.npos ? line_.size() : end;
        }
        if (at >= line_.size()) return true;
        if (line_[at] != ',')
            throw bad_input(lines_.place() + ": text behind a field that is quoted");
        ++at;
    }
}

/// From behind the opening quote to behind the closing one, over as many lines as it takes.
std::string csv_reader::quoted_field(std::size_t& at)
{
    const std::string begin = lines_.place();
    std::string out;
    for (;;) {
        const auto quote = line_.find('"', at);
        out.append(line_, at, quote == line_.npos ? quote : quote - at);
        if (out.size() > line_reader::longest)
            throw bad_input(begin + ": the field is longer than 16 MiB");
        if (quote == line_.npos) {
            if (!lines_.next(line_)) throw bad_input(begin + ": a quote is opened and not closed");
            out += '\n';
            at = 0;
        } else if (quote + 1 < line_.size() && line_[quote + 1] == '"') {
            out += '"';
            at = quote + 2;
        } else {
            at = quote + 1;
            return out;
        }
    }
}

}  // namespace cli
