// A program of somebody else: it knows the library's documented headers and nothing of this
// project.
#include <scrapingpros/models.hpp>
#include <scrapingpros/policies.hpp>

#include <chrono>

int main()
{
    scrapingpros::scrape_request request{.url = "https://example.com/"};
    scrapingpros::fixed_interval every_second{.delay = std::chrono::seconds(1)};
    const bool as_written =
        !request.url.empty() && every_second.next_delay({}) == std::chrono::seconds(1);
    return as_written ? 0 : 1;
}
