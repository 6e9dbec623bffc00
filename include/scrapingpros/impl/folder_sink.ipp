#ifndef SCRAPINGPROS_IMPL_FOLDER_SINK_IPP
#define SCRAPINGPROS_IMPL_FOLDER_SINK_IPP

#include <scrapingpros/body.hpp>
#include <scrapingpros/folder_sink.hpp>
#include <scrapingpros/impl/policy/atomic_file.hpp>
#include <scrapingpros/impl/policy/posix_file.hpp>

#include <boost/system/errc.hpp>
#include <openssl/evp.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace scrapingpros::inline v0 {
namespace detail {

class sha256_digest {
public:
    sha256_digest() : context_(::EVP_MD_CTX_new())
    {
        is_good_ = context_ && ::EVP_DigestInit_ex(context_.get(), ::EVP_sha256(), nullptr) == 1;
    }

    void add(std::string_view bytes) noexcept
    {
        is_good_ = is_good_ && ::EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
    }

    /// In lower-case hex; empty if OpenSSL has failed.
    std::string finish()
    {
        std::array<unsigned char, 32> digest{};
        std::string out;
        if (!is_good_ || ::EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1)
            return out;
        for (const unsigned char byte : digest) {
            out += "0123456789abcdef"[byte >> 4];
            out += "0123456789abcdef"[byte & 15];
        }
        return out;
    }

private:
    struct context_deleter {
        void operator()(::EVP_MD_CTX* what) const noexcept { ::EVP_MD_CTX_free(what); }
    };

    std::unique_ptr<::EVP_MD_CTX, context_deleter> context_;
    bool is_good_ = false;
};

/// Decodes base64 that comes in pieces, cut anywhere.
class base64_pieces {
public:
    result<std::string> next(std::string_view piece)
    {
        rest_ += piece;
        const std::size_t whole = rest_.size() / 4 * 4;
        if (whole == 0) return std::string();
        if (has_ended_) return errc::malformed_response;
        auto bytes = decode_base64(std::string_view(rest_).substr(0, whole));
        has_ended_ = rest_[whole - 1] == '=';
        rest_.erase(0, whole);
        return bytes;
    }

    bool is_whole() const noexcept { return rest_.empty(); }

private:
    std::string rest_{};
    bool has_ended_ = false;
};

/// An id as a part of a file's name, at most so long.
inline std::string safe_name(std::string_view id, std::size_t longest)
{
    std::string out;
    for (const char c : id) {
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                              (c >= 'a' && c <= 'z') || c == '-' || c == '_';
        if (out.size() + (is_plain ? 1 : 3) > longest) break;
        if (is_plain) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += "0123456789ABCDEF"[byte >> 4];
            out += "0123456789ABCDEF"[byte & 15];
        }
    }
    return out;
}

/// The name by `file_naming::job`. Ids differ in it wherever job ids differ.
inline std::string name_of(const job& which)
{
    constexpr std::size_t longest_custom_id = 120;
    constexpr std::size_t longest_job_id = 60;
    std::string id = safe_name(which.id.value, longest_job_id + 3);
    if (id.size() > longest_job_id) {
        sha256_digest digest;
        digest.add(which.id.value);
        id = '=' + digest.finish();
    }
    const std::string custom = safe_name(which.custom_id.value_or(""), longest_custom_id);
    return custom.empty() ? id : custom + '.' + id;
}

inline error_code refuse_file(error_code ec, std::string place, const char* why, diagnostics& diag)
{
    diag.place = std::move(place);
    diag.client_text = why;
    return ec;
}

inline constexpr std::string_view part_prefix = ".scrapingpros-";
inline constexpr std::string_view part_suffix = ".part";

/// Removes the unfinished files of programs that were killed, unless somebody else is at work in
/// the folder, and shows from then on that somebody is.
inline void enter_folder(int folder)
{
    const auto lock = [folder](int how) {
        return uninterrupted([=] { return ::flock(folder, how); }) == 0;
    };
    if (lock(LOCK_EX | LOCK_NB)) {
        auto own = open_file(folder, ".", O_RDONLY | O_DIRECTORY);
        ::DIR* const list = own ? ::fdopendir(own->get()) : nullptr;
        if (list) {
            own->release();
            while (const ::dirent* entry = ::readdir(list)) {
                const std::string_view name = entry->d_name;
                if (name.starts_with(part_prefix) && name.ends_with(part_suffix))
                    ::unlinkat(folder, entry->d_name, 0);
            }
            ::closedir(list);
        }
    }
    // A folder that cannot be locked is not cleaned by others either.
    static_cast<void>(lock(LOCK_SH));
}

class sink_folder {
public:
    sink_folder(folder_options options, file_descriptor folder) noexcept
        : options_(std::move(options)), folder_(std::move(folder))
    {
    }

    const folder_options& options() const noexcept { return options_; }

    std::string path_of(std::string_view name) const
    {
        std::string out = options_.folder;
        if (!out.ends_with('/')) out += '/';
        return out.append(name);
    }

