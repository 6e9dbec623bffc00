#ifndef SCRAPINGPROS_TESTS_FUZZ_WIRE_CLIENT_HPP
#define SCRAPINGPROS_TESTS_FUZZ_WIRE_CLIENT_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

/// How a client behaves after its last byte.
enum class leave {
    half_close,  ///< says that nothing more comes, and reads to the end
    close,       ///< goes away without reading
    reset,       ///< the same, with an RST
};

/// Connects to 127.0.0.1, sends the pieces one after another and reads all the while, so that
/// neither side waits for the other for ever. Returns what was received; with `half_close`, all
/// that the server sent before it closed.
std::string talk(std::uint16_t port, const std::vector<std::string_view>& pieces, leave how);

}  // namespace fuzz

#endif
