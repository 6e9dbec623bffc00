#include <doctest/doctest.h>

#include <set>
#include <string>

#include "webhook_support.hpp"

// A56 to A60: each value must differ from each other one in what a receiver, or a client that reads
// the run, gets to see.

using namespace mock_test;

namespace {

/// All that is sent and shown for a run that completes and one that is cancelled, with a receiver
/// that is always out of order.
std::string history(const switches& contract)
{
    scenario from = steady();
    from.contract = contract;
    from.contract.cancel_route = choice::cancel_route::post_cancel;
    from.webhooks.delivery = webhook_delivery::send;
    hooked_peer client{from};
    const std::string done = client.begin();
    const std::string cancelled = client.begin();
    client.send("POST", cancelled + "/cancel");
    std::string told;
    for (auto taken = client.take_next(); !taken.empty(); taken = client.take_next())
        for (const webhook_attempt& each : taken) {
            told += each.body;
            for (const header& field : each.headers)
                told += field.name + field.value;
            client.answer(each, 500);
            told += client.status(done) + client.status(cancelled);
        }
    return told + client.status(done) + client.status(cancelled);
}

}  // namespace

TEST_SUITE("mock.switches.observable")
{
    TEST_CASE("SRV-021: each value of A56 to A60 is seen by the receiver or in callback_status")
    {
        for (const switch_entry& each : known_switches()) {
            if (each.number < 56 || each.number > 60) continue;
            std::set<std::string> seen;
            for (const std::string_view value : each.values) {
                switches contract;
                contract.set(each.name, value);
                seen.insert(history(contract));
            }
            CAPTURE(std::string(each.name));
            CHECK_EQ(seen.size(), each.values.size());
        }
    }
}
