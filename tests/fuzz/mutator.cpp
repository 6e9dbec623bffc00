#include "mutator.hpp"

#include <algorithm>

namespace fuzz {
namespace {

using namespace std::string_literals;

/// What has broken parsers before: of HTTP, URLs, JSON, numbers, text.
const std::vector<std::string>& hostile_pieces()
{
    static const std::vector<std::string> pieces{
        "\r\n",
        "\n",
        "\r\n\r\n",
        "\r\n ",
        "\0"s,
        "\xff\xfe",
        "\xc0\x80",
        "\xed\xa0\x80",
        "\xe2\x80\xae",
        "%",
        "%00",
        "%2f",
        "%2e%2e/",
        "%zz",
        "/",
        "//",
        "/../",
        "?",
        "&",
        "=",
        "#",
        ";",
        "+",
        " ",
        "\t",
        ":",
        ",",
        "\"",
        "\\",
        "\\u0000",
        "\\ud800",
        "null",
        "true",
        "{}",
        "[]",
        "{",
        "[",
        "]",
        "}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "{\"a\":{\"a\":{\"a\":{\"a\":1}}}}",
        "-0",
        "0",
        "-1",
        "00",
        "1e999",
        "1.5",
        "0x10",
        "127",
        "256",
        "65536",
        "2147483648",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "9999-12-31T23:59:59.999999999Z",
        "0000-00-00T00:00:00",
        "2026-06-01T10:00:00+23:59",
        "-9999999999999",
        "9999999999999999",
        "http://",
        "https://[::1]:0/",
        "http://169.254.169.254/",
        "Bearer ",
        "Bearer",
        "Content-Length: 0\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 18446744073709551615\r\n",
        "Content-Length: -1\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Expect: 100-continue\r\n",
        "Connection: close\r\n",
        "Connection: upgrade\r\nUpgrade: h2c\r\n",
        "Host: \r\n",
        "ffffffffffffffff\r\n",
        "0\r\n\r\n",
        "HTTP/1.0",
        "HTTP/9.9",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    };
    return pieces;
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

}  // namespace

std::uint64_t mutator::next()
{
    // SplitMix64: small, good enough, and in no standard library's hands.
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30u)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27u)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31u);
}

std::size_t mutator::below(std::size_t bound)
{
    return static_cast<std::size_t>(next() % bound);
}

std::string mutator::noise(std::size_t longest)
{
    std::string out(below(longest) + 1, '\0');
    for (char& c : out)
        c = static_cast<char>(next());
    return out;
}

void mutator::damage_once(std::string& text)
{
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = std::min(below(16) + 1, text.size() - at);
    switch (below(10)) {
    case 0:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
    case 1:
        if (at < text.size()) text[at] = static_cast<char>(next());
        break;
    case 2: text.insert(at, noise(8)); break;
    case 3: text.erase(at, length); break;
    case 4: text.insert(at, text.substr(at, length)); break;
    case 5: text.insert(at, pick(hostile_pieces())); break;
    case 6: text.replace(at, length, pick(hostile_pieces())); break;
    case 7: {  // a whole number for another one
        const auto digit =
            std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_digit);
        const auto end = std::find_if_not(digit, text.end(), is_digit);
        const std::string piece = pick(hostile_pieces());
        if (digit != end) text.replace(digit, end, piece);
        break;
    }
    case 8:
        if (one_in(4)) text.resize(at);
        break;
    default:
        if (one_in(8)) text.insert(at, std::string(below(20'000), one_in(2) ? 'A' : '/'));
        break;
    }
}

std::string mutator::damage(std::string text)
{
    const std::size_t times = one_in(3) ? below(8) + 1 : 1;
    for (std::size_t i = 0; i < times; ++i)
        damage_once(text);
    return text;
}

std::string escaped(std::string_view bytes)
{
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\\' || c == '"') {
            (out += '\\') += c;
        } else if (byte >= 0x20 && byte < 0x7f) {
            out += c;
        } else {
            // Three octal digits: unlike \x, they end by themselves.
            ((out += '\\') += digits[byte >> 6u]) += digits[byte >> 3u & 7u];
            out += digits[byte & 7u];
        }
    }
    return out;
}

}  // namespace fuzz
