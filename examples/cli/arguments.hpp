#ifndef SCRAPINGPROS_CLI_ARGUMENTS_HPP
#define SCRAPINGPROS_CLI_ARGUMENTS_HPP

#include <scrapingpros/secret.hpp>

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "delivery.hpp"
#include "input.hpp"
#include "progress.hpp"
#include "strategy.hpp"

namespace cli {

enum class verb { run, submit, attach, results, retry_failed, status };

/// What the command line and the environment say.
struct arguments {
    verb what = verb::run;

    // What to scrape.
    std::string input{};
    input_form form = input_form::by_name;
    std::string name{};
    bool dry_run = false;
    /// Of `attach`; both empty: what the checkpoint says.
    std::string collection{};
    std::string run{};
    /// Of `retry-failed`: the lines of the batch before.
    std::string earlier{};

    // The service.
    std::string base_url{};
    scrapingpros::secret token{};
    std::string ca_file{};
    double read_rate = 0;
    double write_rate = 0;
    chosen_strategy strategy{};
    /// In seconds; 0: none.
    double deadline = 0;

    // Where it goes.
    std::string checkpoint{};
    delivery_options delivery{};
    bool include_failed = false;
    progress_form shown = progress_form::automatic;

    /// The command line, to be shown when the same is to be called again.
    std::vector<std::string> words{};
};

/// The arguments; or the exit code, where help was asked for or something was wrong and was told.
std::variant<arguments, int> read_arguments(int argc, char** argv);

/// The name of the batch: what was given, else that of the input.
std::string name_of(const arguments& given);

/// Words for a shell to read.
std::string shell_text(const std::vector<std::string>& words);

}  // namespace cli

#endif
