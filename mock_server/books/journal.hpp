#ifndef SCRAPINGPROS_MOCK_JOURNAL_HPP
#define SCRAPINGPROS_MOCK_JOURNAL_HPP

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "books/journal_limits.hpp"
#include "books/ledger.hpp"
#include "operation.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// One request and what was made of it.
class journal_entry {
public:
    journal_entry() = default;
    /// Keeps the head, with credentials replaced by the account's name, and the body up to `cap`.
    journal_entry(const request&, std::string_view account, std::size_t cap);

    std::uint64_t ordinal = 0;  ///< from 1
    time_point at{};
    std::optional<time_point> ended_at;  ///< of the reply; none: not over yet, or nobody told
    std::optional<exchange_end> end;
    /// Requests that had begun when this one was over.
    std::uint64_t begun_by_end = 0;

    operation what = operation::unknown;
    request_class kind = request_class::other;
    std::string account;  ///< empty if none was recognised
    std::uint64_t connection = 0;
    std::uint64_t on_connection = 0;  ///< which request of the connection; 0 without sockets
    std::string server_name;          ///< asked for in the TLS handshake; empty: none
    /// Ordinal of the first request with the same account, method, path and query.
    std::uint64_t logical = 0;
    std::uint64_t attempt = 1;  ///< at that
    unsigned status = 0;        ///< planned
    /// The service did what was asked, whatever became of the answer.
    bool effect = false;
    bool whole = true;                ///< the plan sends the true answer to its end
    std::string created;              ///< id of the collection or run
    std::size_t body_bytes = 0;       ///< of the planned answer
    std::vector<std::size_t> faults;  ///< ordinals of those that it met

    std::string_view method() const noexcept;
    /// Path and query as they were sent.
    std::string_view target() const noexcept;
    std::string_view path() const noexcept;
    /// Request line and headers, a line each, without the empty line.
    std::string_view head() const noexcept;
    std::vector<std::pair<std::string_view, std::string_view>> headers() const;
    /// The first header of that name, in any case.
    std::optional<std::string_view> find(std::string_view header) const;
    /// Name and value, decoded, in the order in which they were sent.
    std::vector<std::pair<std::string, std::string>> query() const;

    /// What is kept of the request's body.
    std::string_view body() const noexcept;
    std::size_t body_size() const noexcept { return body_size_; }
    /// SHA-256 of the whole body, in hexadecimal digits.
    std::string body_hash() const;

    /// What the entry costs against `journal_limits::bytes`.
    std::size_t weight() const noexcept;

private:
    friend class journal;

    std::uint64_t key_ = 0;  // of the logical request
    std::string text_;       // head, then body
    std::string hash_;       // of a body that was too long
    std::size_t body_size_ = 0;
    std::uint32_t method_size_ = 0;
    std::uint32_t target_size_ = 0;
    std::uint32_t head_size_ = 0;
};

/// Every request but those of the control routes. An entry is there before the first byte of its
/// reply is sent.
class journal {
public:
    explicit journal(journal_limits limits = {}) : limits_(limits) {}

    /// Returns the ordinal that the entry got.
    std::uint64_t add(journal_entry);
    void finish(std::uint64_t ordinal, const exchange_end&, time_point);

    const std::deque<journal_entry>& entries() const noexcept { return entries_; }
    const journal_limits& limits() const noexcept { return limits_; }
    /// Null if it was dropped or never was.
    const journal_entry* find(std::uint64_t ordinal) const noexcept;
    /// Of all requests ever, dropped ones included.
    std::uint64_t total() const noexcept { return total_; }
    std::uint64_t dropped() const noexcept { return total_ - entries_.size(); }
    std::uint64_t count(operation) const noexcept;

    /// The last attempt at the same request failed.
    bool repeats_a_failure(const journal_entry& next) const;

private:
    struct logical_request {
        std::uint64_t first = 0;
        std::uint64_t last = 0;
        std::uint64_t attempts = 0;
    };

    void drop_oldest();

    journal_limits limits_;
    std::deque<journal_entry> entries_;
    std::unordered_map<std::uint64_t, logical_request> logical_;
    std::uint64_t total_ = 0;
    std::size_t bytes_ = 0;
};

/// The service refused for now, broke, or said nothing whole, as far as it is known.
bool failed(const journal_entry&) noexcept;

const char* name_of(exchange_end::cause) noexcept;

}  // namespace scrapingpros_mock

#endif
