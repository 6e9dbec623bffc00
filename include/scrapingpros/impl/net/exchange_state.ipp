#ifndef SCRAPINGPROS_IMPL_NET_EXCHANGE_STATE_IPP
#define SCRAPINGPROS_IMPL_NET_EXCHANGE_STATE_IPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/impl/net/response_reader.ipp>
#include <scrapingpros/impl/net/transport_core.ipp>
#include <scrapingpros/net/transport.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/prefer.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0::detail {

/** One exchange. Each step starts one operation of the channel and ends; `on_channel`, `on_due`,
   the pool and the caller's cancellation take it from there.

    Whoever completes the caller's handler does nothing afterwards: the handler may have destroyed
    the exchange, or begun the next one.
*/
class exchange_state final : public channel::user,
                             public pool_client,
                             public deadline_watch::watched {
public:
    explicit exchange_state(std::shared_ptr<transport_core> core)
        : core_(std::move(core)), memory_(core_->take_memory())
    {
    }
    ~exchange_state() { core_->give_back(std::move(memory_)); }
    exchange_state(const exchange_state&) = delete;
    exchange_state& operator=(const exchange_state&) = delete;

    // What the caller does (exchange.ipp).
    void send(const http_request& request, send_handler handler);
    void read(asio::mutable_buffer buffer, read_handler handler);
    void abandon();
    exchange_progress progress() const noexcept { return progress_; }

private:
    enum class step {
        idle,
        queue,
        resolve,
        connect,
        tunnel,
        tunnel_reply,
        shake,
        write,
        head,
        body
    };
    enum class asked { nothing, head, piece };

    // The ends of operations (exchange.ipp).
    template <class Handler>
    void begin(asked what, const Handler& handler);
    void on_cancel();
    void complete(error_code ec, std::size_t n = 0);
    void complete_later(error_code ec, std::size_t n = 0);
    void drop_connection();
    void set_due(milliseconds from_now);

    // From nothing to a connection (exchange_dial.ipp). Those that may be called from within the
    // caller's call complete later.
    void acquire();
    bool wants_fresh() const noexcept override { return only_fresh_ || !request_->repeatable; }
    void on_idle(std::shared_ptr<channel> idle) override;
    void on_room() override;
    void resolve(const endpoint& whom);
    void connect_next(error_code last);
    void connected();
    void open_tunnel(const proxy_address& proxy);
    void on_tunnel_written(error_code ec, std::size_t n);
    void read_tunnel_reply(error_code ec);
    void start_tls();

    // From a connection to the end of the body (exchange_transfer.ipp).
    bool write_head();
    void start_request();
    void write_more();
    void on_written(error_code ec, std::size_t n);
    void read_more();
    void read_head(error_code ec);
    void on_head();
    void lost_before_head(error_code ec);
    std::size_t fill(error_code& ec);
    void on_body();
    error_code end_of_body();
    void finish_message();

    // Whose turn it is (exchange.ipp).
    void on_channel(error_code ec, std::size_t n) override;
    void on_due() override;

    std::shared_ptr<transport_core> core_;
    connection_pool* pool_ = nullptr;
    std::shared_ptr<channel> channel_{};
    step step_ = step::idle;
    exchange_progress progress_{};

    // The caller's operation.
    asked asked_ = asked::nothing;
    /// Its completion is on its way through the executor.
    bool completing_ = false;
    send_handler on_head_{};
    read_handler on_piece_{};
    asio::mutable_buffer buffer_{};
    asio::cancellation_slot slot_{};
    /// The handler's executor, if that is not the transport's; its context is kept running until it
    /// has the handler.
    std::optional<asio::any_completion_executor> abroad_{};
    /// Waiting for another exchange to end is work too, though nothing in the context shows it.
    std::optional<asio::any_io_executor> queue_work_{};

    // The request.
    const http_request* request_ = nullptr;
    milliseconds silence_{0};
    bool only_fresh_ = false;
    std::unique_ptr<exchange_memory> memory_{};
    /// A small body is appended to the head: one record of TLS, one segment of TCP.
    bool body_is_in_head_ = false;
    std::size_t written_ = 0;
    error_code write_error_{};

    // The way to the connection.
    std::optional<asio::ip::tcp::resolver> resolver_{};
    std::vector<asio::ip::tcp::endpoint> addresses_{};
    std::size_t next_address_ = 0;
    instant phase_due_{};
    std::string tunnel_{};

    // The response.
    std::optional<response_reader> reader_{};
    http_response_head head_{};
    bool got_byte_ = false;
    /// How the connection ended within the body.
    error_code lost_{};
    /// What every further read is told: the end of the body, or the failure.
    error_code end_{};
};

}  // namespace scrapingpros::inline v0::detail

#endif
