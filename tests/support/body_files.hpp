#ifndef TESTS_SUPPORT_BODY_FILES_HPP
#define TESTS_SUPPORT_BODY_FILES_HPP

#include <scrapingpros/folder_sink.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/temporary_folder.hpp"

namespace test {

using namespace scrapingpros;

inline error_code system_error(int number)
{
    return {number, boost::system::system_category()};
}

inline folder_sink sink_in(std::string folder, file_naming naming = file_naming::sha256)
{
    diagnostics diag;
    auto sink = make_folder_sink({.folder = std::move(folder), .naming = naming}, diag);
    REQUIRE_MESSAGE(sink.has_value(), describe(sink.error(), diag));
    return *sink;
}

inline folder_file opened(const folder_sink& sink, const job& which, body_kind kind)
{
    diagnostics diag;
    auto file = sink.open(which, kind, diag);
    REQUIRE_MESSAGE(file.has_value(), describe(file.error(), diag));
    return std::move(*file);
}

inline void written(folder_file& file, std::string_view piece)
{
    diagnostics diag;
    const auto ec = file.write(piece, diag);
    REQUIRE_MESSAGE(!ec.failed(), describe(ec, diag));
}

inline stored_body committed(folder_file& file)
{
    diagnostics diag;
    auto out = file.commit(diag);
    REQUIRE_MESSAGE(out.has_value(), describe(out.error(), diag));
    return *out;
}

inline stored_body stored(
    const folder_sink& sink, const job& which, body_kind kind, std::string_view content
)
{
    auto file = opened(sink, which, kind);
    written(file, content);
    return committed(file);
}

inline error_code refused_folder(const std::string& folder)
{
    diagnostics diag;
    const auto sink = make_folder_sink({.folder = folder}, diag);
    REQUIRE(sink.has_error());
    CHECK_EQ(diag.place, folder);
    return sink.error();
}

/// Those that are not on their way.
inline std::set<std::string> finished_names(const temporary_folder& folder)
{
    auto out = folder.names();
    std::erase_if(out, [](const std::string& name) { return name.starts_with('.'); });
    return out;
}

}  // namespace test

#endif
