#ifndef TESTS_SUPPORT_PRINTING_HPP
#define TESTS_SUPPORT_PRINTING_HPP

// How failing assertions show values of the model and actions of the engines.

#include <scrapingpros/core/action.hpp>
#include <scrapingpros/models.hpp>
#include <scrapingpros/wire/timestamp.hpp>

#include <chrono>
#include <optional>
#include <ostream>
#include <string>
#include <variant>
#include <vector>

namespace scrapingpros::inline v0 {

inline std::ostream& operator<<(std::ostream& os, const collection_id& id)
{
    return os << id.value;
}
inline std::ostream& operator<<(std::ostream& os, const run_id& id)
{
    return os << id.value;
}
inline std::ostream& operator<<(std::ostream& os, const job_id& id)
{
    return os << id.value;
}

inline std::ostream& operator<<(std::ostream& os, const run_ref& target)
{
    return os << target.collection << '/' << target.run;
}

inline std::ostream& operator<<(std::ostream& os, run_status s)
{
    return os << (s == run_status::unknown ? "unknown" : to_string(s));
}

inline std::ostream& operator<<(std::ostream& os, job_status s)
{
    return os << (s == job_status::unknown ? "unknown" : to_string(s));
}

inline std::ostream& operator<<(std::ostream& os, body_kind k)
{
    return os << to_string(k);
}
inline std::ostream& operator<<(std::ostream& os, judgement j)
{
    return os << to_string(j);
}

inline std::ostream& operator<<(std::ostream& os, inline_state s)
{
    constexpr const char* names[] = {"absent", "null", "unreadable", "present"};
    return os << names[static_cast<int>(s)];
}

inline std::ostream& operator<<(std::ostream& os, request_rule rule)
{
    return os << "request_rule " << static_cast<int>(rule);
}

inline std::ostream& operator<<(std::ostream& os, problem_level level)
{
    constexpr const char* names[] = {"error", "warning", "off"};
    return os << names[static_cast<int>(level)];
}

inline std::ostream& operator<<(std::ostream& os, const request_problem& p)
{
    return os << place_of(p) << ": " << p.message << " (" << p.level << ", " << p.rule << ')';
}

inline std::ostream& operator<<(std::ostream& os, const result_body& body)
{
    return os << body.kind << ' ' << body.content.size() << " bytes";
}

inline std::ostream& operator<<(std::ostream& os, const job_result& r)
{
    return os << "result{" << r.body << ", message " << r.message.value_or("-") << '}';
}

inline std::ostream& operator<<(std::ostream& os, const job& j)
{
    os << "job{" << j.id << ' ' << j.status_text;
    if (j.completed_at) os << ' ' << format_timestamp(*j.completed_at);
    return os << ' ' << j.custom_id.value_or("-") << '}';
}

inline std::ostream& operator<<(std::ostream& os, const listed_job& row)
{
    return os << row.job << " with result " << row.state;
}

inline std::ostream& operator<<(std::ostream& os, const unreadable_row& row)
{
    return os << "unreadable[" << row.index << "] " << row.reason;
}

inline std::ostream& operator<<(std::ostream& os, const run& r)
{
    return os << "run{" << r.id << ' ' << r.status_text << ' ' << r.success_requests.value_or(0)
              << '+' << r.failed_requests.value_or(0) << '+' << r.timeout_requests.value_or(0)
              << " of " << r.total_requests.value_or(0) << '}';
}

inline std::ostream& operator<<(std::ostream& os, const creation& c)
{
    return os << "creation{" << c.id << ", blocked " << c.blocked_urls.size() << ", invalid "
              << c.invalid_items.size() << ", duplicates " << duplicates(c) << '}';
}

inline std::ostream& operator<<(std::ostream& os, const page_end& end)
{
    return os << (end.has_more ? "more behind " : "end ") << end.cursor.value_or("-");
}

inline std::ostream& operator<<(std::ostream& os, settlement how)
{
    constexpr const char* names[] = {
        "usable", "not_usable", "undecided", "failed", "timed_out", "filtered", "missing"};
    return os << names[static_cast<int>(how)];
}

inline std::ostream& operator<<(std::ostream& os, shortfall_cause cause)
{
    return os << to_string(cause);
}

inline std::ostream& operator<<(std::ostream& os, batch_stage stage)
{
    constexpr const char* names[] = {"creating", "created", "starting", "running", "finished"};
    return os << names[static_cast<int>(stage)];
}

inline std::ostream& operator<<(std::ostream& os, const list_jobs& page)
{
    os
        << (page.results == inline_results::include ? "list_jobs with results"
            : page.order_by == job_order::id        ? "list_jobs by id"
                                                    : "list_jobs");
    os << ", limit " << page.limit << ", " << page.statuses.size() << " statuses";
    if (page.completed_since) os << ", since " << format_timestamp(*page.completed_since);
    if (page.cursor) os << ", cursor " << *page.cursor;
    return os;
}

inline std::ostream& operator<<(std::ostream& os, const call& c)
{
    if (const auto* a = std::get_if<create_collection>(&c))
        return os << "create_collection " << a->draft.name << ' '
                  << (a->key ? a->key->text() : "without a key");
    if (const auto* a = std::get_if<list_collections>(&c))
        return os << "list_collections " << a->name.value_or("-");
    if (const auto* a = std::get_if<start_run>(&c)) return os << "start_run " << a->collection;
    if (const auto* a = std::get_if<list_runs>(&c)) return os << "list_runs " << a->collection;
    if (const auto* a = std::get_if<get_run>(&c)) return os << "get_run " << a->target;
    if (const auto* a = std::get_if<list_jobs>(&c)) return os << *a;
    if (const auto* a = std::get_if<get_result>(&c)) return os << "get_result " << a->job;
    return os << "another call";
}

namespace core {

inline std::ostream& operator<<(std::ostream& os, const action& a)
{
    if (const auto* e = std::get_if<exchange>(&a)) return scrapingpros::operator<<(os, e->what);
    if (const auto* d = std::get_if<deliver>(&a)) return os << "deliver " << d->item.job.id;
    if (const auto* s = std::get_if<append>(&a))
        return os << "append " << s->step.id << ' ' << s->step.how;
    if (const auto* w = std::get_if<wait_until>(&a)) {
        const auto when = std::chrono::round<milliseconds>(w->when.time_since_epoch());
        return os << "wait until " << when.count() << " ms";
    }
    if (const auto* f = std::get_if<finish>(&a))
        return os << "finish" << (f->ec ? ": " + f->ec.message() : "");
    return os << (std::holds_alternative<save>(a) ? "save" : "wait for an event");
}

}  // namespace core

}  // namespace scrapingpros::inline v0

#endif
