// Good and bad models of checkpoint_store, each bad one wrong in exactly one way, and one that can do
// what the concept asks and nothing more.
#include <scrapingpros/policy/checkpoint_store.hpp>

#include <optional>

namespace {

using namespace scrapingpros;

using loaded = result<std::optional<checkpoint>>;

struct good {
    loaded load();
    error_code save(const checkpoint&);
    error_code append(const settled_job&);
};
struct takes_copies {
    loaded load() const noexcept;
    error_code save(checkpoint) const noexcept;
    error_code append(settled_job) const noexcept;
};
struct cannot_say_why_it_failed {
    std::optional<checkpoint> load();
    error_code save(const checkpoint&);
    error_code append(const settled_job&);
};
struct has_always_something {
    result<checkpoint> load();
    error_code save(const checkpoint&);
    error_code append(const settled_job&);
};
struct saves_in_silence {
    loaded load();
    void save(const checkpoint&);
    error_code append(const settled_job&);
};
struct tells_success_from_failure_only {
    loaded load();
    error_code save(const checkpoint&);
    bool append(const settled_job&);
};
struct wants_to_change_what_it_saves {
    loaded load();
    error_code save(checkpoint&);
    error_code append(const settled_job&);
};
struct appends_ids_alone {
    loaded load();
    error_code save(const checkpoint&);
    error_code append(const job_id&);
};
struct cannot_append {
    loaded load();
    error_code save(const checkpoint&);
};
struct cannot_be_copied {
    cannot_be_copied(const cannot_be_copied&) = delete;
    loaded load();
    error_code save(const checkpoint&);
    error_code append(const settled_job&);
};

static_assert(checkpoint_store<good>);
static_assert(checkpoint_store<takes_copies>);
static_assert(!checkpoint_store<cannot_say_why_it_failed>);
static_assert(!checkpoint_store<has_always_something>);
static_assert(!checkpoint_store<saves_in_silence>);
static_assert(!checkpoint_store<tells_success_from_failure_only>);
static_assert(!checkpoint_store<wants_to_change_what_it_saves>);
static_assert(!checkpoint_store<appends_ids_alone>);
static_assert(!checkpoint_store<cannot_append>);
static_assert(!checkpoint_store<cannot_be_copied>);

/// Can be copied, and made from an int by those who know; nothing else.
struct archetype {
    explicit archetype(int) {}
    archetype(const archetype&) = default;
    archetype& operator=(const archetype&) = delete;
    void operator&() const = delete;
    loaded load() { return std::optional<checkpoint>(); }
    error_code save(const checkpoint&) { return {}; }
    error_code append(const settled_job&) { return {}; }
};

[[maybe_unused]] bool an_archetype_in_a_box()
{
    any_checkpoint_store store{archetype(0)};
    auto copy = store;
    copy = store;
    return !copy.save({}) && !copy.append({}) && copy.load().has_value();
}

}  // namespace
