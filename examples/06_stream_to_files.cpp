// The bodies of a batch into files of a folder: the argument after URL and token, or one made for the
// occasion. A job is acknowledged when its file is safe under its final name: a program that is killed
// loses none, and one that comes again after that replaces its file. Prints a line for each file and,
// at the end:
//
//     30 bodies in <folder>, 0 left

#include <scrapingpros/blocking_client.hpp>
#include <scrapingpros/folder_sink.hpp>

#include <filesystem>
#include <iostream>
#include <string>

#include "service_options.hpp"

namespace sp = scrapingpros;

namespace {

template <class T>
T value(sp::result<T> got, const sp::diagnostics& why)
{
    if (!got) throw sp::api_error(got.error(), why);
    return std::move(*got);
}

// tag::store[]
/// Writes one body; once this has returned it is on the disk, or there was none.
bool store(const sp::folder_sink& folder, const sp::job_outcome& item)
{
    if (!item.result || item.result->body.kind == sp::body_kind::none) return false;
    sp::diagnostics why;
    auto file = value(folder.open(item.job, item.result->body.kind, why), why);
    if (const auto ec = file.write(item.result->body.content, why)) throw sp::api_error(ec, why);
    const auto stored = value(file.commit(why), why);
    std::cout << stored.bytes << " bytes, " << stored.path << '\n';
    return true;
}
// end::store[]

}  // namespace

int main(int argc, char** argv)
{
    try {
        const std::string folder =
            argc > 3 ? argv[3] : (std::filesystem::temp_directory_path() / "bodies").string();
        sp::diagnostics why;
        const auto sink = value(
            sp::make_folder_sink({.folder = folder, .naming = sp::file_naming::job}, why), why
        );

        // tag::files[]
        sp::blocking_client service(service_options(argc, argv));
        sp::collection_draft draft{.name = "into files"};
        for (int page = 1; page <= 30; ++page)
            draft.requests.push_back(sp::scrape_request{
                .url = "https://shop.example.com/" + std::to_string(page)});
        auto all = service.submit_batch(draft, {.acknowledge = sp::acknowledgement::manual});
        int bodies = 0;
        for (const auto& item : all) {
            bodies += store(sink, item) ? 1 : 0;
            if (const auto ec = all.acknowledge(item.job.id)) throw sp::api_error(ec, {});
        }
        // end::files[]
        std::cout << bodies << " bodies in " << folder << ", " << all.summary().left.jobs.size()
                  << " left\n";
    } catch (const sp::api_error& error) {
        std::cerr << error.what() << '\n';
        return error.code() == sp::cond::invalid_input ? 2 : 1;
    }
}
