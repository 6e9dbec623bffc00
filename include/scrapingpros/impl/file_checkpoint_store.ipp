#ifndef SCRAPINGPROS_IMPL_FILE_CHECKPOINT_STORE_IPP
#define SCRAPINGPROS_IMPL_FILE_CHECKPOINT_STORE_IPP

#include <scrapingpros/file_checkpoint_store.hpp>
#include <scrapingpros/impl/policy/atomic_file.hpp>
#include <scrapingpros/impl/policy/posix_file.hpp>
#include <scrapingpros/wire/checkpoint_codec.hpp>

#include <boost/system/errc.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <new>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace scrapingpros::inline v0 {
namespace detail {

/** The file behind all copies of a store.

    While `file_` is open, its first `whole_` bytes are whole lines; `torn_` says that there may be
    more bytes, which must go before anything is appended.
*/
class checkpoint_file {
public:
    checkpoint_file(std::string path, durability outlive)
        : path_(std::move(path)), name_(path_.substr(path_.rfind('/') + 1)), outlive_(outlive)
    {
    }

    result<std::optional<checkpoint>> load()
    {
        if (const error_code ec = lock()) return ec;
        file_ = {};
        // Neither a pipe nor a terminal may hold the caller up.
        auto file = open_file(folder_.get(), name_, O_RDWR | O_APPEND | O_NONBLOCK | O_NOCTTY);
        if (!file && file.error() == boost::system::errc::no_such_file_or_directory)
            return std::optional<checkpoint>();
        if (!file) return failed(file.error(), "opening the file");
        auto read = read_file(file->get());
        if (!read) return read.error();
        file_ = std::move(*file);
        return std::optional<checkpoint>(std::move(*read));
    }

    error_code save(const checkpoint& c)
    {
        if (const error_code ec = lock()) return ec;
        const auto text = encode_checkpoint(c, diag_);
        if (!text) return failed_at(text.error());
        const auto temporary = name_ + ".tmp";
        ::unlinkat(folder_.get(), temporary.c_str(), 0);  // what an earlier process left
        auto fresh = atomic_file::create(folder_.get(), temporary, S_IRUSR | S_IWUSR);
        if (!fresh) return failed(fresh.error(), "making the temporary file");
        if (const error_code ec = fresh->write(*text))
            return failed(ec, "writing the temporary file");
        const error_code ec = fresh->commit(name_, flush_rule::flush);
        if (fresh->is_named()) {
            whole_ = snapshot_ = text->size();
            torn_ = suspect_ = false;
            rewrite_above_ = 0;
            auto opened = open_file(folder_.get(), name_, O_RDWR | O_APPEND);
            file_ = opened ? std::move(*opened) : file_descriptor();
        }
        return ec ? failed(ec, "giving the new file its name") : ec;
    }

    error_code append(const settled_job& step)
    {
        if (!file_) {
            const auto there = load();
            if (!there) return there.error();
            if (!*there) return nothing_to_add_to();
        }
        if (suspect_) return rewrite_with(step);
        if (whole_ - snapshot_ > (std::max)(snapshot_ + slack, rewrite_above_)) {
            const error_code ec = rewrite_with(step);
            if (!ec || !file_) return ec;
            // There may be room for a line where there is none for a second file.
            rewrite_above_ = whole_ - snapshot_ + slack;
        }
        return append_line(encode_step(step));
    }

    void forget_trouble() { diag_ = {}; }
    error_code out_of_memory()
    {
        return failed(make_error_code(boost::system::errc::not_enough_memory), "");
    }
    const diagnostics& details() const noexcept { return diag_; }

private:
    static constexpr std::size_t slack = std::size_t{1} << 20;

    error_code lock()
    {
        if (lock_) return {};
        const bool folder_name = name_.empty() || name_ == "." || name_ == "..";
        if (folder_name || path_.find('\0') != path_.npos)
            return failed(errc::bad_option, "not the path of a file");
        const auto slash = path_.rfind('/');
        const std::string folder = slash == path_.npos ? "." : path_.substr(0, slash + 1);
        auto opened = open_folder(folder);
        if (!opened) return failed(opened.error(), "opening the folder");
        folder_ = std::move(*opened);
        auto file = open_file(folder_.get(), name_ + ".lock", O_RDWR | O_CREAT, S_IRUSR | S_IWUSR);
        if (!file) return failed(file.error(), "making the lock file");
        // On a file of its own, since `save` puts another file in the place of the checkpoint.
        if (uninterrupted([&] { return ::flock(file->get(), LOCK_EX | LOCK_NB); }) != 0) {
            if (errno == EWOULDBLOCK) return failed(errc::checkpoint_in_use, "");
            return failed(system_error(errno), "locking the lock file");
        }
        lock_ = std::move(*file);
        return {};
    }

