#ifndef SCRAPINGPROS_IMPL_WIRE_BODY_READER_HPP
#define SCRAPINGPROS_IMPL_WIRE_BODY_READER_HPP

#include <scrapingpros/impl/wire/json_events.hpp>
#include <scrapingpros/model/result_body.hpp>
#include <scrapingpros/wire/body_sink.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0::detail {

/** Makes one body of the four members that may hold it, and keeps it or passes it on.

    The first member with content is the body; an empty `html` in front of `body_base64` or
    `body_url` is none. A member that is sent twice counts the second time, unless the first is with
    the sink already, which makes the result unreadable.
*/
class body_reader {
public:
    body_reader(std::uint64_t limit, body_sink* sink) : limit_(limit), sink_(sink) {}

    void begin()
    {
        body_ = {};
        url_.clear();
        empty_text_ = body_kind::none;
        size_ = 0;
        sent_twice_ = false;
    }

    /// A hint; a wrong or hostile one costs no more than `max_reserve`.
    void expect_size(std::uint64_t bytes)
    {
        expected_ = static_cast<std::size_t>(bytes < max_reserve ? bytes : max_reserve);
    }

    std::uint64_t size() const noexcept { return size_; }
    std::uint64_t limit() const noexcept { return limit_; }
    bool oversize() const noexcept { return size_ > limit_; }
    bool sent_twice() const noexcept { return sent_twice_; }

    void text_begin(body_kind kind)
    {
        member_ = kind;
        begun_ = false;
        passed_over_ = false;
    }

    void text_piece(std::string_view piece)
    {
        if (piece.empty() || passed_over_) return;
        if (!std::exchange(begun_, true) && !start()) return;
        size_ += piece.size();
        if (oversize())
            body_.content = std::string();
        else if (sink_)
            sink_->on_text(piece);
        else
            body_.content += piece;
    }

    /// False if the member had to be passed over, another one being the body.
    bool text_end()
    {
        if (!begun_ && is_text(member_) && empty_text_ == body_kind::none) empty_text_ = member_;
        return !passed_over_;
    }

    /// Takes `body_url`.
    bool offloaded_to(const json_scalar& value)
    {
        if (value.kind != json_scalar::type::text) return false;
        url_ = value.text;
        return true;
    }

    result_body take()
    {
        if (body_.kind == body_kind::none && !url_.empty())
            body_ = {body_kind::offloaded, std::move(url_)};
        if (body_.kind == body_kind::none) body_.kind = empty_text_;
        return std::move(body_);
    }

private:
    static constexpr std::uint64_t max_reserve = std::uint64_t{1} << 20;

    /// The member has content: true if it is the body.
    bool start()
    {
        const bool again = body_.kind == member_;
        sent_twice_ = sent_twice_ || (again && sink_);
        passed_over_ = sent_twice_ || (!again && body_.kind != body_kind::none);
        if (passed_over_) return false;
        body_ = {member_, std::string()};
        size_ = 0;
        if (sink_)
            sink_->on_begin(member_);
        else
            body_.content.reserve(expected_);
        return true;
    }

    std::uint64_t limit_;
    body_sink* sink_;
    std::size_t expected_ = 0;
    result_body body_{};
    std::string url_{};
    body_kind empty_text_ = body_kind::none;
    std::uint64_t size_ = 0;
    body_kind member_ = body_kind::none;
    bool begun_ = false;
    bool passed_over_ = false;
    bool sent_twice_ = false;
};

}  // namespace scrapingpros::inline v0::detail

#endif
