#ifndef SCRAPINGPROS_IMPL_DETAIL_BATCH_OPERATION_IPP
#define SCRAPINGPROS_IMPL_DETAIL_BATCH_OPERATION_IPP

#include <scrapingpros/detail/batch_operation.hpp>
#include <scrapingpros/detail/composed_operation.hpp>
#include <scrapingpros/impl/detail/batch_driver.hpp>
#include <scrapingpros/wire/encode.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <variant>

namespace scrapingpros::inline v0::detail {

/// Takes outcomes one after the other, until there are no more or the consumer has had enough.
class for_each_operation final : public composed_operation<batch_summary> {
public:
    for_each_operation(
        std::shared_ptr<batch_driver> source,
        std::unique_ptr<outcome_consumer> consumer,
        on<batch_summary> handler
    )
        : composed_operation(source->client(), source->calls(), std::move(handler)),
          source_(std::move(source)), consumer_(std::move(consumer))
    {
    }

private:
    void begin() override
    {
        source_->next(then<std::optional<job_outcome>>([this](error_code ec, auto item) {
            if (ec || !item) return finish(ec, source_->summary());
            bool more = false;
            try {
                more = consumer_->take(*item);
            } catch (...) {
                source_->give_back(std::move(*item), std::current_exception());
                return finish(errc::consumer_failed, source_->summary());
            }
            if (cancelled_)
                return finish(boost::asio::error::operation_aborted, source_->summary());
            if (more) return begin();
            finish(source_->close_given(), source_->summary());
        }));
    }

    std::shared_ptr<batch_driver> source_;
    std::unique_ptr<outcome_consumer> consumer_;
};

SCRAPINGPROS_DECL void batch_driver::for_each(
    std::unique_ptr<outcome_consumer> consumer, on<batch_summary> handler
)
{
    std::make_shared<for_each_operation>(
        shared_from_this(), std::move(consumer), std::move(handler)
    )
        ->start();
}

// --- how a batch begins

/// A random UUID: two batches must never share a key, nor may anybody guess one.
inline std::string random_key(client_core& core)
{
    std::random_device source;
    std::array<std::uint64_t, 2> bits{};
    for (auto& half : bits) {
        const std::uint64_t high = source();
        half = (high << 32 | source()) ^ core.draw();
    }
    bits[0] = (bits[0] & ~std::uint64_t(0xf000)) | 0x4000;
    bits[1] = (bits[1] & ~(std::uint64_t(3) << 62)) | std::uint64_t(1) << 63;
    std::string text;
    for (std::size_t digit = 0; digit < 32; ++digit) {
        if (digit == 8 || digit == 12 || digit == 16 || digit == 20) text += '-';
        text += "0123456789abcdef"[bits[digit / 16] >> (60 - 4 * (digit % 16)) & 15];
    }
    return text;
}

/// A `raw_item` is not checked by the rules, and one that is no JSON would be found when it is sent:
/// too late, since the checkpoint then holds it.
inline error_code check_raw_items(const collection_draft& draft, diagnostics& why)
{
    for (std::size_t i = 0; i < draft.requests.size(); ++i) {
        if (!std::holds_alternative<raw_item>(draft.requests[i])) continue;
        const auto encoded = encode_item(draft.requests[i], why);
        if (encoded) continue;
        why.place = "requests[" + std::to_string(i) + "]";
        return encoded.error();
    }
    return {};
}

inline error_code refuse_batch(batch_setup& s, error_code ec, std::string place, std::string why)
{
    s.why.place = std::move(place);
    s.why.client_text = std::move(why);
    return s.refused = ec;
}

/// What every beginning does first: options, and what the store holds, which is empty for a refusal too.
inline std::optional<checkpoint> open_store(client_core& core, batch_setup& s)
{
    auto& how = s.how;
    if (how.timeout && how.timeout->count() <= 0) {
        refuse_batch(s, errc::bad_option, "timeout", "it must be over 0 ms");
        return {};
    }
    if (how.timeout) {
        const auto end = core.policies().now() + *how.timeout;
        how.poll.deadline = how.poll.deadline ? (std::min)(*how.poll.deadline, end) : end;
    }
    auto loaded = how.checkpoint.load();
    if (loaded) return std::move(*loaded);
    refuse_batch(s, loaded.error(), "checkpoint", "its store could not read it");
    return {};
}

inline error_code refuse_as_another(
    batch_setup& s, const checkpoint& stored, const std::string& why
)
{
    const auto submitted = " of " + std::to_string(stored.submitted) + " items";
    const auto name = stored.name.empty() ? "a run attached to" : stored.name + submitted;
    return refuse_batch(
        s, errc::checkpoint_mismatch, "checkpoint", "it is of " + name + ", " + why
    );
}

inline std::shared_ptr<batch_operation> open_batch(
    std::shared_ptr<client_core> core, batch_setup setup
)
{
    return std::make_shared<batch_driver>(std::move(core), std::move(setup));
}

SCRAPINGPROS_DECL std::shared_ptr<batch_operation> submit_batch(
    std::shared_ptr<client_core> core, collection_draft draft, batch_options how, call_options calls
)
{
    batch_setup s{.how = std::move(how), .calls = calls};
    if (auto stored = open_store(*core, s)) {
        const auto items = draft.requests.size();
        if (stored->name != draft.name || stored->submitted != items)
            refuse_as_another(
                s, *stored, "not of " + draft.name + " of " + std::to_string(items) + " items"
            );
        else if (s.how.key && s.how.key->text() != stored->idempotency_key)
            refuse_as_another(s, *stored, "which has another idempotency key");
        else
            s.begin = std::move(*stored);
    } else if (!s.refused) {
        s.refused = core->check_items(draft, s.why);
        if (!s.refused) s.refused = check_raw_items(draft, s.why);
        s.begin.name = draft.name;
        s.begin.idempotency_key = s.how.key ? s.how.key->text() : random_key(*core);
        s.begin.submitted = draft.requests.size();
        s.begin.draft = std::move(draft);
    }
    return open_batch(std::move(core), std::move(s));
}

SCRAPINGPROS_DECL std::shared_ptr<batch_operation> attach_batch(
    std::shared_ptr<client_core> core, run_ref target, batch_options how, call_options calls
)
{
    batch_setup s{.how = std::move(how), .calls = calls};
    if (auto stored = open_store(*core, s)) {
        if (stored->target != target)
            refuse_as_another(s, *stored, "not of run " + target.run.value);
        else
            s.begin = std::move(*stored);
    } else if (!s.refused) {
        s.begin.stage = batch_stage::running;
        s.begin.target = std::move(target);
    }
    return open_batch(std::move(core), std::move(s));
}

SCRAPINGPROS_DECL std::shared_ptr<batch_operation> resume_batch(
    std::shared_ptr<client_core> core, batch_options how, call_options calls
)
{
    batch_setup s{.how = std::move(how), .calls = calls};
    if (auto stored = open_store(*core, s))
        s.begin = std::move(*stored);
    else if (!s.refused)
        refuse_batch(s, errc::checkpoint_missing, "checkpoint", "nothing was stored so far");
    return open_batch(std::move(core), std::move(s));
}

}  // namespace scrapingpros::inline v0::detail

#include <scrapingpros/impl/detail/batch_calls.ipp>
#include <scrapingpros/impl/detail/batch_driver.ipp>

#endif
