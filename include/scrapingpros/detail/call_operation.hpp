#ifndef SCRAPINGPROS_DETAIL_CALL_OPERATION_HPP
#define SCRAPINGPROS_DETAIL_CALL_OPERATION_HPP

#include <scrapingpros/client_options.hpp>
#include <scrapingpros/config.hpp>
#include <scrapingpros/core/call_engine.hpp>
#include <scrapingpros/detail/live_operations.hpp>
#include <scrapingpros/detail/policy_box.hpp>
#include <scrapingpros/detail/reply_reader.hpp>
#include <scrapingpros/model/call.hpp>
#include <scrapingpros/net/any_transport.hpp>
#include <scrapingpros/wire/http_message.hpp>

#include <boost/asio/any_completion_handler.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace scrapingpros::inline v0::detail {

class client_core;

/** The Asio driver of `core::call_engine`: translates its actions into exchanges and timer waits, and
    what comes back into its events.

    `run` completes when the reader has output, and can then be called again, or when the call is over.
    Exactly one completion per `run`, never from within it. `cancel` abandons the connection and
    completes at once, whatever was being waited for.
*/
class call_operation final : public std::enable_shared_from_this<call_operation>,
                             public live_operation {
public:
    using handler = boost::asio::any_completion_handler<void(error_code)>;

    SCRAPINGPROS_DECL call_operation(
        std::shared_ptr<client_core> client,
        call what,
        std::unique_ptr<reply_reader> reader,
        const call_options& options,
        std::uint64_t lane = 0
    );

    SCRAPINGPROS_DECL ~call_operation();

    SCRAPINGPROS_DECL void run(handler on_done);
    /// False if no `run` is under way, and nothing is done.
    SCRAPINGPROS_DECL bool cancel();
    /// Lets go of everything without a completion; for an operation that is paused or not wanted.
    SCRAPINGPROS_DECL void discard() override;

    bool over() const noexcept { return over_; }
    core::call_effect effect() const noexcept { return engine_->effect(); }
    /// The server's clock, as estimated when the first attempt was sent.
    timestamp first_sent_at() const noexcept { return first_sent_at_; }
    const diagnostics& report() const noexcept { return report_; }
    std::size_t request_bytes() const noexcept { return request_.body.size(); }

private:
    using engine = core::call_engine<any_retry, boxed_rate_limit>;

    SCRAPINGPROS_DECL void prepare(const call_options& options, std::uint64_t lane);
    SCRAPINGPROS_DECL void step();
    SCRAPINGPROS_DECL void send(unsigned attempt);
    SCRAPINGPROS_DECL void wait(instant when);
    SCRAPINGPROS_DECL void arm_deadline();
    SCRAPINGPROS_DECL void on_deadline();
    SCRAPINGPROS_DECL void on_head(error_code ec, http_response_head head);
    SCRAPINGPROS_DECL void read_more();
    SCRAPINGPROS_DECL void on_piece(error_code ec, std::size_t n);
    SCRAPINGPROS_DECL void on_body_end();
    SCRAPINGPROS_DECL void fail(error_code ec);
    SCRAPINGPROS_DECL void refuse();
    SCRAPINGPROS_DECL void report_failure(const core::attempt_failure& failure);
    SCRAPINGPROS_DECL void abandon();
    SCRAPINGPROS_DECL void complete(error_code ec);
    SCRAPINGPROS_DECL void fill_report(error_code ec);
    bool succeeded() const noexcept { return head_.status >= 200 && head_.status < 300; }

    std::shared_ptr<client_core> client_;
    live_operations& live_;
    call what_;
    std::unique_ptr<reply_reader> reader_;
    diagnostics* user_report_ = nullptr;
    diagnostics report_{};
    http_request request_{};
    error_code unsendable_{};
    std::optional<engine> engine_{};
    std::optional<instant> deadline_{};
    std::unique_ptr<wait_timer> timer_{};
    std::unique_ptr<wait_timer> deadline_timer_{};
    std::optional<any_exchange> exchange_{};
    http_response_head head_{};
    std::vector<char> buffer_{};
    std::string refusal_{};
    handler on_done_{};
    timestamp first_sent_at_{};
    /// Counts what was begun; a completion of something abandoned carries an old number.
    std::uint64_t current_ = 0;
    bool over_ = false;
};

}  // namespace scrapingpros::inline v0::detail

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/detail/call_operation.ipp>
#endif

#endif
