#include "content_encoding.hpp"

#ifdef SCRAPINGPROS_MOCK_HAS_ZLIB
#include <zlib.h>
#endif

#include <algorithm>
#include <limits>

#include "text.hpp"

namespace scrapingpros_mock {
namespace {

std::string_view trimmed(std::string_view text)
{
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

/// "q=0", "q=0.0" and so on: not acceptable (RFC 9110, 12.4.2).
bool is_refusal(std::string_view parameter)
{
    parameter = trimmed(parameter);
    if (parameter.size() < 3 || !same_ignoring_case(parameter.substr(0, 2), "q=")) return false;
    return parameter.substr(2).find_first_not_of("0.") == parameter.npos;
}

}  // namespace

bool offers_gzip(std::string_view accept_encoding)
{
    bool by_star = false;
    for (const std::string_view each : split(accept_encoding, ',')) {
        const auto parts = split(each, ';');
        const std::string_view coding = trimmed(parts.front());
        const bool taken = std::none_of(parts.begin() + 1, parts.end(), is_refusal);
        if (same_ignoring_case(coding, "gzip") || same_ignoring_case(coding, "x-gzip"))
            return taken;
        if (coding == "*") by_star = taken;
    }
    return by_star;
}

#ifdef SCRAPINGPROS_MOCK_HAS_ZLIB

std::string gzip(std::string_view bytes)
{
    static constexpr int gzip_format = 15 + 16;
    if (bytes.size() > std::numeric_limits<uInt>::max()) return {};
    z_stream stream{};
    if (deflateInit2(&stream, 6, Z_DEFLATED, gzip_format, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
    std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
    std::string in(bytes);
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int done = deflate(&stream, Z_FINISH);
    out.resize(done == Z_STREAM_END ? stream.total_out : 0);
    deflateEnd(&stream);
    return out;
}

#else

std::string gzip(std::string_view)
{
    return {};
}

#endif

void encode(response_plan& plan, const request& in, const switches& contract)
{
    if (contract.content_encoding != choice::content_encoding::gzip || plan.body.empty()) return;
    const auto accepted = in.find("Accept-Encoding");
    plan.headers.push_back({"Vary", "Accept-Encoding"});
    if (!accepted || !offers_gzip(*accepted)) return;
    std::string packed = gzip(plan.body);
    if (packed.empty()) return;
    plan.body = std::move(packed);
    plan.headers.push_back({"Content-Encoding", "gzip"});
}

}  // namespace scrapingpros_mock
