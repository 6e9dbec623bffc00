#ifndef SCRAPINGPROS_DIAGNOSTICS_HPP
#define SCRAPINGPROS_DIAGNOSTICS_HPP

#include <scrapingpros/error.hpp>
#include <scrapingpros/time.hpp>

#include <boost/system/system_error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0 {

/// How far an attempt came. The order is the order in time.
enum class call_phase { queued, resolve, connect, handshake, write, head, body, done };

/** What is known about a failed call beside its code.

    `server_text` comes from outside and may hold anything; it is cut at `max_server_text` bytes. No
    member ever holds the token.
*/
struct diagnostics {
    static constexpr std::size_t max_server_text = 1024;

    /// Method and path, `GET /v1/async/collections/…/runs`; empty if nothing was to be sent.
    std::string route{};
    /// How far the last attempt came.
    call_phase phase = call_phase::queued;
    /// Attempts made, the failed last one included.
    unsigned attempts = 0;
    /// Status of the last complete head; 0 without one.
    unsigned http_status = 0;
    /// The place of the trouble: a JSON path, a member, an item (`requests[3].custom_id`), a file.
    std::string place{};
    /// What this library has to say about it: limits and observed values.
    std::string client_text{};
    /// The service's own words (`detail`, `message`, or the start of the body).
    std::string server_text{};
    /// The wait the server asked for in its last answer, or the rate limit for it, if that ended the call.
    std::optional<milliseconds> retry_after{};

    void set_server_text(std::string_view text) { server_text = text.substr(0, max_server_text); }

    friend bool operator==(const diagnostics&, const diagnostics&) = default;
};

/// One line for people: code, place, both texts. Stable enough to read, not to parse.
inline std::string describe(const error_code& ec, const diagnostics& diag)
{
    std::string line = ec.message();
    if (!diag.place.empty()) line += " at " + diag.place;
    if (!diag.client_text.empty()) line += ": " + diag.client_text;
    if (!diag.route.empty()) line += " [" + diag.route;
    if (!diag.route.empty() && diag.attempts > 0)
        line += ", attempt " + std::to_string(diag.attempts);
    if (diag.http_status != 0) line += ", status " + std::to_string(diag.http_status);
    if (!diag.route.empty()) line += "]";
    if (!diag.server_text.empty()) line += " server text: " + diag.server_text;
    return line;
}

/// What the throwing face throws: a code that carries its diagnostics.
class api_error : public boost::system::system_error {
public:
    api_error(const error_code& ec, diagnostics diag)
        : system_error(ec), line_(describe(ec, diag)), diagnostics_(std::move(diag))
    {
    }

    /// The line that `describe` makes.
    const char* what() const noexcept override { return line_.c_str(); }

    const diagnostics& details() const noexcept { return diagnostics_; }

private:
    std::string line_;
    diagnostics diagnostics_;
};

}  // namespace scrapingpros::inline v0

#endif
