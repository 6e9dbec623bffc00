#ifndef SCRAPINGPROS_TESTS_CONFORMANCE_SIM_FOLDER_HPP
#define SCRAPINGPROS_TESTS_CONFORMANCE_SIM_FOLDER_HPP

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <system_error>

#include "../words.hpp"

namespace conformance {

/// What is in the subject's folder now. Whoever dies leaves no more than that, and destructors that run
/// all the same must not change it.
class folder_as_it_is {
public:
    folder_as_it_is() : path_(environment("SP_STATE"))
    {
        std::error_code none;
        for (const auto& each : std::filesystem::directory_iterator(path_, none)) {
            std::ifstream in(each.path(), std::ios::binary);
            files_[each.path()] = {std::istreambuf_iterator<char>(in), {}};
        }
    }
    void restore() const
    {
        std::error_code none;
        for (const auto& each : std::filesystem::directory_iterator(path_, none))
            std::filesystem::remove(each.path(), none);
        for (const auto& [file, content] : files_)
            std::ofstream(file, std::ios::binary) << content;
    }

private:
    std::filesystem::path path_;
    std::map<std::filesystem::path, std::string> files_{};
};

}  // namespace conformance

#endif
