#ifndef SCRAPINGPROS_IMPL_WIRE_RESULT_DECODER_IPP
#define SCRAPINGPROS_IMPL_WIRE_RESULT_DECODER_IPP

#include <scrapingpros/impl/wire/json_events.hpp>
#include <scrapingpros/impl/wire/result_reader.hpp>
#include <scrapingpros/wire/result_decoder.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0 {
namespace detail {

/// Reads a document that is one result.
class result_document_reader {
public:
    result_document_reader(const result_limits& limits, body_sink* sink)
        : result_(limits.max_body, limits.max_rest, sink)
    {
    }

    const error_code& error() const noexcept { return error_; }
    result_reader& result() noexcept { return result_; }

    void explain(diagnostics& diag) const
    {
        diag.place = result_.mismatch();
        diag.client_text = result_.mismatch().empty() ? "" : "of another type, read as absent";
        if (!why_.empty()) diag.client_text = why_;
    }

    void key(std::string_view name) { result_.key(name); }
    void open(bool is_array)
    {
        if (std::exchange(inside_, true))
            result_.open(is_array);
        else if (is_array)
            fail(errc::malformed_response, "not a JSON object");
        else
            result_.begin();
    }
    void close()
    {
        if (result_.close()) {
            inside_ = false;
            if (!result_.has_member()) fail(errc::malformed_response, "no member of a result");
        }
        look_for_trouble();
    }
    void scalar(const json_scalar& value)
    {
        if (!inside_) return fail(errc::malformed_response, "not a JSON object");
        result_.scalar(value);
    }
    void text_begin()
    {
        if (inside_) result_.text_begin();
    }
    void text_piece(std::string_view piece)
    {
        if (inside_) result_.text_piece(piece);
        look_for_trouble();
    }
    void text_end()
    {
        if (!inside_) return fail(errc::malformed_response, "not a JSON object");
        result_.text_end();
        look_for_trouble();
    }

private:
    void fail(errc code, std::string why)
    {
        if (error_) return;
        error_ = code;
        why_ = std::move(why);
    }

    void look_for_trouble()
    {
        if (result_.too_large()) fail(errc::body_too_large, result_.oversize());
        if (result_.body().sent_twice()) fail(errc::malformed_response, "the body was sent twice");
    }

    result_reader result_;
    bool inside_ = false;
    error_code error_{};
    std::string why_{};
};

}  // namespace detail

struct result_decoder::state {
    state(const result_limits& limits, body_sink* sink) : parser(limits.max_depth, limits, sink) {}

    detail::json_event_parser<detail::result_document_reader> parser;
};

result_decoder::result_decoder(result_limits limits, body_sink* sink)
    : state_(std::make_unique<state>(limits, sink))
{
}

result_decoder::result_decoder(result_decoder&&) noexcept = default;

result_decoder& result_decoder::operator=(result_decoder&&) noexcept = default;

result_decoder::~result_decoder() = default;

void result_decoder::expect_size(std::uint64_t bytes)
{
    state_->parser.consumer().result().body().expect_size(bytes);
}

error_code result_decoder::write(std::string_view piece)
{
    return state_->parser.write(piece);
}

result<job_result> result_decoder::finish()
{
    if (const error_code ec = state_->parser.finish()) return ec;
    return state_->parser.consumer().result().take();
}

void result_decoder::explain(diagnostics& diag) const
{
    state_->parser.consumer().explain(diag);
    state_->parser.explain(diag);
}

}  // namespace scrapingpros::inline v0

#endif
