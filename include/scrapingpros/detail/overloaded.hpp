#ifndef SCRAPINGPROS_DETAIL_OVERLOADED_HPP
#define SCRAPINGPROS_DETAIL_OVERLOADED_HPP

namespace scrapingpros::inline v0::detail {

/// One visitor out of several lambdas.
template <class... Fs>
struct overloaded : Fs... {
    using Fs::operator()...;
};
template <class... Fs>
overloaded(Fs...) -> overloaded<Fs...>;

}  // namespace scrapingpros::inline v0::detail

#endif
