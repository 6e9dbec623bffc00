#ifndef SCRAPINGPROS_DETAIL_REPLIES_HPP
#define SCRAPINGPROS_DETAIL_REPLIES_HPP

#include <scrapingpros/detail/client_core.hpp>
#include <scrapingpros/detail/reply_reader.hpp>
#include <scrapingpros/wire/decode.hpp>
#include <scrapingpros/wire/result_decoder.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace scrapingpros::inline v0::detail {

inline std::string over_limit(std::size_t limit, std::size_t seen)
{
    return "limit " + std::to_string(limit) + " bytes, got at least " + std::to_string(seen);
}

/// Collects a small reply and decodes it as a whole.
template <class T>
class small_reply_reader final : public reply_reader {
public:
    using decoder = result<T> (*)(std::string_view, diagnostics&);

    small_reply_reader(client_core& core, std::string route, decoder decode)
        : core_(core), route_(std::move(route)), decode_(decode)
    {
    }

    void begin(const http_response_head& head) override
    {
        body_.clear();
        if constexpr (std::is_same_v<T, creation>) replayed_ = read_replayed(head.fields);
    }
    error_code write(std::string_view piece) override
    {
        const auto limit = core_.options().limits.small_reply;
        if (piece.size() > limit - body_.size()) {
            diag_.client_text = over_limit(limit, body_.size() + piece.size());
            return errc::body_too_large;
        }
        body_.append(piece);
        return {};
    }
    error_code finish() override
    {
        auto decoded = decode_(body_, diag_);
        if (!decoded) {
            diag_.set_server_text(body_);
            return decoded.error();
        }
        if (!diag_.place.empty()) core_.policies().notify(drift_event{route_, diag_.place});
        value = std::move(*decoded);
        if constexpr (std::is_same_v<T, creation>) value.replayed = replayed_;
        if constexpr (std::is_same_v<T, run>) return core_.check_criterion(value);
        return {};
    }
    void explain(diagnostics& diag) const override
    {
        diag.place = diag_.place;
        diag.client_text = diag_.client_text;
        diag.server_text = diag_.server_text;
    }

    T value{};

private:
    client_core& core_;
    std::string route_;
    decoder decode_;
    std::string body_{};
    diagnostics diag_{};
    std::optional<bool> replayed_{};
};

/// For replies whose body says nothing.
class ignored_reply final : public reply_reader {
public:
    void begin(const http_response_head&) override {}
    error_code write(std::string_view) override { return {}; }
    error_code finish() override { return {}; }
};

class result_reply final : public reply_reader {
public:
    result_reply(client_core& core, std::string route, body_sink* sink)
        : core_(core), route_(std::move(route)), sink_(sink)
    {
    }

    void begin(const http_response_head& head) override
    {
        result_limits limits;
        limits.max_body = core_.options().limits.result;
        decoder_.emplace(limits, sink_);
        if (const auto length = head.fields.find("Content-Length")) {
            std::uint64_t bytes = 0;
            for (const char c : *length)
                if (c >= '0' && c <= '9' && bytes < (1u << 30))
                    bytes = 10 * bytes + static_cast<unsigned>(c - '0');
            decoder_->expect_size(bytes);
        }
    }
    error_code write(std::string_view piece) override { return decoder_->write(piece); }
    error_code finish() override
    {
        auto decoded = decoder_->finish();
        if (!decoded) return decoded.error();
        diagnostics noted;
        decoder_->explain(noted);
        if (!noted.place.empty()) core_.policies().notify(drift_event{route_, noted.place});
        value = std::move(*decoded);
        return {};
    }
    void explain(diagnostics& diag) const override
    {
        if (decoder_) decoder_->explain(diag);
    }

    job_result value{};

private:
    client_core& core_;
    std::string route_;
    body_sink* sink_;
    std::optional<result_decoder> decoder_{};
};

/// An offloaded body, as it is.
class raw_reply final : public reply_reader {
public:
    raw_reply(std::size_t limit, body_sink* sink) : limit_(limit), sink_(sink) {}

    void begin(const http_response_head&) override
    {
        seen_ = 0;
        value.clear();
        if (sink_) sink_->on_begin(body_kind::offloaded);
    }
    error_code write(std::string_view piece) override
    {
        seen_ += piece.size();
        if (seen_ > limit_) return errc::body_too_large;
        if (sink_)
            sink_->on_text(piece);
        else
            value.append(piece);
        return {};
    }
    error_code finish() override { return {}; }
    void explain(diagnostics& diag) const override
    {
        if (seen_ > limit_) diag.client_text = over_limit(limit_, seen_);
    }

    std::string value{};

private:
    std::size_t limit_;
    body_sink* sink_;
    std::size_t seen_ = 0;
};

}  // namespace scrapingpros::inline v0::detail

#endif
