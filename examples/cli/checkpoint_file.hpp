#ifndef SCRAPINGPROS_CLI_CHECKPOINT_FILE_HPP
#define SCRAPINGPROS_CLI_CHECKPOINT_FILE_HPP

#include <scrapingpros/file_checkpoint_store.hpp>
#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/policy/checkpoint_store.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "delivery.hpp"

namespace cli {

/// A checkpoint that is open to go on with.
struct open_checkpoint {
    scrapingpros::any_checkpoint_store store{};
    /// What is stored there; without the items, which may be many.
    std::optional<scrapingpros::checkpoint> there{};
    /// Why the last call of the store has failed.
    std::function<scrapingpros::diagnostics()> details = [] { return scrapingpros::diagnostics(); };
    /// Told of each outcome, if the store keeps more than ids.
    delivery::note_taker note{};
};

/** Opens the checkpoint that `--checkpoint` names, `FILE` or `sqlite:FILE`; in a ledger it is the batch
    of that name. An empty text keeps nothing. Throws `bad_input` for one that is not usable.
*/
open_checkpoint open_to_go_on(
    const std::string& where, const std::string& batch, scrapingpros::durability outlive
);

/// Only looks into a file, beside a process that writes too; empty if there is none. Throws `bad_input`.
std::optional<scrapingpros::checkpoint> look_into(const std::string& path);

/// The file behind `sqlite:`; empty for a checkpoint in a file of its own.
std::optional<std::string> ledger_of(std::string_view where);

// --- which batch it is

/** The idempotency key of a batch: random, and it tells by digests of which input and service the batch
    is, so that a checkpoint of another one is found out before anything is sent.
*/
std::string make_batch_key(const std::string& input_digest, const std::string& base_url);

/// Throws `bad_input` if a checkpoint is that of another input or another service.
void check_same_batch(
    const scrapingpros::checkpoint& there,
    const std::string& where,
    const std::string& input_digest,
    const std::string& base_url
);
/// The same for the service alone.
void check_same_service(
    const scrapingpros::checkpoint& there, const std::string& where, const std::string& base_url
);

}  // namespace cli

#endif
