// The client and the mock in one process, without sockets and on one virtual clock: `--subject sim`. It speaks
// the lines of ADAPTERS.md, and besides:
//
//   {"mock": "load", "scenario": "…", "ceilings": {"requests": 500, "hours": 96}}
//   {"mock": "control", "method": "GET", "path": "/tenants/t/journal", "body": "…"}   {"status": 200, "body": …}
//   {"mock": "subject", "environment": {"SP_SEED": "1", …}}   the next verb gets a client of its own; no answer
//   {"mock": "kill"}                                          as SIGKILL would; no answer
//
// A verb may end with `"done": "endless"`, `"killed"` or `"crashed"`, and then the client is gone.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "adapter.hpp"
#include "sim/clock.hpp"
#include "sim/folder.hpp"
#include "sim/service.hpp"
#include "sim/transport.hpp"
#include "stock_policies.hpp"

namespace conformance {
namespace {

struct sim_parts {
    using clock = sim_clock;

    static sim_transport transport(asio::io_context& context, const sim_clock& time)
    {
        return {context.get_executor(), time};
    }
    static auto policies(const sim_clock& time) { return stock_policies().with_clock(time); }
};

struct crashed {
    folder_as_it_is left{};
};

/// What is said waits until the answer is whole: who reads it is woken once.
class held_output : public std::stringbuf {
public:
    void release()
    {
        std::string_view text = view();
        while (!text.empty()) {
            const auto n = ::write(STDOUT_FILENO, text.data(), text.size());
            if (n <= 0) std::exit(1);  // nobody reads it any more
            text.remove_prefix(static_cast<std::size_t>(n));
        }
        str({});
    }

protected:
    int sync() override { return 0; }
};

class conversation {
public:
    conversation() { std::cout.rdbuf(&output_); }
    ~conversation() { std::cout.rdbuf(nullptr); }
    conversation(const conversation&) = delete;
    conversation& operator=(const conversation&) = delete;

    /// False at the end.
    bool take(const json::object& message)
    {
        if (const auto order = text_of(message, "mock")) {
            obey(*order, message);
            return true;
        }
        auto told = perform(message);
        told["id"] = message.at("id");
        say(json::serialize(told));
        return need(message, "verb") != "bye";
    }

private:
    using subject = std::optional<adapter<sim_parts>>;

    void say(const std::string& line)
    {
        std::cout << line << '\n';
        output_.release();
    }

    void obey(const std::string& order, const json::object& message)
    {
        if (order == "subject") {
            subject_.reset();
            the_service().revive();
            for (const auto& [name, value] : message.at("environment").as_object())
                ::setenv(std::string(name).c_str(), value.as_string().c_str(), 1);
        } else if (order == "kill") {
            kill(folder_as_it_is());
        } else if (order == "load") {
            subject_.reset();
            load(message);
        } else {
            answer_with(the_service().control(
                need(message, "method"),
                need(message, "path"),
                text_of(message, "body").value_or("")
            ));
        }
    }
    void load(const json::object& message)
    {
        const auto reply = the_service().control("PUT", "/scenario", need(message, "scenario"));
        const auto& limits = message.at("ceilings").as_object();
        the_service().begin(
            {limits.at("requests").to_number<std::uint64_t>(),
             std::chrono::hours(limits.at("hours").to_number<int>())}
        );
        answer_with(reply);
    }
    void answer_with(const mock::response_plan& reply)
    {
        say(R"({"status":)" + std::to_string(reply.status) + R"(,"body":)" + reply.body + "}");
    }

    done perform(const json::object& message)
    {
        if (const auto* when = message.if_contains("kill_when")) {
            const auto& at = when->as_object();
            if (const auto what = mock::operation_named(need(at, "op")))
                the_service().kill_at(
                    *what, static_cast<std::uint64_t>(number_of(at, "count").value_or(1))
                );
        }
        try {
            auto told = answer<sim_parts>(subject_, message);
            if (need(message, "verb") == "hello") say_what_is_missing(told);
            return told;
        } catch (const subject_stopped& why) {
            kill(why.left);
            return {{"done", why.how}, {"why", why.why}};
        } catch (const crashed& why) {
            kill(why.left);
            return {{"done", "crashed"}};
        }
    }
    static void say_what_is_missing(done& told)
    {
        json::array rest;
        for (const auto& each : told["capabilities"].as_array())
            if (each != "tls") rest.push_back(each);
        told["capabilities"] = std::move(rest);
        told["why"] = {{"tls", "without sockets there is no handshake"}};
    }
    void kill(const folder_as_it_is& left)
    {
        subject_.reset();
        left.restore();
    }

    held_output output_{};
    subject subject_{};
};

}  // namespace
}  // namespace conformance

int main()
{
    std::ios::sync_with_stdio(false);
    conformance::die = [] { throw conformance::crashed{}; };
    conformance::conversation talk;
    for (std::string line; std::getline(std::cin, line);)
        if (!talk.take(boost::json::parse(line).as_object())) break;
    return 0;
}
