#ifndef SCRAPINGPROS_IMPL_POLICY_POSIX_FILE_HPP
#define SCRAPINGPROS_IMPL_POLICY_POSIX_FILE_HPP

#include <scrapingpros/result.hpp>

#include <boost/system/error_code.hpp>

#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <unistd.h>
#include <utility>

namespace scrapingpros::inline v0::detail {

inline error_code system_error(int number) noexcept
{
    return {number, boost::system::system_category()};
}

/// Calls again what a signal has interrupted.
template <class Call>
auto uninterrupted(Call call)
{
    auto got = call();
    while (got == -1 && errno == EINTR)
        got = call();
    return got;
}

/// Owns a descriptor, or none.
class file_descriptor {
public:
    file_descriptor() = default;
    explicit file_descriptor(int number) noexcept : number_(number) {}
    file_descriptor(file_descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    file_descriptor& operator=(file_descriptor&& other) noexcept
    {
        static_cast<void>(close());
        number_ = std::exchange(other.number_, -1);
        return *this;
    }
    ~file_descriptor() { static_cast<void>(close()); }

    int get() const noexcept { return number_; }
    explicit operator bool() const noexcept { return number_ >= 0; }
    int release() noexcept { return std::exchange(number_, -1); }

    /// Tells of what the system could not write before. On a signal the descriptor is gone too.
    error_code close() noexcept
    {
        if (number_ < 0 || ::close(std::exchange(number_, -1)) == 0 || errno == EINTR) return {};
        return system_error(errno);
    }

private:
    int number_ = -1;
};

/// @param folder what relative paths start from; AT_FDCWD for the working folder.
inline result<file_descriptor> open_file(
    int folder, const std::string& path, int flags, ::mode_t mode = 0
)
{
    const int number =
        uninterrupted([&] { return ::openat(folder, path.c_str(), flags | O_CLOEXEC, mode); });
    if (number < 0) return system_error(errno);
    return file_descriptor(number);
}

inline result<file_descriptor> open_folder(const std::string& path)
{
    return open_file(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
}

inline error_code write_all(int file, std::string_view bytes) noexcept
{
    while (!bytes.empty()) {
        const auto written =
            uninterrupted([&] { return ::write(file, bytes.data(), bytes.size()); });
        if (written < 0) return system_error(errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

/// Appends all that is behind the file's position.
inline error_code read_all(int file, std::string& out)
{
    std::size_t size = out.size();
    for (;;) {
        out.resize(size + (std::size_t{1} << 16));
        const auto got =
            uninterrupted([&] { return ::read(file, out.data() + size, out.size() - size); });
        if (got > 0) size += static_cast<std::size_t>(got);
        if (got > 0) continue;
        out.resize(size);
        return got == 0 ? error_code() : system_error(errno);
    }
}

inline error_code flush_file(int file) noexcept
{
    return uninterrupted([&] { return ::fsync(file); }) == 0 ? error_code() : system_error(errno);
}

/// After this a new or renamed file is found under its name even after a loss of power.
inline error_code flush_folder(int folder) noexcept
{
    const error_code ec = flush_file(folder);
    // There are file systems where folders cannot be flushed; then nothing can be done.
    return ec.value() == EINVAL ? error_code() : ec;
}

/// What a path ends with, and the path of the folder that it is in.
struct split_path {
    explicit split_path(std::string_view path)
    {
        const auto slash = path.rfind('/');
        name = path.substr(slash == path.npos ? 0 : slash + 1);
        if (slash == path.npos)
            folder = ".";
        else
            folder = path.substr(0, slash == 0 ? 1 : slash);
    }

    std::string folder;
    std::string name;
};

}  // namespace scrapingpros::inline v0::detail

#endif
