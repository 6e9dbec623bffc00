// Scrapes a list of pages from end to end: submits them, delivers the results while the run goes
// on, and checks that every one arrived as it should. `--help` says how to use it; `bash
// examples/run` runs it on some 530 pages of a mock service. The last line of its output is
//
//     delivered 530 of 530, sha256 mismatches 0

#include <exception>
#include <fstream>
#include <iostream>
#include <utility>

#include "arguments.hpp"
#include "delivery.hpp"
#include "items.hpp"
#include "scrape.hpp"
#include "summary.hpp"

namespace {

using namespace quickstart;

void alter(const std::filesystem::path& page)
{
    std::ofstream(page, std::ios::app) << "<!-- altered after the submit -->\n";
    std::cerr << "altered " << page.string() << '\n';
}

int run(const arguments& given)
{
    auto items = given.pages ? find_pages(*given.pages) : read_list(given.list);
    auto draft = draft_of(items);
    delivery out(given.out, std::move(items));
    std::cerr << "submitting " << out.items().size() << " pages\n";

    mock_records records;
    const auto on_submit = [&] {
        if (given.alter_one_page) alter(*given.pages / out.items().front().custom_id);
    };
    const effort used =
        scrape(given, std::move(draft), out, on_submit, given.pages ? &records : nullptr);

    const delivery_counts& counts = out.counts();
    std::cout << summary_of(used, counts);
    std::string wrong;
    if (given.pages) {
        wrong = disagreements(records, used, counts);
        std::cout << "ledger       " << (wrong.empty() ? "the mock counts the same\n" : wrong);
    }
    std::cout << "written to   " << out.folder().string() << '\n';
    std::cout << "delivered " << counts.delivered() << " of " << used.jobs;
    if (given.pages) std::cout << ", sha256 mismatches " << counts.mismatches;
    std::cout << std::endl;

    const bool complete = counts.delivered() == used.jobs && used.jobs == out.items().size();
    return complete && counts.mismatches == 0 && wrong.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        const auto given = read_arguments(argc, argv);
        return given ? run(*given) : 0;
    } catch (const bad_input& error) {
        std::cerr << "quickstart: " << error.what() << '\n';
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "quickstart: " << error.what() << '\n';
        return 1;
    }
}
