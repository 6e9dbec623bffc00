#ifndef SCRAPINGPROS_IMPL_POLICY_ATOMIC_FILE_HPP
#define SCRAPINGPROS_IMPL_POLICY_ATOMIC_FILE_HPP

#include <scrapingpros/impl/policy/posix_file.hpp>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace scrapingpros::inline v0::detail {

/// Whether a file that has its name is to withstand a loss of power too.
enum class flush_rule { leave_out, flush };

/** A file that appears whole or not at all. It is written under another name in the same folder,
    flushed, and renamed; whoever looks finds what was there before or all of the new. Destroyed
    without a commit it leaves nothing behind; killed, the file of the temporary name.
*/
class atomic_file {
public:
    /// Fails with EEXIST if there is something of the temporary name.
    /// @param folder must stay open for the life of the object.
    static result<atomic_file> create(int folder, std::string temporary_name, ::mode_t mode)
    {
        auto file = open_file(folder, temporary_name, O_WRONLY | O_CREAT | O_EXCL, mode);
        if (!file) return file.error();
        return atomic_file(folder, std::move(temporary_name), std::move(*file));
    }

    atomic_file(atomic_file&& other) noexcept
        : folder_(other.folder_), temporary_name_(std::exchange(other.temporary_name_, {})),
          file_(std::move(other.file_)), failed_(other.failed_)
    {
    }
    atomic_file& operator=(atomic_file&&) = delete;
    ~atomic_file()
    {
        if (!temporary_name_.empty()) ::unlinkat(folder_, temporary_name_.c_str(), 0);
    }

    /// Once it has failed, so does everything after it.
    error_code write(std::string_view bytes) noexcept
    {
        if (!failed_) failed_ = write_all(file_.get(), bytes);
        return failed_;
    }

    /** Takes the place of whatever file has that name. To be called once.

        After an error the earlier file is still there; only if the folder could not be flushed it
        may be either of the two.
    */
    error_code commit(const std::string& name, flush_rule rule) noexcept
    {
        const bool flush = rule == flush_rule::flush;
        if (!failed_ && flush) failed_ = flush_file(file_.get());
        const error_code closed = file_.close();
        if (!failed_) failed_ = closed;
        if (failed_) return failed_;
        if (::renameat(folder_, temporary_name_.c_str(), folder_, name.c_str()) != 0)
            return failed_ = system_error(errno);
        temporary_name_.clear();
        if (flush) failed_ = flush_folder(folder_);
        return failed_;
    }

    /// The rename took place, whatever came after it.
    bool is_named() const noexcept { return temporary_name_.empty(); }

private:
    atomic_file(int folder, std::string temporary_name, file_descriptor file) noexcept
        : folder_(folder), temporary_name_(std::move(temporary_name)), file_(std::move(file))
    {
    }

    int folder_;
    /// Empty once there is nothing to remove.
    std::string temporary_name_;
    file_descriptor file_;
    error_code failed_{};
};

}  // namespace scrapingpros::inline v0::detail

#endif
