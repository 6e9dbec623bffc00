#ifndef SCRAPINGPROS_FILE_CHECKPOINT_STORE_HPP
#define SCRAPINGPROS_FILE_CHECKPOINT_STORE_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/policy/checkpoint_store.hpp>

#include <memory>
#include <optional>
#include <string>

namespace scrapingpros::inline v0 {

namespace detail {
class checkpoint_file;
}

/// What an appended step outlives. A saved checkpoint always outlives both.
enum class durability {
    /// The end of the process, however sudden. A power cut may cost the steps of the last seconds.
    process,
    /// A power cut too: every step waits for the disk, some milliseconds each.
    power,
};

/** Keeps the checkpoint of one batch in a file (form: `wire/checkpoint_codec.hpp`).

    `save` writes a temporary file `PATH.tmp`, flushes it and renames it, so that the file is the old
    one or the new one, whatever happens. `append` adds one line with one write; a crash in the middle
    of it loses that step and no other. When the steps take 1 MiB more than the checkpoint before
    them, the next one reads the file and saves it anew; between the calls no copy is held in memory.

    The file holds the URLs, headers and cookies of the requests until the collection exists, and is
    readable for its owner alone. It never holds the token.

    `PATH.lock` is locked from the first call on until the last copy of the store is gone, that of a
    forked child included, by whatever way the process ends; it stays behind, empty. Two stores made
    from one path exclude each other within one process too. File systems without `flock` refuse the
    lock.

    Errors: `errc::checkpoint_in_use` while another store has the lock; `errc::checkpoint_unreadable`
    and `errc::checkpoint_too_new`, by the file; `errc::bad_request_item` for a draft that cannot be
    sent; `errc::bad_option` for a path that names no file;
    `boost::system::errc::no_such_file_or_directory` for a step without a checkpoint to add it to;
    else what the system says. After a failed call the file is as it was before, or as if the call had
    not failed. `details()` names the file, and the line.
*/
class file_checkpoint_store {
public:
    /// Touches nothing yet. The folder of `path` must exist at the first call.
    SCRAPINGPROS_DECL explicit file_checkpoint_store(
        std::string path, durability outlive = durability::process
    );

    SCRAPINGPROS_DECL result<std::optional<checkpoint>> load();
    SCRAPINGPROS_DECL error_code save(const checkpoint& c);
    SCRAPINGPROS_DECL error_code append(const settled_job& step);

    /// About the last call of any copy: why it failed; or, behind an `append` that did not, why the
    /// steps could not be saved anew.
    SCRAPINGPROS_DECL const diagnostics& details() const noexcept;

private:
    std::shared_ptr<detail::checkpoint_file> file_;
};

static_assert(checkpoint_store<file_checkpoint_store>);

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/file_checkpoint_store.ipp>
#endif

#endif
