// How a connection begins where TLS is spoken, in order or not.

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <string_view>

#include "server/connection.hpp"

namespace scrapingpros_mock {

namespace asio = boost::asio;

asio::ssl::context make_tls(const certificate& pair)
{
    asio::ssl::context context{asio::ssl::context::tls_server};
    context.set_options(
        asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
        asio::ssl::context::no_tlsv1_1
    );
    context.use_certificate_chain(asio::buffer(pair.certificate_pem));
    context.use_private_key(asio::buffer(pair.key_pem), asio::ssl::context::pem);
    return context;
}

namespace {

std::optional<certificate_kind> certificate_of(tls_fault fault)
{
    switch (fault) {
    case tls_fault::expired: return certificate_kind::expired;
    case tls_fault::wrong_host: return certificate_kind::wrong_host;
    case tls_fault::unknown_ca: return certificate_kind::unknown_root;
    case tls_fault::self_signed: return certificate_kind::self_signed;
    default: return std::nullopt;
    }
}

asio::ssl::context make_old_tls(const certificate& pair)
{
    auto context = make_tls(pair);
    context.clear_options(asio::ssl::context::no_tlsv1_1);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(context.native_handle(), TLS1_1_VERSION);
    return context;
}

}  // namespace

asio::ssl::context& connection::tls_context(tls_fault fault)
{
    const auto known = state_->bad_tls.find(fault);
    if (known != state_->bad_tls.end()) return known->second;
    const auto& options = state_->options;
    if (fault == tls_fault::old)
        return state_->bad_tls.emplace(fault, make_old_tls(*options.tls)).first->second;
    const auto kind = certificate_of(fault);
    if (!kind || !options.bad_certificate) return *state_->tls;
    return state_->bad_tls.emplace(fault, make_tls(options.bad_certificate(*kind))).first->second;
}

void connection::begin_tls(tls_fault fault)
{
    leaves_silently_ = fault == tls_fault::no_notify;
    if (fault == tls_fault::plain || fault == tls_fault::cut || fault == tls_fault::stall)
        return spoil_handshake(fault);
    tls_.emplace(socket_, tls_context(fault));
    tls_->async_handshake(
        asio::ssl::stream_base::server,
        [self = shared_from_this()](error_code ec) {
            auto& counts = self->state_->counts;
            ++(ec ? counts.failed_handshakes : counts.handshakes);
            if (ec) return self->shut();
            const char* name =
                SSL_get_servername(self->tls_->native_handle(), TLSEXT_NAMETYPE_host_name);
            if (name != nullptr) self->request_.server_name = name;
            self->await_request();
        }
    );
}

void connection::spoil_handshake(tls_fault fault)
{
    ++state_->counts.failed_handshakes;
    socket_.async_read_some(
        input_.prepare(8 * 1024),
        [self = shared_from_this(), fault](error_code ec, std::size_t) {
            if (ec || fault == tls_fault::cut) return self->shut();
            if (fault == tls_fault::stall) return self->discard_until_peer_leaves(false);
            static constexpr std::string_view text =
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            asio::async_write(self->socket_, asio::buffer(text), [self](error_code, std::size_t) {
                self->shut();
            });
        }
    );
}

}  // namespace scrapingpros_mock
