#ifndef SCRAPINGPROS_IMPL_DETAIL_POLICY_BOX_IPP
#define SCRAPINGPROS_IMPL_DETAIL_POLICY_BOX_IPP

#include <scrapingpros/detail/policy_box.hpp>

#include <boost/asio/steady_timer.hpp>

namespace scrapingpros::inline v0::detail {

class steady_wait_timer final : public wait_timer {
public:
    explicit steady_wait_timer(const boost::asio::any_io_executor& executor) : timer_(executor) {}

    void async_wait_until(
        instant when, boost::asio::any_completion_handler<void(error_code)> handler
    ) override
    {
        timer_.expires_at(when);
        timer_.async_wait([handler = std::move(handler)](error_code ec) mutable {
            std::move(handler)(ec);
        });
    }
    void cancel() override { timer_.cancel(); }

private:
    boost::asio::steady_timer timer_;
};

SCRAPINGPROS_DECL std::unique_ptr<wait_timer> make_steady_timer(
    const boost::asio::any_io_executor& executor
)
{
    return std::make_unique<steady_wait_timer>(executor);
}

}  // namespace scrapingpros::inline v0::detail

#ifdef SCRAPINGPROS_SEPARATE_COMPILATION
template class scrapingpros::detail::policy_box_of<scrapingpros::policy_set<>>;
#endif

#endif
