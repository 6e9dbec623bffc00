#ifndef SCRAPINGPROS_IMPL_NET_RESPONSE_READER_IPP
#define SCRAPINGPROS_IMPL_NET_RESPONSE_READER_IPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/impl/net/byte_window.hpp>
#include <scrapingpros/impl/net/inflater.ipp>
#include <scrapingpros/wire/http_message.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string_type.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/none.hpp>
#include <boost/optional/optional.hpp>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace scrapingpros::inline v0::detail {

namespace http = boost::beast::http;

/** Reads one response out of a window of received bytes: the head as a value, the body into the
    caller's buffers. Beast's own parsers keep the fields in a node each and the body as a whole.
*/
class response_reader final : public http::basic_parser<false> {
public:
    /// `fields` takes the fields of the head, in place of what is there.
    response_reader(std::size_t max_head, http_fields& fields)
        : fields_(fields), head_left_(max_head)
    {
        fields_.clear();
        header_limit(static_cast<std::uint32_t>(max_head));
        body_limit(boost::none);  // bounded by who reads it
    }

    /// Whether the head is complete; takes it out of `from`.
    bool read_head(byte_window& from, error_code& ec);
    unsigned status() const noexcept { return status_; }
    /// After the head: whether the body's content coding is readable.
    bool begin_body();
    /// Fills `to` as far as `from` reaches; the bytes written.
    std::size_t read_body(byte_window& from, std::span<char> to, error_code& ec);
    /// Whether the body's content coding is complete too, once the message is.
    bool is_whole() const noexcept { return inflater_.at_end(); }

private:
    using text = boost::beast::string_view;

    std::size_t take(std::string_view piece, boost::system::error_code& ec);

    void on_request_impl(http::verb, text, text, int, boost::system::error_code&) override {}
    void on_response_impl(int code, text, int, boost::system::error_code&) override
    {
        status_ = static_cast<unsigned>(code);
    }
    void on_field_impl(http::field, text name, text value, boost::system::error_code&) override
    {
        // A trailer has nothing to say to this library.
        if (!is_header_done())
            fields_.add({name.data(), name.size()}, {value.data(), value.size()});
    }
    void on_header_impl(boost::system::error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, boost::system::error_code&)
        override
    {
    }
    std::size_t on_body_impl(text piece, boost::system::error_code& ec) override
    {
        return take({piece.data(), piece.size()}, ec);
    }
    void on_chunk_header_impl(std::uint64_t, text, boost::system::error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, text piece, boost::system::error_code& ec)
        override
    {
        return take({piece.data(), piece.size()}, ec);
    }
    void on_finish_impl(boost::system::error_code&) override {}

    http_fields& fields_;
    unsigned status_ = 0;
    std::size_t head_left_;
    std::span<char> to_{};
    inflater inflater_{};
};

SCRAPINGPROS_DECL bool response_reader::read_head(byte_window& from, error_code& ec)
{
    const auto n = from.empty() ? 0 : put(boost::asio::buffer(from.data(), from.size()), ec);
    from.consume(n);
    // Beast takes complete fields off a head that is not, and counts what is left only.
    const auto unread = is_header_done() ? 0 : from.size();
    if (ec == http::error::header_limit || n > head_left_ || unread > head_left_ - n)
        ec = errc::head_too_large;
    head_left_ -= (std::min)(n, head_left_);
    if (ec == http::error::need_more)
        ec = from.full() ? make_error_code(errc::head_too_large) : error_code();
    return !ec && is_header_done();
}

SCRAPINGPROS_DECL bool response_reader::begin_body()
{
    eager(true);
    std::string coding(fields_.find("Content-Encoding").value_or(""));
    for (auto& c : coding)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return inflater_.begin(coding) || is_done();
}

SCRAPINGPROS_DECL std::size_t response_reader::take(
    std::string_view piece, boost::system::error_code& ec
)
{
    auto left = piece;
    if (inflater_.active()) {
        if (!inflater_.run(left, to_)) ec = errc::malformed_response;
    } else {
        const auto n = (std::min)(piece.size(), to_.size());
        std::memcpy(to_.data(), piece.data(), n);
        to_ = to_.subspan(n);
        left.remove_prefix(n);
    }
    if (!ec && !left.empty()) ec = http::error::need_buffer;
    return piece.size() - left.size();
}

SCRAPINGPROS_DECL std::size_t response_reader::read_body(
    byte_window& from, std::span<char> to, error_code& ec
)
{
    to_ = to;
    std::string_view nothing;
    if (inflater_.pending() && !inflater_.run(nothing, to_)) ec = errc::malformed_response;
    while (!ec && !is_done() && !to_.empty() && !from.empty())
        from.consume(put(boost::asio::buffer(from.data(), from.size()), ec));
    if (ec == http::error::need_buffer) ec = {};
    // A line of a chunk that fills the whole window is nothing that a server needs to send.
    if (ec == http::error::need_more)
        ec = from.full() ? make_error_code(errc::malformed_response) : error_code();
    return to.size() - to_.size();
}

}  // namespace scrapingpros::inline v0::detail

#endif
