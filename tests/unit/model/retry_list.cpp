#include <scrapingpros/model/retry_list.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace scrapingpros;

namespace {

job_outcome outcome_of(std::string url, std::optional<std::string> custom_id, judgement verdict)
{
    job_outcome made;
    made.job.status = job_status::completed;
    made.job.url = std::move(url);
    made.job.custom_id = std::move(custom_id);
    made.verdict.value = verdict;
    return made;
}

std::vector<request_item> items()
{
    return {
        scrape_request{.url = "https://a.example/"},
        scrape_request{.url = "https://a.example/", .custom_id = "second"},
        scrape_request{.url = "https://b.example/", .custom_id = "b", .browser = true},
        raw_item{R"({"url":"https://c.example/"})"},
    };
}

}  // namespace

TEST_SUITE("model.retry_list")
{
    TEST_CASE("what failed, timed out or is not usable is submitted again as it was, the rest not")
    {
        retry_list again;
        again.note(outcome_of("https://a.example/", {}, judgement::usable));
        CHECK(again.empty());
        again.note(outcome_of("https://a.example/", "second", judgement::not_usable));
        auto failed = outcome_of("https://b.example/", "b", judgement::unknown);
        again.note(failed);
        CHECK_EQ(again.size(), 1u);
        failed.job.status = job_status::timeout;
        again.note(failed);
        again.note(failed);
        CHECK_EQ(again.size(), 2u);

        const auto all = items();
        const auto draft = again.draft("again", all);
        CHECK_EQ(draft.name, "again");
        CHECK_EQ(draft.requests, std::vector<request_item>{all[1], all[2]});
    }

    TEST_CASE("the remainder is submitted again, whatever the cause")
    {
        retry_list again;
        again.note(remainder{
            {{.id = {"1"}, .cause = shortfall_cause::expired, .url = "https://a.example/"},
             {.id = {"2"}, .cause = shortfall_cause::never_listed}},
            3});
        CHECK_EQ(again.unmatched(), 4u);
        CHECK_EQ(again.draft("again", items()).requests, std::vector<request_item>{items()[0]});
    }

    TEST_CASE("an outcome that says to stop is not tried again")
    {
        auto stop = outcome_of("https://a.example/", {}, judgement::not_usable);
        stop.result.emplace().guidance.emplace().stop_reason = "login_wall";
        retry_list again;
        again.note(stop);
        CHECK(again.empty());
        CHECK_EQ(again.stopped(), 1u);
    }

    TEST_CASE("a row without its URL is known by its custom_id")
    {
        auto bare = outcome_of("", "b", judgement::not_usable);
        bare.job.url.reset();
        retry_list again;
        again.note(bare);
        CHECK_EQ(again.draft("again", items()).requests, std::vector<request_item>{items()[2]});
        bare.job.custom_id.reset();
        again.note(bare);
        CHECK_EQ(again.unmatched(), 1u);
    }

    TEST_CASE("a URL that the service has cut is known by its beginning")
    {
        const std::string beginning = "https://a.example/" + std::string(2030, 'x');
        const std::vector<request_item> sent{
            scrape_request{.url = beginning + "y"},
            scrape_request{.url = beginning.substr(0, 900)}};
        auto cut = outcome_of(beginning, {}, judgement::not_usable);
        cut.job.url_truncated = true;
        retry_list again;
        again.note(cut);
        CHECK_EQ(again.draft("again", sent).requests, std::vector<request_item>{sent[0]});
    }
}
