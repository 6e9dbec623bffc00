#ifndef SCRAPINGPROS_MOCK_JSON_OUT_HPP
#define SCRAPINGPROS_MOCK_JSON_OUT_HPP

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scrapingpros_mock {

/// Compact JSON, member by member in the order of the calls. It does not check the nesting: bodies
/// are spelled by hand so that a test can read in the handler what a client will be sent.
class json_writer {
public:
    json_writer& begin_object() { return open('{'); }
    json_writer& end_object() { return close('}'); }
    json_writer& begin_array() { return open('['); }
    json_writer& end_array() { return close(']'); }
    json_writer& key(std::string_view);

    json_writer& value(std::string_view text);
    json_writer& value(const char* text) { return value(std::string_view(text)); }
    json_writer& value(const std::string& text) { return value(std::string_view(text)); }
    json_writer& value(bool truth) { return raw(truth ? "true" : "false"); }
    json_writer& value(std::nullptr_t) { return raw("null"); }
    json_writer& value(std::integral auto number)
    {
        std::array<char, 24> digits;
        const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
        return raw({digits.data(), static_cast<std::size_t>(end - digits.data())});
    }
    json_writer& value(const std::vector<std::string>& texts);
    template <class T>
    json_writer& value(const std::optional<T>& maybe)
    {
        return maybe ? value(*maybe) : value(nullptr);
    }
    /// Each byte of the text as \u00XX.
    json_writer& escaped_value(std::string_view text);
    /// JSON text, as it stands.
    json_writer& raw(std::string_view json);

    template <class T>
    json_writer& member(std::string_view name, const T& what)
    {
        key(name);
        return value(what);
    }
    json_writer& raw_member(std::string_view name, std::string_view json)
    {
        key(name);
        return raw(json);
    }

    /// Makes room for so many bytes more.
    void expect(std::size_t bytes) { out_.reserve(out_.size() + bytes); }
    std::string take() { return std::move(out_); }
    std::size_t size() const noexcept { return out_.size(); }

private:
    json_writer& open(char bracket);
    json_writer& close(char bracket);
    void separate();

    std::string out_;
};

}  // namespace scrapingpros_mock

#endif
