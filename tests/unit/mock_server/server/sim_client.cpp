#include "sim_client.hpp"

#include <boost/json/parse.hpp>

#include <stdexcept>

namespace json = boost::json;
using namespace scrapingpros_mock;

response_plan sim_client::send(
    std::string_view method, std::string_view target, std::string_view body
)
{
    request what;
    what.method = method;
    what.target = target;
    what.body = body;
    if (!token.empty()) what.headers.push_back({"Authorization", "Bearer " + token});
    exchange over = service.answer(what);
    if (over.later)
        over.plan = over.later(over.owner->shared_clock()->look_at(over.wakes_with).state);
    return over.plan;
}

json::value sim_client::ask(
    unsigned status, std::string_view method, std::string_view target, std::string_view body
)
{
    const response_plan got = send(method, target, body);
    if (got.status != status)
        throw std::runtime_error(
            std::string(method) + " " + std::string(target) + ": " + std::to_string(got.status) +
            " " + got.body
        );
    return json::parse(got.body);
}

std::string sim_client::start_run(std::size_t jobs)
{
    const std::string collections = "/v1/async/collections";
    std::string items;
    for (std::size_t i = 0; i < jobs; ++i)
        items += (i == 0 ? "" : ",") +
                 (R"({"url":"https://shop.example.com/)" + std::to_string(i) + "\"}");
    const auto made = ask(201, "POST", collections, R"({"name":"n","requests":[)" + items + "]}");
    const std::string path = collections + "/" + std::string(made.at("id").as_string());
    const auto run = ask(201, "POST", path + "/run");
    return path + "/runs/" + std::string(run.at("run_id").as_string());
}