    result<atomic_file> create() const
    {
        const std::string start = std::string(part_prefix) + std::to_string(::getpid()) + '-';
        for (;;) {
            const auto number = next_.fetch_add(1, std::memory_order_relaxed);
            std::string name = start + std::to_string(number);
            auto file = atomic_file::create(folder_.get(), name.append(part_suffix), 0666);
            // Processes of different containers may have the same number.
            if (file || file.error() != system_error(EEXIST)) return file;
        }
    }

private:
    folder_options options_;
    file_descriptor folder_;
    mutable std::atomic<std::uint64_t> next_{0};
};

class body_writer {
public:
    body_writer(
        std::shared_ptr<const sink_folder> folder,
        atomic_file file,
        body_kind kind,
        std::string stem
    )
        : folder_(std::move(folder)), file_(std::move(file)), kind_(kind), stem_(std::move(stem))
    {
    }

    error_code write(std::string_view piece, diagnostics& diag)
    {
        if (failed_) return fail(failed_, diag);
        if (kind_ != body_kind::base64) return take(piece, diag);
        const auto bytes = base64_.next(piece);
        return bytes ? take(*bytes, diag) : fail(bytes.error(), diag);
    }

    result<stored_body> commit(diagnostics& diag)
    {
        if (failed_) return fail(failed_, diag);
        if (!base64_.is_whole()) return fail(errc::malformed_response, diag);
        stored_body out{{}, digest_.finish(), bytes_};
        if (out.sha256.empty())
            return fail(make_error_code(boost::system::errc::not_supported), diag);
        std::string name = stem_.empty() ? out.sha256 : stem_;
        name += kind_ == body_kind::html ? ".html" : kind_ == body_kind::markdown ? ".md" : ".bin";
        out.path = folder_->path_of(name);
        const bool flush = folder_->options().flush;
        const auto ec = file_.commit(name, flush ? flush_rule::flush : flush_rule::leave_out);
        if (ec) return fail(ec, diag);
        failed_ = system_error(EBADF);  // as whoever uses a closed file is told
        return out;
    }

private:
    error_code take(std::string_view bytes, diagnostics& diag)
    {
        digest_.add(bytes);
        bytes_ += bytes.size();
        const auto ec = file_.write(bytes);
        return ec ? fail(ec, diag) : ec;
    }

    error_code fail(error_code ec, diagnostics& diag)
    {
        failed_ = ec;
        const bool is_named = !stem_.empty();
        std::string place = is_named ? folder_->path_of(stem_) : folder_->options().folder;
        return refuse_file(ec, std::move(place), "a body could not be stored", diag);
    }

    /// Before the file, which refers to it.
    std::shared_ptr<const sink_folder> folder_;
    atomic_file file_;
    body_kind kind_;
    /// The name without its extension; empty if the digest is to be it.
    std::string stem_;
    sha256_digest digest_{};
    base64_pieces base64_{};
    std::uint64_t bytes_ = 0;
    error_code failed_{};
};

inline error_code make_folder(const std::string& path)
{
    if (::mkdir(path.c_str(), 0777) != 0)
        return errno == EEXIST ? error_code() : system_error(errno);
    const auto last = path.find_last_not_of('/');
    const auto parent = open_folder(split_path(path.substr(0, last + 1)).folder);
    return parent ? flush_folder(parent->get()) : parent.error();
}

}  // namespace detail

folder_file::folder_file(std::unique_ptr<detail::body_writer> writer) noexcept
    : writer_(std::move(writer))
{
}
folder_file::folder_file(folder_file&&) noexcept = default;
folder_file& folder_file::operator=(folder_file&&) noexcept = default;
folder_file::~folder_file() = default;

error_code folder_file::write(std::string_view piece, diagnostics& diag)
{
    return writer_->write(piece, diag);
}

result<stored_body> folder_file::commit(diagnostics& diag)
{
    return writer_->commit(diag);
}

folder_sink::folder_sink(std::shared_ptr<const detail::sink_folder> folder) noexcept
    : folder_(std::move(folder))
{
}

result<folder_file> folder_sink::open(const job& which, body_kind kind, diagnostics& diag) const
{
    if (which.id.value.empty())
        return detail::refuse_file(errc::bad_option, "job.id", "is empty", diag);
    if (kind == body_kind::none)
        return detail::refuse_file(errc::bad_option, "kind", "there is no body to store", diag);
    auto file = folder_->create();
    if (!file)
        return detail::refuse_file(
            file.error(), folder_->options().folder, "a file cannot be made in it", diag
        );
    const bool by_job = folder_->options().naming == file_naming::job;
    return folder_file(std::make_unique<detail::body_writer>(
        folder_, std::move(*file), kind, by_job ? detail::name_of(which) : std::string()
    ));
}

result<folder_sink> make_folder_sink(folder_options options, diagnostics& diag)
{
    const auto refuse = [&](error_code ec, const char* why) {
        return detail::refuse_file(ec, options.folder, why, diag);
    };
    if (options.folder.empty() || options.folder.find('\0') != std::string::npos)
        return refuse(errc::bad_option, "it must name a folder");
    if (const auto ec = detail::make_folder(options.folder)) return refuse(ec, "cannot be made");
    auto folder = detail::open_folder(options.folder);
    if (!folder) return refuse(folder.error(), "cannot be opened");
    detail::enter_folder(folder->get());
    return folder_sink(
        std::make_shared<const detail::sink_folder>(std::move(options), std::move(*folder))
    );
}

}  // namespace scrapingpros::inline v0

#endif
