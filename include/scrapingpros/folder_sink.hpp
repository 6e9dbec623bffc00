#ifndef SCRAPINGPROS_FOLDER_SINK_HPP
#define SCRAPINGPROS_FOLDER_SINK_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/model/job.hpp>
#include <scrapingpros/model/result_body.hpp>
#include <scrapingpros/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace scrapingpros::inline v0 {
namespace detail {

class body_writer;
class sink_folder;

}  // namespace detail

/// What a body's file is called; `.html`, `.md` or `.bin` comes behind it.
enum class file_naming {
    /// The SHA-256 of the bytes: 64 lower-case hex digits. Equal bodies share a file.
    sha256,
    /** `<custom_id>.<job id>`, or the job id alone: a body that is delivered again replaces itself.

        Bytes other than letters, digits, `-` and `_` become `%XX`, so that no id leads out of the
        folder. A custom_id is cut to 120 bytes of name; a job id of more than 60 is replaced by `=`
        and its SHA-256.
    */
    job,
};

struct folder_options {
    /// Made if it is not there; what it is in must be.
    std::string folder{};
    file_naming naming = file_naming::sha256;
    /// A body that was committed withstands a loss of power. Costs two flushes each, on a disk some
    /// milliseconds; without it a body withstands the end of the process alone.
    bool flush = true;
};

struct stored_body {
    /// The folder, as it was given, and the file's name.
    std::string path{};
    /// Of the bytes in the file: 64 lower-case hex digits.
    std::string sha256{};
    std::uint64_t bytes = 0;

    friend bool operator==(const stored_body&, const stored_body&) = default;
};

/** A body on its way into a folder: nothing is to be seen of it before it is committed.

    Destroyed without a commit, it leaves nothing behind.
*/
class folder_file {
public:
    SCRAPINGPROS_DECL folder_file(folder_file&&) noexcept;
    SCRAPINGPROS_DECL folder_file& operator=(folder_file&&) noexcept;
    SCRAPINGPROS_DECL ~folder_file();

    /** Takes the next piece, as a `body_sink` gets it; of a `body_kind::base64` body that is base64,
        cut anywhere, and what goes into the file is the bytes. Of an offloaded body the pieces
        are its bytes.

        @par Errors
        Codes of the operating system, such as no space left; `errc::malformed_response` for text
        that is not base64. Everything after an error fails with it too. `diag.place` is the
        file without its extension, or the folder while the name is not known.
    */
    SCRAPINGPROS_DECL error_code write(std::string_view piece, diagnostics& diag);

    /// Gives the file its name, at once and whole; a file that has it already is replaced. To be
    /// called once. Errors as of `write`.
    SCRAPINGPROS_DECL result<stored_body> commit(diagnostics& diag);

private:
    friend class folder_sink;
    SCRAPINGPROS_DECL explicit folder_file(std::unique_ptr<detail::body_writer> writer) noexcept;

    std::unique_ptr<detail::body_writer> writer_;
};

// tag::sink[]
/** Writes bodies into files of one folder.

    Each is written under another name (`.scrapingpros-….part`), flushed and renamed. A program that
    is killed leaves no partial body under a final name; its unfinished files are removed by the
    next sink that is made while no other uses the folder.

    A handle: copies share the folder. May be used from several threads at once, each file by one at
    a time. POSIX only.
*/
class folder_sink {
public:
    /** Begins the body of a job.

        @par Errors
        `errc::bad_option`: a job without an id, or `body_kind::none`. Codes of the operating
        system; `diag.place` is the folder.
    */
    SCRAPINGPROS_DECL result<folder_file> open(const job& which, body_kind kind, diagnostics& diag)
        const;

private:
    friend SCRAPINGPROS_DECL result<folder_sink> make_folder_sink(
        folder_options options, diagnostics& diag
    );
    SCRAPINGPROS_DECL explicit folder_sink(std::shared_ptr<const detail::sink_folder> folder
    ) noexcept;

    std::shared_ptr<const detail::sink_folder> folder_;
};
// end::sink[]

/** Opens a folder, or makes it, and removes what killed programs have left unfinished in it.

    @par Errors
    `errc::bad_option`: no folder is named. Codes of the operating system. `diag.place` is the
    folder.
*/
SCRAPINGPROS_DECL result<folder_sink> make_folder_sink(folder_options options, diagnostics& diag);

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/folder_sink.ipp>
#endif

#endif
