#ifndef TESTS_SUPPORT_PRINTING_HPP
#define TESTS_SUPPORT_PRINTING_HPP

// How failing assertions show values of the model.

#include <scrapingpros/models.hpp>
#include <scrapingpros/wire/timestamp.hpp>

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

}  // namespace scrapingpros::inline v0

#endif
