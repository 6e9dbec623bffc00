// scrapingpros: scrapes lists of pages from the command line. README.md beside this file is its manual
// page; `scrapingpros --help` and `scrapingpros VERB --help` list everything.

#include <scrapingpros/diagnostics.hpp>

#include <exception>
#if __has_include(<malloc.h>)
#include <malloc.h>
#endif
#include <iostream>
#include <string>

#include "arguments.hpp"
#include "stop_signal.hpp"
#include "verbs.hpp"

namespace {

using namespace cli;

int tell(exit_code code, const std::string& why)
{
    if (!why.empty()) std::cerr << "scrapingpros: " << why << '\n';
    return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv)
{
    try {
#ifdef M_MMAP_THRESHOLD
        // Large pieces of memory go back to the system when they are let go of, and at once.
        ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
        catch_stop_signals();
        const auto given = read_arguments(argc, argv);
        if (const int* code = std::get_if<int>(&given)) return *code;
        return static_cast<int>(perform(std::get<arguments>(given)));
    } catch (const failure& error) {
        return tell(error.code(), error.what());
    } catch (const scrapingpros::api_error& error) {  // options of the client
        return tell(exit_code::bad_input, error.what());
    } catch (const std::exception& error) {
        return tell(exit_code::unreachable, error.what());
    }
}
