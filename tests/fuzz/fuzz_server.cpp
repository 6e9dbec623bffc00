// Damaged bytes over loopback connections against the server: broken HTTP, pipelines, heads that are
// too large, halves of requests, clients that leave.

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "corpus.hpp"
#include "guard.hpp"
#include "server/server.hpp"
#include "wire_client.hpp"

namespace {

using namespace fuzz;
namespace http = boost::beast::http;

constexpr int connections_in_an_episode = 40;

/// Requests as bytes, and what an undamaged pipeline of them is to be answered with.
struct script {
    std::string bytes;
    std::vector<bool> heads;  ///< of each request: it is a HEAD
    bool intact = true;
    bool last_closes = false;
};

std::string in_chunks(const std::string& body, mutator& draw)
{
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t size = std::min(draw.below(15) + 1, body.size() - at);
        ((out += digits[size]) += "\r\n").append(body, at, size) += "\r\n";
        at += size;
    }
    return out + "0\r\n\r\n";
}

class history {
public:
    history(std::uint64_t seed, notes& said)
        : draw_(seed), said_(said), seeds_(seed_requests(false)), service_(make_scenario(seed))
    {
        plant(service_, now_, known_);
    }

    void play()
    {
        mock::server server{{.max_body = 100'000}, [this](const mock::request& in) {
                                now_ += std::chrono::milliseconds{10};
                                return service_.handle(in, now_);
                            }};
        for (int i = 0; i < connections_in_an_episode; ++i) {
            connect(server.port());
            if (i % 8 == 7) check_alive(server.port());
        }
        server.stop();
    }

private:
    static mock::scenario make_scenario(std::uint64_t seed)
    {
        mock::scenario made;
        made.seed = seed;
        made.enforce_limits = false;
        made.tokens = {{std::string(token_a), "client_a"}, {std::string(token_b), "client_b"}};
        return made;
    }

    void connect(std::uint16_t port)
    {
        script what = draw_script();
        const bool waits = !draw_.one_in(4);
        const leave how = waits ? leave::half_close : draw_.one_in(2) ? leave::close : leave::reset;
        said_.trying(what.bytes);
        const std::string reply = talk(port, in_pieces(what.bytes), how);
        if (what.bytes.find("__mock") == what.bytes.npos) check_unmarked(reply);
        if (!reply.empty() && !reply.starts_with("HTTP/1.1 "))
            throw finding{"no reply: " + reply.substr(0, 200)};
        if (waits && what.intact) check_all_answered(what, reply);
    }

    script draw_script()
    {
        script out;
        const std::size_t count = draw_.one_in(3) ? draw_.below(10) + 1 : 1;
        for (std::size_t i = 0; i < count && !out.last_closes; ++i)
            add_request(out);
        if (draw_.one_in(4)) return out;
        out.intact = false;
        switch (draw_.below(8)) {
        case 0: out.bytes.resize(draw_.below(out.bytes.size())); break;
        case 1: out.bytes.insert(out.bytes.find("\r\n") + 2, huge_field()); break;
        default: out.bytes = draw_.damage(out.bytes); break;
        }
        return out;
    }

    void add_request(script& out)
    {
        const seed_request& from = draw_.pick(seeds_);
        const bool head = from.method == "GET" && draw_.one_in(8);
        out.heads.push_back(head);
        out.last_closes = draw_.one_in(10);
        out.bytes += (head ? "HEAD" : from.method) + " " + known_.fill_in(from.target, draw_) +
                     " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " +
                     std::string(token_b) + "\r\nContent-Type: application/json\r\n";
        if (draw_.one_in(3)) out.bytes += "Idempotency-Key: key-1\r\n";
        if (out.last_closes) out.bytes += "Connection: close\r\n";
        if (from.body.empty()) {
            out.bytes += "\r\n";
        } else if (draw_.one_in(3)) {
            out.bytes += "Transfer-Encoding: chunked\r\n\r\n" + in_chunks(from.body, draw_);
        } else {
            out.bytes +=
                "Content-Length: " + std::to_string(from.body.size()) + "\r\n\r\n" + from.body;
        }
    }

    std::string huge_field()
    {
        return "X-Large: " + std::string(draw_.below(200'000), 'x') + "\r\n";
    }

    std::vector<std::string_view> in_pieces(std::string_view bytes)
    {
        std::vector<std::string_view> out;
        const std::size_t longest = draw_.one_in(2) ? bytes.size() : draw_.below(300) + 1;
        while (!bytes.empty()) {
            const std::size_t size = std::min(draw_.below(longest) + 1, bytes.size());
            out.push_back(bytes.substr(0, size));
            bytes.remove_prefix(size);
        }
        return out;
    }

    /// As many whole replies as there were requests, and nothing else.
    static void check_all_answered(const script& what, const std::string& reply)
    {
        boost::asio::const_buffer rest{reply.data(), reply.size()};
        for (std::size_t i = 0; i < what.heads.size(); ++i) {
            http::response_parser<http::string_body> parser;
            parser.eager(true);
            parser.skip(what.heads[i]);
            boost::system::error_code error;
            while (rest.size() > 0 && !parser.is_done() && !error)
                rest += parser.put(rest, error);
            if (error || !parser.is_done())
                throw finding{
                    "reply " + std::to_string(i + 1) + " is not whole: " + error.message()};
        }
        if (rest.size() > 0) throw finding{"more replies than requests"};
    }

    static void check_alive(std::uint16_t port)
    {
        static constexpr std::string_view request = "GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n";
        const std::string reply = talk(port, {request}, leave::half_close);
        if (!reply.starts_with("HTTP/1.1 200 ")) throw finding{"not alive: " + reply};
    }

    mutator draw_;
    notes& said_;
    std::vector<seed_request> seeds_;
    mock::world service_;
    mock::time_point now_ = mock::scenario{}.start;
    known_ids known_;
};

}  // namespace

int main(int argc, char** argv)
{
    return run_episodes(argc, argv, [](std::uint64_t seed, notes& said) {
        history{seed, said}.play();
    });
}
