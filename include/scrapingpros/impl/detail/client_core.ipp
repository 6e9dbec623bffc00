#ifndef SCRAPINGPROS_IMPL_DETAIL_CLIENT_CORE_IPP
#define SCRAPINGPROS_IMPL_DETAIL_CLIENT_CORE_IPP

#include <scrapingpros/detail/client_core.hpp>
#include <scrapingpros/net/beast_transport.hpp>
#include <scrapingpros/wire/retry_after.hpp>

#include <chrono>
#include <cstddef>
#include <utility>

namespace scrapingpros::inline v0::detail {

inline constexpr std::size_t read_buffer_size = std::size_t(64) << 10;
inline constexpr std::size_t kept_buffers = 8;

SCRAPINGPROS_DECL result<std::shared_ptr<client_core>> client_core::make(
    any_transport transport,
    std::shared_ptr<policy_box> policies,
    client_options options,
    diagnostics& diag
)
{
    const auto refuse = [&](errc code, const char* place, const char* why) {
        diag.place = place;
        diag.client_text = why;
        return make_error_code(code);
    };
    auto address = parse_base_url(options.base_url);
    if (!address) return refuse(errc::bad_base_url, "base_url", "want http://host or https://host");
    if (options.token.empty()) return refuse(errc::bad_token, "token", "it is empty");
    for (const char c : options.token.expose())
        if (c <= ' ' || c >= 127)
            return refuse(errc::bad_token, "token", "it holds white space or other than ASCII");
    if (options.call_timeout && options.call_timeout->count() <= 0)
        return refuse(errc::bad_option, "call_timeout", "it must be over 0 ms");
    if (options.longest_retry_after.count() < 0)
        return refuse(errc::bad_option, "longest_retry_after", "it must not be negative");
    if (options.limits.small_reply == 0 || options.limits.row == 0 || options.limits.result == 0)
        return refuse(errc::bad_option, "limits", "each must be over 0 bytes");
    return std::make_shared<client_core>(
        std::move(transport), std::move(policies), std::move(options), std::move(*address)
    );
}

SCRAPINGPROS_DECL client_core::client_core(
    any_transport transport,
    std::shared_ptr<policy_box> policies,
    client_options options,
    service_address address
)
    : transport_(std::move(transport)), policies_(std::move(policies)),
      options_(std::move(options)), address_(std::move(address)), quota_(options_.retry_tokens),
      jitter_state_(options_.jitter_seed.value_or(
          static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count())
      ))
{
}

SCRAPINGPROS_DECL void client_core::note_date(const http_fields& fields)
{
    const auto date = fields.find("Date");
    if (!date) return;
    const auto here = policies_->server_now();
    if (const auto there = parse_http_date(*date, here)) server_ahead_ = *there - here;
}

SCRAPINGPROS_DECL error_code client_core::check_criterion(const run& r)
{
    const auto pinned = policies_->pinned_version();
    const auto rule = policies_->mismatch_rule();
    if (pinned.empty() || rule == on_mismatch::ignore || !r.criterion) return {};
    if (r.criterion->version == pinned) return {};
    if (rule == on_mismatch::error) return errc::criterion_mismatch;
    if (reported_criterion_ != r.id.value)
        policies_->notify(criterion_event{r.id.value, pinned, r.criterion->version});
    reported_criterion_ = r.id.value;
    return {};
}

SCRAPINGPROS_DECL std::uint64_t client_core::draw() noexcept
{
    // splitmix64: small, and good enough to spread retries.
    jitter_state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = jitter_state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

SCRAPINGPROS_DECL std::vector<char> client_core::take_buffer()
{
    if (buffers_.empty()) return std::vector<char>(read_buffer_size);
    auto buffer = std::move(buffers_.back());
    buffers_.pop_back();
    return buffer;
}

SCRAPINGPROS_DECL void client_core::give_buffer(std::vector<char> buffer)
{
    if (buffers_.size() < kept_buffers) buffers_.push_back(std::move(buffer));
}

SCRAPINGPROS_DECL any_transport
make_own_transport(boost::asio::any_io_executor executor, const transport_options& options)
{
    diagnostics diag;
    auto made = make_beast_transport(std::move(executor), options, diag);
    if (!made) throw api_error(made.error(), std::move(diag));
    return any_transport(std::move(*made));
}

SCRAPINGPROS_DECL std::shared_ptr<client_core> make_core(
    any_transport transport, std::shared_ptr<policy_box> policies, client_options options
)
{
    diagnostics diag;
    auto made =
        client_core::make(std::move(transport), std::move(policies), std::move(options), diag);
    if (!made) throw api_error(made.error(), std::move(diag));
    return std::move(*made);
}

}  // namespace scrapingpros::inline v0::detail

#include <scrapingpros/impl/detail/client_calls.ipp>
#include <scrapingpros/impl/detail/client_waits.ipp>

#endif
