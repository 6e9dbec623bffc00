#ifndef SCRAPINGPROS_IMPL_WIRE_JSON_EVENTS_HPP
#define SCRAPINGPROS_IMPL_WIRE_JSON_EVENTS_HPP

#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/error.hpp>

#include <boost/json/basic_parser_impl.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0::detail {

/// A value that is no container.
struct json_scalar {
    enum class type { null, boolean, number, text };

    type kind = type::null;
    bool flag = false;
    double number = 0;
    /// The text itself, or the number's spelling.
    std::string_view text{};
};

/** The codec seam: turns pieces of JSON into calls of a consumer, with Boost.JSON's `basic_parser`.

    A consumer has `key(text)`, `open(is_array)`, `close()`, `scalar(json_scalar)`, and for strings,
    which arrive in pieces, `text_begin()`, `text_piece(text)`, `text_end()`; and `error()`, which
    ends the parsing when it is set. Keys and numbers are handed on whole, so their length is
   bounded.
*/
template <class Consumer>
class json_event_handler {
public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = 65'536;
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_number_size = 65'536;

    using text = boost::json::string_view;

    template <class... Args>
    explicit json_event_handler(Args&&... args) : to(std::forward<Args>(args)...)
    {
    }

    Consumer to;

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_comment_part(text, error_code&) { return true; }
    bool on_comment(text, error_code&) { return true; }

    bool on_object_begin(error_code& ec) { return open(false, ec); }
    bool on_array_begin(error_code& ec) { return open(true, ec); }
    bool on_object_end(std::size_t, error_code& ec) { return close(ec); }
    bool on_array_end(std::size_t, error_code& ec) { return close(ec); }

    bool on_key_part(text part, std::size_t, error_code&)
    {
        buffer_.append(part.data(), part.size());
        return true;
    }
    bool on_key(text part, std::size_t, error_code& ec)
    {
        to.key(whole(part));
        buffer_.clear();
        return go_on(ec);
    }

    bool on_string_part(text part, std::size_t, error_code& ec)
    {
        if (!std::exchange(in_text_, true)) to.text_begin();
        to.text_piece({part.data(), part.size()});
        return go_on(ec);
    }
    bool on_string(text part, std::size_t n, error_code& ec)
    {
        if (!on_string_part(part, n, ec)) return false;
        in_text_ = false;
        to.text_end();
        return go_on(ec);
    }

    bool on_number_part(text part, error_code& ec)
    {
        buffer_.append(part.data(), part.size());
        if (buffer_.size() <= max_number_size) return true;
        ec = boost::json::error::key_too_large;
        return false;
    }
    bool on_int64(std::int64_t n, text part, error_code& ec)
    {
        return number(static_cast<double>(n), part, ec);
    }
    bool on_uint64(std::uint64_t n, text part, error_code& ec)
    {
        return number(static_cast<double>(n), part, ec);
    }
    bool on_double(double n, text part, error_code& ec) { return number(n, part, ec); }

    bool on_bool(bool flag, error_code& ec)
    {
        to.scalar({json_scalar::type::boolean, flag, 0, flag ? "true" : "false"});
        return go_on(ec);
    }
    bool on_null(error_code& ec)
    {
        to.scalar({json_scalar::type::null, false, 0, "null"});
        return go_on(ec);
    }

private:
    bool open(bool is_array, error_code& ec)
    {
        to.open(is_array);
        return go_on(ec);
    }
    bool close(error_code& ec)
    {
        to.close();
        return go_on(ec);
    }
    bool number(double n, text part, error_code& ec)
    {
        to.scalar({json_scalar::type::number, false, n, whole(part)});
        buffer_.clear();
        return go_on(ec);
    }
    /// What was kept of the parts before, with the last one; without a copy if there were none.
    std::string_view whole(text last)
    {
        if (buffer_.empty()) return {last.data(), last.size()};
        return buffer_.append(last.data(), last.size());
    }
    bool go_on(error_code& ec) const
    {
        ec = to.error();
        return !ec;
    }

    std::string buffer_{};
    bool in_text_ = false;
};

/// Feeds a document to a consumer piece by piece. The first error sticks.
template <class Consumer>
class json_event_parser {
public:
    template <class... Args>
    explicit json_event_parser(std::size_t max_depth, Args&&... args)
        : parser_(options(max_depth), std::forward<Args>(args)...)
    {
    }

    Consumer& consumer() noexcept { return parser_.handler().to; }
    const Consumer& consumer() const noexcept { return parser_.handler().to; }

    error_code write(std::string_view piece)
    {
        if (error_) return error_;
        error_code ec;
        const std::size_t taken = parser_.write_some(true, piece.data(), piece.size(), ec);
        position_ += taken;
        if (consumer().error()) return error_ = consumer().error();
        if (ec) return fail(errc::malformed_response, "no JSON: " + ec.message());
        if (taken < piece.size())
            return fail(errc::malformed_response, "more text behind the end of the document");
        return {};
    }

    error_code finish()
    {
        if (error_ || parser_.done()) return error_;
        error_code ec;
        parser_.write_some(false, nullptr, 0, ec);  // ends a number at the very end
        if (consumer().error()) return error_ = consumer().error();
        if (!ec) return {};
        return fail(
            errc::incomplete_body, position_ == 0 ? "the body is empty" : "the document is cut off"
        );
    }

    /// Only errors of the document itself; those of the consumer are explained by the consumer.
    void explain(diagnostics& diag) const
    {
        if (text_.empty()) return;
        diag.place = "byte " + std::to_string(position_);
        diag.client_text = text_;
    }

private:
    static boost::json::parse_options options(std::size_t max_depth)
    {
        boost::json::parse_options out;
        out.max_depth = max_depth;
        // One bad byte in one body must not cost a page; readers check the texts that they keep.
        out.allow_invalid_utf8 = true;
        return out;
    }

    error_code fail(errc code, std::string why)
    {
        text_ = std::move(why);
        return error_ = code;
    }

    boost::json::basic_parser<json_event_handler<Consumer>> parser_;
    std::uint64_t position_ = 0;
    error_code error_{};
    std::string text_{};
};

}  // namespace scrapingpros::inline v0::detail

#endif
