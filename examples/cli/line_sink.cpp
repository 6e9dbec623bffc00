#include "line_sink.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "exit_code.hpp"
#include "outcome_line.hpp"
#include "stop_signal.hpp"

namespace cli {
namespace {

std::string reason()
{
    return std::strerror(errno);
}

}  // namespace

line_sink::line_sink(const std::string& path, scrapingpros::durability outlive)
    : path_(path), outlive_(outlive)
{
    if (path == "-") {
        path_ = "the standard output";
        file_ = STDOUT_FILENO;
        return;
    }
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0666);
    // A device or a pipe may be there for writing only.
    if (file_ < 0) file_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
    if (file_ < 0) throw bad_input("cannot write to " + path + ": " + reason());
    struct stat about {};
    if (::fstat(file_, &about) != 0) throw bad_input("cannot write to " + path + ": " + reason());
    is_regular_ = S_ISREG(about.st_mode);
    if (!is_regular_) return;
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        throw bad_input("another process writes to " + path);
    if (::fstat(file_, &about) != 0) throw bad_input("cannot write to " + path + ": " + reason());
    size_ = static_cast<std::uint64_t>(about.st_size);
}

line_sink::~line_sink()
{
    if (file_ > STDERR_FILENO) ::close(file_);
}

void line_sink::take_up()
{
    if (!is_regular_ || size_ == 0) return;
    std::vector<char> piece(std::size_t(1) << 20);
    std::string begin;
    std::uint64_t whole = 0, number = 1, at = 0;
    // An id is at the beginning of its line; the rest need not be kept.
    constexpr std::size_t longest_begin = 4096;
    const auto refuse = [&] {
        return bad_input(
            path_ + ":" + std::to_string(number) +
            ": not a line of this program; nothing was changed"
        );
    };
    while (at < size_) {
        const auto got = ::pread(file_, piece.data(), piece.size(), static_cast<off_t>(at));
        if (got < 0) throw bad_input("cannot read " + path_ + ": " + reason());
        if (got == 0) break;
        std::string_view rest(piece.data(), static_cast<std::size_t>(got));
        while (!rest.empty()) {
            const auto end = rest.find('\n');
            const auto part = rest.substr(0, end);
            if (begin.size() < longest_begin)
                begin.append(part.substr(0, longest_begin - begin.size()));
            if (end == rest.npos) break;
            const auto id = job_id_of(begin);
            if (!id) throw refuse();
            there_.insert(scrapingpros::job_id{*id});
            begin.clear();
            ++number;
            rest.remove_prefix(end + 1);
            whole = at + static_cast<std::uint64_t>(got) - rest.size();
        }
        at += static_cast<std::uint64_t>(got);
    }
    if (!begin.empty() && !may_be_torn_line(begin)) throw refuse();
    if (whole == size_) return;
    if (::ftruncate(file_, static_cast<off_t>(whole)) != 0)
        throw bad_input("cannot cut the torn last line of " + path_ + ": " + reason());
    size_ = whole;
}

void line_sink::write(std::string_view line)
{
    for (std::size_t written = 0; written < line.size();) {
        const auto got = ::write(file_, line.data() + written, line.size() - written);
        if (got >= 0)
            written += static_cast<std::size_t>(got);
        else if (errno != EINTR || (stop_requested() && written == 0))
            fail(line, written);
    }
    size_ += line.size();
    if (is_regular_ && outlive_ == scrapingpros::durability::power && ::fdatasync(file_) != 0)
        fail(line, line.size());
}

void line_sink::fail(std::string_view, std::size_t written)
{
    const int why = errno;
    if (is_regular_ && written > 0 && ::ftruncate(file_, static_cast<off_t>(size_)) != 0)
        throw failure(exit_code::cannot_write, path_ + ": a line is torn: " + reason());
    errno = why;
    if (why == EPIPE) throw failure(exit_code::reader_gone, "whoever read the output has gone");
    if (why == EINTR) throw failure(exit_code::interrupted, "");
    throw failure(exit_code::cannot_write, "cannot write to " + path_ + ": " + reason());
}

void line_sink::finish()
{
    if (is_regular_ && ::fsync(file_) != 0)
        throw failure(exit_code::cannot_write, "cannot write to " + path_ + ": " + reason());
}

}  // namespace cli
