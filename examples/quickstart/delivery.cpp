#include "delivery.hpp"

#include <scrapingpros/body.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "arguments.hpp"

namespace quickstart {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
namespace sp = scrapingpros;

std::string bytes_of(const sp::result_body& body)
{
    return body.kind == sp::body_kind::base64 ? sp::decode_base64(body.content).value()
                                              : body.content;
}

std::string_view extension_of(sp::body_kind kind)
{
    if (kind == sp::body_kind::html) return ".html";
    return kind == sp::body_kind::markdown ? ".md" : ".bin";
}

template <class T>
json::value or_null(const std::optional<T>& value)
{
    return value ? json::value(*value) : json::value(nullptr);
}

}  // namespace

delivery::delivery(fs::path folder, std::vector<item> items)
    : folder_(std::move(folder)), items_(std::move(items))
{
    for (std::size_t i = 0; i < items_.size(); ++i) {
        number_by_custom_id_.emplace(items_[i].custom_id, i);
        number_by_url_.emplace(items_[i].url, i);
    }
    std::error_code ec;
    fs::create_directories(folder_ / "bodies", ec);
    lines_.open(folder_ / "results.jsonl", std::ios::binary | std::ios::trunc);
    if (!lines_) throw bad_input("cannot write to the folder " + folder_.string());
}

void delivery::take(
    const sp::job& row, const sp::job_result& result, const sp::verdict& judged, way how
)
{
    const auto number = number_of(row);
    if (!number) return miss(row, "neither its custom_id nor its URL was submitted");
    const item& wanted = items_[*number];
    std::string digits = std::to_string(*number + 1);
    digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
    const auto name = fs::path("bodies") / digits.append(extension_of(result.body.kind));
    const std::string bytes = bytes_of(result.body);
    const std::string digest = sha256(bytes);
    write_body(folder_ / name, bytes);

    json::object line{
        {"custom_id", wanted.custom_id},
        {"url", wanted.url},
        {"job_id", row.id.value},
        {"status", row.status_text},
        {"status_code", or_null(row.status_code)},
        {"verdict", to_string(judged.value)},
        {"came", how == way::inlined ? "inline" : "fetched"},
        {"body", name.generic_string()},
        {"bytes", bytes.size()},
        {"sha256", digest},
    };
    if (!wanted.sha256.empty()) {
        line["sha256_matches"] = digest == wanted.sha256;
        if (digest != wanted.sha256) ++counts_.mismatches;
    }
    write_line(json::serialize(line));
    ++(how == way::inlined ? counts_.inlined : counts_.fetched);
}

void delivery::miss(const sp::job& row, const std::string& why)
{
    write_line(json::serialize(json::object{
        {"custom_id", or_null(row.custom_id)},
        {"url", or_null(row.url)},
        {"job_id", row.id.value},
        {"status", row.status_text},
        {"status_code", or_null(row.status_code)},
        {"body", nullptr},
        {"why", why},
    }));
    ++counts_.missed;
}

/// The service echoes custom_id. A row may lack it, and be known by its URL (contract 7.4).
std::optional<std::size_t> delivery::number_of(const sp::job& row) const
{
    const auto by_id = number_by_custom_id_.find(row.custom_id.value_or(""));
    if (by_id != number_by_custom_id_.end()) return by_id->second;
    const auto by_url = number_by_url_.find(row.url.value_or(""));
    if (row.custom_id || by_url == number_by_url_.end()) return std::nullopt;
    return by_url->second;
}

void delivery::write_body(const fs::path& file, const std::string& bytes)
{
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << bytes;
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

void delivery::write_line(const std::string& json)
{
    lines_ << json << '\n';
    if (!lines_.flush()) throw std::runtime_error("cannot write results.jsonl");
}

}  // namespace quickstart
