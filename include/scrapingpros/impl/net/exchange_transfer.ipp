#ifndef SCRAPINGPROS_IMPL_NET_EXCHANGE_TRANSFER_IPP
#define SCRAPINGPROS_IMPL_NET_EXCHANGE_TRANSFER_IPP

#include <scrapingpros/impl/net/exchange_state.ipp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0::detail {

/// Whether a text consists of exactly that many lines, with nothing in them that ends one: what a
/// caller puts into a field must not begin another.
inline bool has_lines(std::string_view text, std::size_t count) noexcept
{
    if (text.find('\0') != std::string_view::npos) return false;
    while (count-- > 0) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos || text.find('\r') != end - 1) return false;
        text.remove_prefix(end + 1);
    }
    return text.empty();
}

inline bool is_word(std::string_view text, char not_allowed) noexcept
{
    return !text.empty() && text.find(' ') == std::string_view::npos &&
           text.find(not_allowed) == std::string_view::npos;
}

/// False if the request has parts that are not what they should be.
SCRAPINGPROS_DECL bool exchange_state::write_head()
{
    const auto& request = *request_;
    const auto& proxy = *pool_->proxy;
    const auto& fields = request.headers;
    auto& out = memory_->out;
    auto lines = pool_->common_lines + fields.size() + 2;  // the request line and the empty one
    bool good = is_word(request.target, '#') && is_word(request.to.host, '/');

    out.append(to_string(request.method)).append(1, ' ');
    if (proxy && !request.to.tls)
        out.append("http://").append(authority(request.to, !has_default_port(request.to)));
    out.append(request.target).append(" HTTP/1.1\r\n").append(pool_->common_fields);
    const auto add = [&out](std::string_view name, std::string_view value) {
        out.append(name).append(": ").append(value).append("\r\n");
        return std::size_t{1};
    };
    if (!fields.find("User-Agent") && !core_->options.user_agent.empty())
        lines += add("User-Agent", core_->options.user_agent);
    if (!fields.find("Accept")) lines += add("Accept", "*/*");
    for (std::size_t i = 0; i < fields.size(); ++i) {
        add(fields.name(i), fields.value(i));
        good = good && is_word(fields.name(i), ':');
    }
    // A POST without a body says so (contract 1).
    if (!request.body.empty() || request.method == http_method::post ||
        request.method == http_method::put)
        lines += add("Content-Length", std::to_string(request.body.size()));
    out.append("\r\n");
    return good && has_lines(out, lines);
}

SCRAPINGPROS_DECL void exchange_state::start_request()
{
    static constexpr std::size_t small_body = 8 * std::size_t{1024};
    step_ = step::write;
    progress_.phase = call_phase::write;
    if (!body_is_in_head_ && request_->body.size() <= small_body) {
        memory_->out += request_->body;
        body_is_in_head_ = true;
    }
    written_ = 0;
    write_error_ = {};
    got_byte_ = false;
    write_more();
}

SCRAPINGPROS_DECL void exchange_state::write_more()
{
    const std::string_view head = memory_->out;
    const std::string_view body = body_is_in_head_ ? std::string_view() : request_->body;
    if (written_ == head.size() + body.size()) {
        step_ = step::head;
        progress_.phase = call_phase::head;
        reader_.emplace(core_->options.max_head_bytes, memory_->fields);
        return read_head({});
    }
    set_due(silence_);
    // From here on the server may have part of the request, whatever becomes of the operation.
    progress_.request_sent = true;
    if (written_ < head.size())
        channel_->write_some(head.substr(written_), body);
    else
        channel_->write_some({}, body.substr(written_ - head.size()));
}

SCRAPINGPROS_DECL void exchange_state::on_written(error_code ec, std::size_t n)
{
    written_ += n;
    if (!ec) return write_more();
    // Who refuses a large body early answers, then closes; the answer may be here already.
    write_error_ = ec;
    step_ = step::head;
    reader_.emplace(core_->options.max_head_bytes, memory_->fields);
    read_more();
}

SCRAPINGPROS_DECL void exchange_state::read_more()
{
    set_due(silence_);
    channel_->read_some();
}

SCRAPINGPROS_DECL void exchange_state::read_head(error_code lost)
{
    do {
        got_byte_ = got_byte_ || !channel_->received.empty();
        error_code malformed;
        while (reader_->read_head(channel_->received, malformed)) {
            if (reader_->status() / 100 != 1 || reader_->status() == 101) return on_head();
            reader_.emplace(
                core_->options.max_head_bytes, memory_->fields
            );  // 100, 102, 103: the answer is to come
        }
        if (malformed) return complete(malformed);
    } while (channel_->decrypt(lost));
    if (lost) return lost_before_head(lost);
    read_more();
}

SCRAPINGPROS_DECL void exchange_state::on_head()
{
    const bool readable = reader_->begin_body();
    head_ = {reader_->status(), memory_->fields};  // a copy: two allocations, however many fields
    progress_.phase = call_phase::body;
    step_ = step::body;
    // In the tunnel of an https endpoint it would be the endpoint's own affair.
    if (head_.status == 407 && *pool_->proxy && !pool_->to.tls)
        return complete(errc::proxy_unauthorized);
    if (!readable) return complete(errc::malformed_response);
    if (reader_->is_done()) finish_message();
    complete({});
}

SCRAPINGPROS_DECL void exchange_state::lost_before_head(error_code lost)
{
    if (!progress_.reused_connection || got_byte_ || !request_->repeatable)
        return complete(write_error_ ? write_error_ : lost);
    ++core_->metrics.replayed;
    only_fresh_ = true;
    drop_connection();
    acquire();
}

/// Moves what is there into the caller's buffer. Neither bytes nor a code: more must be received.
SCRAPINGPROS_DECL std::size_t exchange_state::fill(error_code& ec)
{
    const std::span<char> to(static_cast<char*>(buffer_.data()), buffer_.size());
    byte_window nothing;
    for (;;) {
        // The decoder may hold text when the connection serves others already.
        const auto n = reader_->read_body(channel_ ? channel_->received : nothing, to, ec);
        if (ec) return 0;
        if (channel_ && reader_->is_done()) finish_message();
        if (n > 0) return n;
        if (!channel_) {
            ec = reader_->is_whole() ? error_code(asio::error::eof) : errc::incomplete_body;
            return 0;
        }
        if (!channel_->decrypt(lost_)) return 0;
    }
}

SCRAPINGPROS_DECL void exchange_state::on_body()
{
    error_code ec;
    const auto n = fill(ec);
    if (!ec && n == 0 && lost_) ec = end_of_body();
    if (ec || n > 0) return complete(ec, n);
    read_more();
}

/// The verdict on a body when its connection is lost: only one that has neither length nor chunks
/// ends so, and over TLS only when the peer says so.
SCRAPINGPROS_DECL error_code exchange_state::end_of_body()
{
    error_code partial;
    if (lost_ != asio::error::eof || !channel_->ended_cleanly()) return errc::incomplete_body;
    reader_->put_eof(partial);
    if (partial || !reader_->is_whole()) return errc::incomplete_body;
    finish_message();
    return asio::error::eof;
}

SCRAPINGPROS_DECL void exchange_state::finish_message()
{
    progress_.phase = call_phase::done;
    const auto all = memory_->out.size() + (body_is_in_head_ ? 0 : request_->body.size());
    const bool reusable = reader_->keep_alive() && channel_->received.empty() && written_ == all &&
                          head_.status != 101 && !lost_;
    core_->release(*pool_, std::exchange(channel_, nullptr), reusable, steady().now());
}

}  // namespace scrapingpros::inline v0::detail

#endif
