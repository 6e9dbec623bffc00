// scrapingpros-mock: the mock service as a program. `--help` says what it takes.

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <poll.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "mock.hpp"
#include "program/arguments.hpp"
#include "server/trace.hpp"

namespace {

using namespace scrapingpros_mock;

// Signals write a byte here, so that one poll() waits for them and for the end of stdin alike.
std::array<int, 2> wake_pipe{-1, -1};

extern "C" void on_signal(int)
{
    const int saved = errno;
    [[maybe_unused]] const auto ignored = ::write(wake_pipe[1], "", 1);
    errno = saved;
}

void catch_signals()
{
    if (::pipe(wake_pipe.data()) != 0)
        throw std::system_error{errno, std::generic_category(), "pipe"};
    struct sigaction action = {};
    action.sa_handler = on_signal;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

bool at_end_of_stdin()
{
    std::array<char, 4096> skipped;
    const auto size = ::read(STDIN_FILENO, skipped.data(), skipped.size());
    return size == 0 || (size < 0 && errno != EINTR && errno != EAGAIN);
}

// Milliseconds for poll(); -1: no limit.
int poll_time(const std::optional<std::chrono::milliseconds>& silence)
{
    return silence ? static_cast<int>(std::min<std::int64_t>(silence->count(), 86'400'000)) : -1;
}

void wait_for_the_end(const arguments& given, const mock_service& service)
{
    std::uint64_t requests = service.stats().requests;
    for (;;) {
        std::array<pollfd, 2> watched{{
            {.fd = wake_pipe[0], .events = POLLIN, .revents = 0},
            {.fd = given.stop_with_stdin ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0},
        }};
        const int ready = ::poll(watched.data(), watched.size(), poll_time(given.auto_shutdown));
        if (ready < 0) continue;  // a signal; its byte is in the pipe
        if (ready == 0 && std::exchange(requests, service.stats().requests) == requests) return;
        if (watched[0].revents != 0) return;
        if (watched[1].revents != 0 && at_end_of_stdin()) return;
    }
}

// The root certificate in a file: one that the user named and keeps, or one that goes with us.
class ca_file {
public:
    ca_file(const std::optional<std::filesystem::path>& wanted, const std::string& pem)
    {
        if (wanted) {
            path_ = *wanted;
        } else {
            auto name = std::filesystem::temp_directory_path() / "scrapingpros-mock-XXXXXX";
            auto text = name.string();
            const int descriptor = ::mkstemp(text.data());
            if (descriptor >= 0) ::close(descriptor);
            path_ = text;
            temporary_ = descriptor >= 0;
        }
        std::ofstream file{path_, std::ios::trunc};
        file << pem;
        written_ = static_cast<bool>(file.flush());
    }

    ~ca_file()
    {
        std::error_code ignored;
        if (temporary_) std::filesystem::remove(path_, ignored);
    }

    ca_file(const ca_file&) = delete;
    ca_file& operator=(const ca_file&) = delete;

    bool is_written() const noexcept { return written_; }
    const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
    bool temporary_ = false;
    bool written_ = false;
};

void announce(
    const mock_service& service, const std::optional<ca_file>& ca, std::optional<int> ready_fd
)
{
    boost::json::object line;
    line["base_url"] = service.base_url();
    line["control_url"] = service.control_url() + "/__mock/v1";
    line["page"] = service.control_url() + "/__mock";
    line["ca_file"] = nullptr;
    if (ca) line["ca_file"] = std::filesystem::absolute(ca->path()).string();
    line["token"] = service.token();
    line["pid"] = ::getpid();
    const std::string text = boost::json::serialize(line) + "\n";
    std::cout << text << std::flush;
    if (ready_fd && ::write(*ready_fd, text.data(), text.size()) < 0)
        std::cerr << "--ready-fd: " << std::strerror(errno) << '\n';
}

exit_code verify(mock_service& service)
{
    bool passed = true;
    for (const auto& who : service.host().all()) {
        const auto found = who->with_world([&](world& w) { return w.verify(who->clock().now()); });
        if (found.passed) continue;
        passed = false;
        std::cerr << who->name() << ": " << to_text(found);
    }
    return passed ? exit_code::stopped : exit_code::not_verified;
}

int run(arguments given)
{
    catch_signals();
    if (given.service.address != "127.0.0.1" && given.service.address != "::1") {
        std::cerr
            << "WARNING: listening on " << given.service.address
            << ", not only on loopback: whoever reaches this machine reaches the mock and its "
               "control routes\n";
    }
    std::ofstream trace;
    std::optional<trace_writer> tracing;
    if (given.trace) {
        trace.open(*given.trace, std::ios::trunc);
        if (!trace) {
            std::cerr << "--trace: cannot write " << given.trace->string() << '\n';
            return exit_code::bad_usage;
        }
        tracing.emplace(trace, given.service.scenario);
        given.service.replying =
            [&](const request& what, response_form form, const exchange& how, std::string_view bytes
            ) { tracing->add(what, form, how, bytes); };
    }
    given.service.control_port = given.control_port;
    mock_service service{given.service};
    service.on_shutdown([] { on_signal(0); });
    std::optional<ca_file> ca;
    if (given.service.tls) {
        ca.emplace(given.ca_out, service.ca_pem());
        if (!ca->is_written()) {
            std::cerr << "--ca-out: cannot write " << ca->path().string() << '\n';
            return exit_code::bad_usage;
        }
    }
    announce(service, ca, given.ready_fd);
    wait_for_the_end(given, service);
    service.stop();
    return given.verify_on_exit ? verify(service) : exit_code::stopped;
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        auto given = parse_arguments(argc, argv);
        return given.run ? run(std::move(*given.run)) : given.code;
    } catch (const cannot_listen& error) {
        std::cerr << error.what() << '\n';
        return exit_code::cannot_bind;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
