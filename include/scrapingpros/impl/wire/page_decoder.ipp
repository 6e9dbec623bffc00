#ifndef SCRAPINGPROS_IMPL_WIRE_PAGE_DECODER_IPP
#define SCRAPINGPROS_IMPL_WIRE_PAGE_DECODER_IPP

#include <scrapingpros/impl/wire/json_events.hpp>
#include <scrapingpros/impl/wire/page_reader.hpp>
#include <scrapingpros/wire/page_decoder.hpp>

#include <memory>
#include <utility>

namespace scrapingpros::inline v0 {

struct page_decoder::state {
    explicit state(const page_limits& limits) : parser(limits.max_depth, limits) {}

    detail::json_event_parser<detail::page_reader> parser;
};

page_decoder::page_decoder(page_limits limits) : state_(std::make_unique<state>(limits)) {}

page_decoder::page_decoder(page_decoder&&) noexcept = default;

page_decoder& page_decoder::operator=(page_decoder&&) noexcept = default;

page_decoder::~page_decoder() = default;

error_code page_decoder::write(std::string_view piece)
{
    return state_->parser.write(piece);
}

error_code page_decoder::finish()
{
    const error_code ec = state_->parser.finish();
    return ec ? ec : state_->parser.consumer().finish();
}

std::optional<page_row> page_decoder::next_row()
{
    return state_->parser.consumer().next_row();
}

const page_end& page_decoder::end() const noexcept
{
    return state_->parser.consumer().end();
}

void page_decoder::explain(diagnostics& diag) const
{
    diag.place = state_->parser.consumer().place();
    diag.client_text = state_->parser.consumer().why();
    state_->parser.explain(diag);
}

}  // namespace scrapingpros::inline v0

#endif
