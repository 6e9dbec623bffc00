// The shortest program that is of use: submits three pages, waits, and prints what came. Prints a
// line for each page, in no particular order:
//
//     https://shop.example.com/2: 6463 bytes

// tag::program[]
#include <scrapingpros.hpp>

#include <cstdlib>
#include <iostream>

int main()
{
    try {
        scrapingpros::client_options options;
        if (const char* url = std::getenv("SCRAPINGPROS_BASE_URL")) options.base_url = url;
        if (const char* token = std::getenv("SP_TOKEN"))
            options.token = scrapingpros::secret(token);
        scrapingpros::blocking_client service(options);

        scrapingpros::collection_draft draft{.name = "my first batch"};
        for (const char* url :
             {"https://shop.example.com/1",
              "https://shop.example.com/2",
              "https://shop.example.com/3"})
            draft.requests.push_back(scrapingpros::scrape_request{.url = url});

        auto batch = service.submit_batch(draft);
        for (const scrapingpros::job_outcome& page : batch)
            std::cout << page.job.url.value_or("?") << ": "
                      << (page.result ? page.result->body.content.size() : 0) << " bytes\n";
    } catch (const scrapingpros::api_error& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
// end::program[]
