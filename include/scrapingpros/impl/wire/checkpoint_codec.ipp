#ifndef SCRAPINGPROS_IMPL_WIRE_CHECKPOINT_CODEC_IPP
#define SCRAPINGPROS_IMPL_WIRE_CHECKPOINT_CODEC_IPP

#include <scrapingpros/impl/wire/checkpoint_reader.hpp>
#include <scrapingpros/impl/wire/checkpoint_writer.hpp>
#include <scrapingpros/impl/wire/json_document.hpp>
#include <scrapingpros/wire/checkpoint_codec.hpp>

#include <boost/crc.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/serializer.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace scrapingpros::inline v0 {
namespace detail {

inline constexpr std::string_view checkpoint_magic = "scrapingpros-checkpoint/";
inline constexpr unsigned checkpoint_version = 1;
inline constexpr std::size_t checksum_digits = 8;

inline std::string digits_of(std::uint32_t checksum)
{
    std::string out(checksum_digits, '0');
    for (auto digit = out.rbegin(); digit != out.rend(); ++digit, checksum >>= 4)
        *digit = "0123456789abcdef"[checksum & 15];
    return out;
}

inline std::string checksum_of(std::string_view text)
{
    boost::crc_32_type crc;
    crc.process_bytes(text.data(), text.size());
    return digits_of(crc.checksum());
}

template <class Take>
void serialize_in_pieces(const boost::json::value& what, Take take)
{
    boost::json::serializer writer;
    writer.reset(&what);
    std::array<char, 4096> piece;
    while (!writer.done())
        take(writer.read(piece.data(), piece.size()));
}

/// Twice: with the items of a large batch a line has megabytes, and would have them several times over
/// while it grows.
inline void append_checkpoint_line(std::string& out, const boost::json::value& what)
{
    boost::crc_32_type crc;
    std::size_t size = 0;
    serialize_in_pieces(what, [&](boost::json::string_view piece) {
        crc.process_bytes(piece.data(), piece.size());
        size += piece.size();
    });
    out.reserve(out.size() + checksum_digits + 1 + size + 1);
    out += digits_of(crc.checksum()) + ' ';
    serialize_in_pieces(what, [&](boost::json::string_view piece) {
        out.append(piece.data(), piece.size());
    });
    out += '\n';
}

/// Takes the lines of a checkpoint one after the other.
class checkpoint_decoder {
public:
    checkpoint_decoder(std::string_view text, diagnostics& diag)
        : rest_(text), diag_(diag), parser_({}, options(), parser_space_)
    {
    }

    result<checkpoint> decode()
    {
        checkpoint out;
        const auto header = next_line();
        if (!header) return damage("no whole header of a checkpoint");
        if (const error_code ec = read_header(*header)) return ec;
        const auto snapshot = next_line();
        if (!snapshot) return damage("the line is cut off");
        if (const error_code ec = read_line(*snapshot, out)) return ec;
        while (const auto line = next_line()) {
            settled_job step;
            if (const error_code ec = read_line(*line, step)) return ec;
            apply(out, step);
        }
        return out;
    }

private:
    /// The text keeps whatever bytes the service sent.
    static boost::json::parse_options options()
    {
        boost::json::parse_options out = json_options();
        out.allow_invalid_utf8 = true;
        return out;
    }

    std::optional<std::string_view> next_line()
    {
        ++number_;
        const auto end = rest_.find('\n');
        if (end == rest_.npos) return {};
        const std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return line;
    }

    error_code read_header(std::string_view line)
    {
        unsigned version = 0;
        const bool ours = line.starts_with(checkpoint_magic);
        if (ours) line.remove_prefix(checkpoint_magic.size());
        const auto [end, failed] = std::from_chars(line.data(), line.data() + line.size(), version);
        const bool whole = end == line.data() + line.size() && !line.starts_with('0');
        if (!ours || failed != std::errc() || !whole) return damage("no header of a checkpoint");
        if (version <= checkpoint_version) return {};
        diag_.place = "line 1";
        diag_.client_text = "written in version " + std::to_string(version) +
                            " of the format; this library reads version " +
                            std::to_string(checkpoint_version);
        return errc::checkpoint_too_new;
    }

    template <class T>
    error_code read_line(std::string_view line, T& out)
    {
        const std::string_view text = line.substr((std::min)(line.size(), checksum_digits + 1));
        if (line.substr(0, line.size() - text.size()) != checksum_of(text) + ' ')
            return damage("the checksum is not that of the line");
        boost::json::monotonic_resource memory(value_space_);
        parser_.reset(&memory);
        error_code not_json;
        parser_.write(text.data(), text.size(), not_json);
        if (not_json) {
            parser_.reset();  // what it holds lies in `memory`
            return damage("no JSON: " + not_json.message());
        }
        const boost::json::value parsed = parser_.release();
        checkpoint_reader reader;
        if (reader.read(parsed, out)) return {};
        return damage("missing, or not what this version writes", reader.place());
    }

    error_code damage(std::string why, const std::string& member = {})
    {
        diag_.place = "line " + std::to_string(number_);
        if (!member.empty()) diag_.place += ": " + member;
        diag_.client_text = std::move(why);
        return errc::checkpoint_unreadable;
    }

    std::string_view rest_;
    diagnostics& diag_;
    std::size_t number_ = 0;
    unsigned char parser_space_[1024];
    unsigned char value_space_[4096];
    boost::json::parser parser_;
};

}  // namespace detail

result<std::string> encode_checkpoint(const checkpoint& c, diagnostics& diag)
{
    detail::checkpoint_writer writer;
    const auto snapshot = writer.of(c);
    if (writer.error()) {
        diag = writer.details();
        return writer.error();
    }
    std::string out(detail::checkpoint_magic);
    out += std::to_string(detail::checkpoint_version) + '\n';
    detail::append_checkpoint_line(out, snapshot);
    return out;
}

std::string encode_step(const settled_job& step)
{
    std::string out;
    detail::append_checkpoint_line(out, detail::checkpoint_writer().of(step));
    return out;
}

result<checkpoint> decode_checkpoint(std::string_view text, diagnostics& diag)
{
    return detail::checkpoint_decoder(text, diag).decode();
}

}  // namespace scrapingpros::inline v0

#endif
