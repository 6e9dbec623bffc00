#include "checkpoint_file.hpp"

#include <scrapingpros/wire/checkpoint_codec.hpp>

#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "exit_code.hpp"
#include "ledger_file.hpp"
#include "sha256.hpp"

namespace cli {
namespace {

namespace sp = scrapingpros;

constexpr std::string_view ledger_prefix = "sqlite:";

std::string digest_of(const std::string& text)
{
    return text.substr(0, 16);
}

/// The digests of input and service in a key; empty if this program has not made it.
struct batch_digests {
    std::string input{};
    std::string service{};
};

batch_digests digests_in(const std::string& key)
{
    std::vector<std::string> parts(1);
    for (const char c : key)
        c == '.' ? parts.emplace_back() : parts.back() += c;
    if (parts.size() != 4 || parts[0] != "cli") return {};
    // What is made of a key that has been forgotten ends otherwise.
    return {parts[2], parts[3].substr(0, 16)};
}

open_checkpoint open_file(const std::string& path, sp::durability outlive)
{
    sp::file_checkpoint_store file(path, outlive);
    auto loaded = file.load();
    if (!loaded) throw bad_input(describe(loaded.error(), file.details()));
    open_checkpoint out;
    out.store = file;
    out.there = std::move(*loaded);
    out.details = [file] { return file.details(); };
    return out;
}

}  // namespace

std::optional<std::string> ledger_of(std::string_view where)
{
    if (!where.starts_with(ledger_prefix)) return {};
    return std::string(where.substr(ledger_prefix.size()));
}

open_checkpoint open_to_go_on(
    const std::string& where, const std::string& batch, sp::durability outlive
)
{
    if (where.empty()) return {};
    const auto ledger = ledger_of(where);
    auto out = ledger ? open_ledger(*ledger, batch, outlive) : open_file(where, outlive);
    if (out.there) out.there->draft.reset();
    return out;
}

std::optional<sp::checkpoint> look_into(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    if (!in) return {};
    const std::string text(std::istreambuf_iterator<char>(in), {});
    sp::diagnostics why;
    auto read = sp::decode_checkpoint(text, why);
    if (!read) throw bad_input(path + ": " + describe(read.error(), why));
    return std::move(*read);
}

std::string make_batch_key(const std::string& input_digest, const std::string& base_url)
{
    return "cli." + random_digits(32) + '.' + digest_of(input_digest) + '.' +
           digest_of(sha256_of(base_url));
}

void check_same_service(
    const sp::checkpoint& there, const std::string& where, const std::string& base_url
)
{
    const auto known = digests_in(there.idempotency_key);
    if (!known.service.empty() && known.service != digest_of(sha256_of(base_url)))
        throw bad_input(
            where + " is the checkpoint of a batch at another service than " + base_url
        );
}

void check_same_batch(
    const sp::checkpoint& there,
    const std::string& where,
    const std::string& input_digest,
    const std::string& base_url
)
{
    const auto known = digests_in(there.idempotency_key);
    if (known.input.empty())
        throw bad_input(
            where +
            " is the checkpoint of something else than a batch of this program; "
            "to go on with it: attach --checkpoint " +
            where
        );
    check_same_service(there, where, base_url);
    if (known.input != digest_of(input_digest))
        throw bad_input(
            where + " is the checkpoint of another input (\"" + there.name + "\", " +
            std::to_string(there.submitted) + " items)"
        );
}

}  // namespace cli
