#include "delivery.hpp"

#include "exit_code.hpp"
#include "outcome_line.hpp"

namespace cli {
namespace {

namespace sp = scrapingpros;

std::optional<sp::folder_sink> open_folder(const delivery_options& how)
{
    if (!how.folder) return {};
    sp::diagnostics why;
    auto made = sp::make_folder_sink(
        {.folder = *how.folder,
         .naming = sp::file_naming::job,
         .flush = how.outlive == sp::durability::power},
        why
    );
    if (!made) throw bad_input(describe(made.error(), why));
    // Better now than after the submit; destroyed, it leaves nothing behind.
    const auto trial = made->open(sp::job{.id = {"trial"}}, sp::body_kind::html, why);
    if (!trial) throw bad_input(describe(trial.error(), why));
    return *made;
}

std::string place_of_lines(const delivery_options& how)
{
    if (how.output) return *how.output;
    if (!how.folder) return "-";
    return *how.folder + (how.folder->ends_with('/') ? "" : "/") + "results.jsonl";
}

}  // namespace

delivery::delivery(const delivery_options& how)
    : folder_(open_folder(how)), lines_(place_of_lines(how), how.outlive),
      store_errors_(how.store_errors)
{
}

bool delivery::keeps_body_of(const sp::job_outcome& item) const
{
    if (!item.result || item.result->body.kind == sp::body_kind::none) return false;
    return store_errors_ || item.verdict.value != sp::judgement::not_usable;
}

std::optional<sp::stored_body> delivery::store(const sp::job_outcome& item) const
{
    sp::diagnostics why;
    const auto fail = [&](sp::error_code ec) {
        return failure(exit_code::cannot_write, describe(ec, why));
    };
    const auto& body = item.result->body;
    auto file = folder_->open(item.job, body.kind, why);
    if (!file) throw fail(file.error());
    auto ec = file->write(body.content, why);
    auto stored = ec ? sp::result<sp::stored_body>(ec) : file->commit(why);
    if (stored) return *stored;
    // The service's fault and not the disk's: the line goes without it.
    if (stored.error() == sp::errc::malformed_response) return {};
    throw fail(stored.error());
}

void delivery::take(const sp::job_outcome& item)
{
    std::optional<sp::stored_body> stored;
    if (!lines_.has(item.job.id)) {
        const bool keeps = keeps_body_of(item);
        if (folder_ && keeps) stored = store(item);
        if (keeps) bytes_ += stored ? stored->bytes : item.result->body.content.size();
        auto place = folder_ ? body_place::file : body_place::line;
        if (!folder_ && !keeps) place = body_place::left_out;
        lines_.write(line_of(item, place, stored));
    }
    if (note_) note_(item, stored);
}

}  // namespace cli