    result<checkpoint> read_file(int file)
    {
        struct stat about {};
        if (::fstat(file, &about) != 0) return failed(system_error(errno), "looking at the file");
        if (!S_ISREG(about.st_mode))
            return failed(errc::checkpoint_unreadable, "not a regular file");
        std::string text;
        if (const error_code ec = read_all(file, text)) return failed(ec, "reading the file");
        auto read = decode_checkpoint(text, diag_);
        if (!read) return failed_at(read.error());
        whole_ = text.rfind('\n') + 1;
        snapshot_ = text.find('\n', text.find('\n') + 1) + 1;
        torn_ = whole_ != text.size();
        rewrite_above_ = 0;
        return read;
    }

    /// The file itself is the only copy, so it is read again. Closes the file if that fails.
    error_code rewrite_with(const settled_job& step)
    {
        auto read = load();
        if (!read) return read.error();
        if (!*read) return nothing_to_add_to();
        apply(**read, step);
        return save(**read);
    }

    error_code nothing_to_add_to()
    {
        return failed(
            make_error_code(boost::system::errc::no_such_file_or_directory),
            "there is no checkpoint that a step could be added to"
        );
    }

    error_code append_line(std::string_view line)
    {
        error_code ec;
        if (torn_) ec = cut_to_whole_lines();
        if (ec) return failed(ec, "cutting off what a crash left of a step");
        ec = write_all(file_.get(), line);
        if (ec) {
            torn_ = true;
            static_cast<void>(cut_to_whole_lines());  // else the next call tries again
            return failed(ec, "adding a step");
        }
        whole_ += line.size();
        if (outlive_ == durability::process) return {};
        ec = flush_file(file_.get());
        // After one failure the system may call later flushes good that were not.
        suspect_ = ec.failed();
        return ec ? failed(ec, "flushing a step") : ec;
    }

    error_code cut_to_whole_lines()
    {
        const auto size = static_cast<off_t>(whole_);
        if (uninterrupted([&] { return ::ftruncate(file_.get(), size); }) != 0)
            return system_error(errno);
        torn_ = false;
        return {};
    }

    error_code failed(error_code ec, std::string_view doing)
    {
        diag_.place = path_;
        diag_.client_text = doing;
        return ec;
    }

    /// The codec has named the place within the file.
    error_code failed_at(error_code ec)
    {
        diag_.place = path_ + ": " + diag_.place;
        return ec;
    }

    std::string path_;
    std::string name_;
    durability outlive_;
    /// All names are looked up in it, so that changing the working directory changes nothing.
    file_descriptor folder_{};
    file_descriptor lock_{};
    file_descriptor file_{};
    std::size_t whole_ = 0;
    /// Bytes of the header and of the checkpoint, before the first step.
    std::size_t snapshot_ = 0;
    bool torn_ = false;
    /// A flush failed: only a new file can be trusted.
    bool suspect_ = false;
    std::size_t rewrite_above_ = 0;
    diagnostics diag_{};
};

}  // namespace detail

file_checkpoint_store::file_checkpoint_store(std::string path, durability outlive)
    : file_(std::make_shared<detail::checkpoint_file>(std::move(path), outlive))
{
}

result<std::optional<checkpoint>> file_checkpoint_store::load()
try {
    file_->forget_trouble();
    return file_->load();
} catch (const std::bad_alloc&) {
    return file_->out_of_memory();
}

error_code file_checkpoint_store::save(const checkpoint& c)
try {
    file_->forget_trouble();
    return file_->save(c);
} catch (const std::bad_alloc&) {
    return file_->out_of_memory();
}

error_code file_checkpoint_store::append(const settled_job& step)
try {
    file_->forget_trouble();
    return file_->append(step);
} catch (const std::bad_alloc&) {
    return file_->out_of_memory();
}

const diagnostics& file_checkpoint_store::details() const noexcept
{
    return file_->details();
}

}  // namespace scrapingpros::inline v0

#endif
