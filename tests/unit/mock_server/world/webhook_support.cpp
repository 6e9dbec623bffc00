#include "webhook_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "text.hpp"

namespace mock_test {

scenario sending(std::initializer_list<std::pair<const char*, const char*>> set)
{
    scenario from = with(set);
    from.webhooks.delivery = webhook_delivery::send;
    return from;
}

std::string hooked_peer::begin(std::size_t jobs, std::string_view url)
{
    const std::string path = "/v1/async/collections/" + create(items(jobs)) + "/run";
    const response_plan plan =
        send("POST", path, R"({"callback_url":")" + std::string(url) + "\"}");
    CAPTURE(plan.body);
    REQUIRE_EQ(plan.status, 201);
    return path + "s/" + text_of(parse(plan.body).at("run_id"));
}

time_point hooked_peer::end_of(const std::string& run_path) const
{
    const auto found = service.find_run(id_in(run_path), now);
    REQUIRE(found);
    return found->terminal_at;
}

std::string hooked_peer::status(const std::string& run_path)
{
    return text_of(read(run_path).at("callback_status"));
}

std::vector<webhook_attempt> hooked_peer::take_next()
{
    if (const auto due = service.next_webhook()) now = std::max(now, *due);
    return service.take_due_webhooks(now);
}

webhook_attempt hooked_peer::take_one()
{
    auto taken = take_next();
    REQUIRE_EQ(taken.size(), 1);
    return std::move(taken.front());
}

void hooked_peer::answer(const webhook_attempt& attempt, unsigned status)
{
    service.webhook_answered(attempt.delivery, attempt.number, {.status = status}, now);
}

std::vector<duration> hooked_peer::times_until_over(const std::string& run_path, unsigned status)
{
    std::vector<duration> times;
    for (auto taken = take_next(); !taken.empty(); taken = take_next()) {
        REQUIRE_EQ(taken.size(), 1);
        times.push_back(now - end_of(run_path));
        answer(taken.front(), status);
    }
    return times;
}

std::string value_of(const webhook_attempt& attempt, std::string_view name)
{
    const request carrier{"", "", attempt.headers, "", 0};
    return std::string(carrier.find(name).value_or("(none)"));
}

std::size_t count_of(const webhook_attempt& attempt, std::string_view name)
{
    return static_cast<std::size_t>(std::count_if(
        attempt.headers.begin(),
        attempt.headers.end(),
        [&](const header& each) { return same_ignoring_case(each.name, name); }
    ));
}

}  // namespace mock_test
