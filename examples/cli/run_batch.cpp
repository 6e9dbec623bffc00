// The verbs that talk to the service: run, submit, attach and retry-failed.

#include <scrapingpros/wire/timestamp.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <iostream>
#include <utility>

#include "checkpoint_file.hpp"
#include "earlier.hpp"
#include "report.hpp"
#include "session.hpp"
#include "verbs.hpp"

namespace cli {
namespace {

namespace sp = scrapingpros;

session_options options_of(const arguments& given, const open_checkpoint& kept)
{
    session_options out;
    out.service.base_url = given.base_url;
    out.service.token = given.token;
    out.service.connection.tls.ca_file = given.ca_file;
    out.reads_per_minute = given.read_rate;
    out.writes_per_minute = given.write_rate;
    out.strategy = given.strategy;
    out.how.checkpoint = kept.store;
    out.how.acknowledge = sp::acknowledgement::manual;
    if (!given.include_failed) out.how.poll.wanted = sp::outcome_filter::usable;
    divide(out.how.poll, out.how.submit, given.strategy.time_scale);
    if (given.deadline > 0)
        out.how.timeout =
            std::chrono::ceil<sp::milliseconds>(std::chrono::duration<double>(given.deadline));
    return out;
}

/// A name that differs each time makes the collection findable, should its key be forgotten.
std::string new_name(const arguments& given)
{
    if (!given.name.empty()) return given.name;
    const auto now =
        std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    return name_of(given) + ' ' + sp::format_timestamp_utc(now);
}

/// What is to be done, given what the checkpoint holds. Moves the items out of the input.
beginning begin_with(
    const arguments& given, batch_input& in, const open_checkpoint& kept, sp::batch_options& how
)
{
    if (given.what == verb::attach) {
        if (kept.there) check_same_service(*kept.there, given.checkpoint, given.base_url);
        if (!given.collection.empty()) return sp::run_ref{{given.collection}, {given.run}};
        if (!kept.there) throw bad_input("there is no checkpoint in " + given.checkpoint);
        return resume{};
    }
    if (kept.there) {
        check_same_batch(*kept.there, given.checkpoint, in.digest, given.base_url);
        in.items = {};
        return resume{};
    }
    how.key = sp::make_idempotency_key(make_batch_key(in.digest, given.base_url)).value();
    return sp::collection_draft{.name = new_name(given), .requests = std::move(in.items)};
}

/// A file that is there belongs to the batch that is gone on with, or must not be touched.
void take_up_lines(const arguments& given, const open_checkpoint& kept, line_sink& lines)
{
    if (lines.is_empty()) return;
    if (!kept.there && given.what != verb::attach)
        throw bad_input(
            lines.path() + " is not empty, and there is no checkpoint of the batch that it is of"
        );
    lines.take_up();
}

void print_ids(const sp::batch_summary& end)
{
    boost::json::object line;
    line["collection_id"] = end.target ? end.target->collection.value : std::string();
    line["run_id"] = end.target ? end.target->run.value : std::string();
    std::cout << boost::json::serialize(line) << std::endl;
}

}  // namespace

exit_code run_batch(const arguments& given)
{
    batch_input in;
    if (given.what != verb::attach) in = read_input(given.input, given.form);
    if (given.what == verb::retry_failed && !leave_only_failed(in, given.earlier)) {
        std::cerr << "nothing to run again\n";
        return exit_code::delivered;
    }
    if (given.dry_run) return estimate(in);

    const auto kept = open_to_go_on(given.checkpoint, name_of(given), given.delivery.outlive);
    auto options = options_of(given, kept);
    auto begin = begin_with(given, in, kept, options.how);

    session_hooks hooks;
    std::optional<delivery> out;
    progress shown(given.shown);
    if (given.what != verb::submit) {
        out.emplace(given.delivery);
        out->set_note_taker(kept.note);
        take_up_lines(given, kept, out->lines());
        hooks.take = [&out](const sp::job_outcome& item) { out->take(item); };
    }
    hooks.show = [&shown](const session_news& news) { shown.show(news); };

    const auto began = std::chrono::steady_clock::now();
    const auto end = run_session(std::move(options), std::move(begin), hooks);
    shown.finish();
    if (out) out->lines().finish();
    if (given.what == verb::submit && !end.ec) print_ids(end.summary);
    return report(given, in, kept, end, std::chrono::steady_clock::now() - began);
}

exit_code perform(const arguments& given)
{
    if (given.what == verb::results) return show_results(given);
    if (given.what == verb::status) return show_status(given);
    return run_batch(given);
}

}  // namespace cli
