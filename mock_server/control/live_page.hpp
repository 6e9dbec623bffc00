#ifndef SCRAPINGPROS_MOCK_CONTROL_LIVE_PAGE_HPP
#define SCRAPINGPROS_MOCK_CONTROL_LIVE_PAGE_HPP

#include <string_view>

namespace scrapingpros_mock {

/// live_page.html, put into the program by CMake.
std::string_view live_page_html() noexcept;

}  // namespace scrapingpros_mock

#endif
