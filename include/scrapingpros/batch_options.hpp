#ifndef SCRAPINGPROS_BATCH_OPTIONS_HPP
#define SCRAPINGPROS_BATCH_OPTIONS_HPP

#include <scrapingpros/core/poll_options.hpp>
#include <scrapingpros/core/submit_options.hpp>
#include <scrapingpros/model/idempotency_key.hpp>
#include <scrapingpros/policy/checkpoint_store.hpp>
#include <scrapingpros/time.hpp>

#include <optional>

namespace scrapingpros::inline v0 {

/// When an outcome counts as taken, so that a batch that is taken up again leaves it out.
enum class acknowledgement {
    /// When the consumer asks for the one after it, or calls `close`. After a crash at most the
    /// outcome that was given last comes again.
    automatic,
    /// When the consumer calls `acknowledge`, in any order: nothing that it has acknowledged comes
    /// again. Outcomes that are never acknowledged come again with every new start.
    manual,
};

/// How a batch is run, beside the policies of its client.
struct batch_options {
    /// Where progress is kept. Default: nowhere, and the batch ends with its process.
    any_checkpoint_store checkpoint{};
    acknowledgement acknowledge = acknowledgement::automatic;
    poll_options poll{};
    /// Bounds the batch from here on, over 0 ms; the earlier of it and `poll.deadline` counts.
    std::optional<milliseconds> timeout{};
    /// Of the create call. Empty: a random one. A key is only good for one submit: a later one with the
    /// same key is answered with the first one's collection, or refused (contract 3.4).
    std::optional<idempotency_key> key{};
    submit_options submit{};
};

}  // namespace scrapingpros::inline v0

#endif
