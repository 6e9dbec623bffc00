#ifndef SCRAPINGPROS_POLICY_CHECKPOINT_STORE_HPP
#define SCRAPINGPROS_POLICY_CHECKPOINT_STORE_HPP

#include <scrapingpros/error.hpp>
#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/result.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <utility>

namespace scrapingpros::inline v0 {

// tag::checkpoint_store[]
/** Keeps the checkpoint of one batch.

    For an lvalue `s` of type `S`:

    - `s.load()` gives what is stored, all appended steps applied; empty if there is nothing.
    - `s.save(c)` replaces it by `c`, wholly or not at all, whatever happens meanwhile.
    - `s.append(step)` adds one step; a crash in the middle of it may lose that step and no other.

    A copy is a handle to the same store. Called from the executor of the batch, one call at a time;
    may block for the length of a disk write. Must not throw.
*/
// clang-format off
template <class S>
concept checkpoint_store = std::copy_constructible<S> &&
    requires(S& s, const checkpoint& c, const settled_job& step) {
        { s.load() } -> std::same_as<result<std::optional<checkpoint>>>;
        { s.save(c) } -> std::same_as<error_code>;
        { s.append(step) } -> std::same_as<error_code>;
    };
// clang-format on
// end::checkpoint_store[]

/// Keeps nothing: a batch that ends with its process.
struct no_checkpoint {
    result<std::optional<checkpoint>> load() { return std::optional<checkpoint>(); }
    error_code save(const checkpoint&) { return {}; }
    error_code append(const settled_job&) { return {}; }
};

/// Keeps it in memory, for tests and for a batch that is taken up again in the same process.
class memory_checkpoint_store {
public:
    result<std::optional<checkpoint>> load() { return *kept_; }
    error_code save(const checkpoint& c)
    {
        *kept_ = c;
        return {};
    }
    error_code append(const settled_job& step)
    {
        if (*kept_) apply(**kept_, step);
        return {};
    }

private:
    std::shared_ptr<std::optional<checkpoint>> kept_ =
        std::make_shared<std::optional<checkpoint>>();
};

/// A store of any type. Default: keeps nothing.
class any_checkpoint_store {
public:
    any_checkpoint_store() : any_checkpoint_store(no_checkpoint()) {}

    // In this order: whether this type is a store is asked while it is copied.
    template <class S>
        requires(!std::same_as<S, any_checkpoint_store>) && checkpoint_store<S>
    any_checkpoint_store(S store) : store_(std::make_shared<model<S>>(std::move(store)))
    {
    }

    result<std::optional<checkpoint>> load() { return store_->load(); }
    error_code save(const checkpoint& c) { return store_->save(c); }
    error_code append(const settled_job& step) { return store_->append(step); }

private:
    struct erased {
        virtual ~erased() = default;
        virtual result<std::optional<checkpoint>> load() = 0;
        virtual error_code save(const checkpoint&) = 0;
        virtual error_code append(const settled_job&) = 0;
    };
    template <class S>
    struct model final : erased {
        explicit model(S s) : store(std::move(s)) {}
        result<std::optional<checkpoint>> load() override { return store.load(); }
        error_code save(const checkpoint& c) override { return store.save(c); }
        error_code append(const settled_job& step) override { return store.append(step); }
        S store;
    };

    std::shared_ptr<erased> store_;
};

static_assert(checkpoint_store<no_checkpoint>);
static_assert(checkpoint_store<memory_checkpoint_store>);
static_assert(checkpoint_store<any_checkpoint_store>);

}  // namespace scrapingpros::inline v0

#endif
