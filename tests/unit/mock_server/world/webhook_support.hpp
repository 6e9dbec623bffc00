#ifndef SCRAPINGPROS_TESTS_MOCK_WORLD_WEBHOOK_SUPPORT_HPP
#define SCRAPINGPROS_TESTS_MOCK_WORLD_WEBHOOK_SUPPORT_HPP

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "support.hpp"

namespace mock_test {

/// `with` in a service that sends its webhooks.
scenario sending(std::initializer_list<std::pair<const char*, const char*>> set = {});

/// A client whose runs have a callback URL, and the receiver's part in conversation with the world.
struct hooked_peer : peer {
    explicit hooked_peer(scenario from = sending()) : peer(std::move(from)) {}

    /// Starts a run and returns its path.
    std::string begin(std::size_t jobs = 3, std::string_view url = "http://127.0.0.1:8080/hook");
    time_point end_of(const std::string& run_path) const;
    /// `callback_status` as the run's route has it.
    std::string status(const std::string& run_path);

    /// Goes to the next due time, if there is one, and takes what is due there.
    std::vector<webhook_attempt> take_next();
    /// The same where exactly one attempt must be due.
    webhook_attempt take_one();
    void answer(const webhook_attempt&, unsigned status);
    /// Takes and answers attempt after attempt; the times of taking, from the run's end on.
    std::vector<duration> times_until_over(const std::string& run_path, unsigned status);
};

std::string value_of(const webhook_attempt&, std::string_view name);
std::size_t count_of(const webhook_attempt&, std::string_view name);

}  // namespace mock_test

#endif
