// The options of each verb.

#include "options.hpp"

#include <charconv>
#include <map>
#include <string>

namespace cli {
namespace {

namespace sp = scrapingpros;

constexpr const char* exit_codes =
    "Exit codes: 0 everything was delivered; 1 the service could not be reached; 2 usage, input "
    "or\n"
    "checkpoint; 3 something is left that is named; 4 the service refused it; 5 the run has "
    "failed\n"
    "or was cancelled; 6 the deadline passed; 7 output or checkpoint could not be written; 130 a\n"
    "signal ended the wait; 141 whoever read the output has gone.";

/// One of the names, or `fixed:SECONDS`.
bool set_strategy(chosen_strategy& to, std::string_view text)
{
    constexpr std::string_view fixed = "fixed:";
    if (text == "pacer") {
        to.strategy = sp::pacer();
    } else if (text == "thrifty") {
        to.strategy = sp::pacer(sp::pacer_options::thrifty());
    } else if (text == "fresh") {
        to.strategy = sp::pacer(sp::pacer_options::fresh());
    } else if (text == "official") {
        to.strategy = chosen_strategy::official{};
    } else if (text == "exponential") {
        to.strategy = chosen_strategy::exponential{};
    } else if (text.starts_with(fixed)) {
        const auto seconds = number_in(text.substr(fixed.size()), 0.001, 86400);
        if (!seconds) return false;
        to.strategy = chosen_strategy::fixed{sp::fixed_interval{
            std::chrono::round<sp::milliseconds>(std::chrono::duration<double>(*seconds))}};
    } else {
        return false;
    }
    return true;
}

/// The options of all verbs; each verb declares those that mean something to it.
class declaration {
public:
    declaration(CLI::App& app, arguments& to) : app_(app), to_(to) {}

    void input(CLI::App& of)
    {
        of.add_option(
              "INPUT", to_.input, "Pages, a file: text, .csv, .jsonl; - is the standard input"
        )
            ->required()
            ->option_text(" ");
        static const std::map<std::string, input_form> forms = {
            {"text", input_form::text}, {"csv", input_form::csv}, {"jsonl", input_form::jsonl}};
        of.add_option("--format", to_.form, "Form of the input, if its name does not tell")
            ->transform(CLI::CheckedTransformer(forms))
            ->option_text("text|csv|jsonl");
        of.add_flag(
            "--dry-run", to_.dry_run, "Check the input and estimate what it costs; no network"
        );
    }

    void name(CLI::App& of)
    {
        of.add_option("--name", to_.name, "Name of the batch; the input's, if not given")
            ->type_name("NAME");
    }

    void checkpoint(CLI::App& of, bool needed)
    {
        auto* option = of.add_option(
            "--checkpoint",
            to_.checkpoint,
            "Where progress is kept: FILE, or sqlite:FILE for a ledger"
        );
        option->type_name("WHERE");
        if (needed) option->required();
    }

    void service(CLI::App& of)
    {
        const auto rate = CLI::Range(1.0, 1e6);
        of.add_option("--read-rate", to_.read_rate, "Reads a minute at most")
            ->check(rate)
            ->option_text("N");
        of.add_option("--write-rate", to_.write_rate, "Submits a minute at most")
            ->check(rate)
            ->option_text("N");
        of.add_option_function<std::string>(
              "--strategy",
              [&to = to_](const std::string& text) {
                  if (!set_strategy(to.strategy, text))
                      throw CLI::ValidationError("--strategy", "no such strategy: " + text);
              },
              "When to look at the run: pacer, thrifty, fresh, official, exponential, fixed:SECONDS"
        )
            ->type_name("NAME");
        static const std::map<std::string, double> units = {
            {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
        of.add_option("--deadline", to_.deadline, "End the wait after so long: 90s, 45m, 6h")
            ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::UNIT_OPTIONAL))
            ->check(CLI::Range(0.001, 1e8))
            ->option_text("TIME");
        of.add_option(
              "--time-scale",
              to_.strategy.time_scale,
              "How much faster the service's clock runs; SP_TIME_SCALE, if not given"
        )
            ->check(CLI::Range(0.001, 1e6))
            ->option_text("X");
        static const std::map<std::string, progress_form> forms = {
            {"auto", progress_form::automatic},
            {"bar", progress_form::bar},
            {"lines", progress_form::lines},
            {"none", progress_form::none}};
        of.add_option("--progress", to_.shown, "What is shown on stderr")
            ->transform(CLI::CheckedTransformer(forms))
            ->option_text("auto|bar|lines|none");
        durability(of);
    }

    void output(CLI::App& of)
    {
        auto& how = to_.delivery;
        of.add_option("--output", how.output, "File for the lines; - is the standard output")
            ->type_name("FILE");
        of.add_option(
              "--folder",
              how.folder,
              "Bodies into files of this folder, lines into its results.jsonl"
        )
            ->type_name("DIR");
        of.add_flag(
            "--include-failed", to_.include_failed, "Lines for pages that are not usable too"
        );
        of.add_flag("--store-errors", how.store_errors, "Their bodies too");
    }

    void durability(CLI::App& of)
    {
        static const std::map<std::string, sp::durability> kinds = {
            {"process", sp::durability::process}, {"power", sp::durability::power}};
        of.add_option(
              "--durability", to_.delivery.outlive, "What everything that was written outlives"
        )
            ->transform(CLI::CheckedTransformer(kinds))
            ->option_text("process|power");
    }

    CLI::App* verb_of(const char* name, verb what, const char* description)
    {
        auto* made = app_.add_subcommand(name, description);
        made->footer(exit_codes);
        made->callback([&to = to_, what] { to.what = what; });
        return made;
    }

private:
    CLI::App& app_;
    arguments& to_;
};

}  // namespace

/// Empty unless the whole text is a number in that range.
std::optional<double> number_in(std::string_view text, double least, double most)
{
    double value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || !(value >= least && value <= most)) return {};
    return value;
}

void declare(CLI::App& app, arguments& to)
{
    declaration say(app, to);
    auto* run = say.verb_of("run", verb::run, "Submit pages and deliver their results");
    auto* submit = say.verb_of("submit", verb::submit, "Submit pages, and do not wait for them");
    auto* attach = say.verb_of("attach", verb::attach, "Deliver the results of a run that exists");
    auto* retry = say.verb_of(
        "retry-failed", verb::retry_failed, "Run the pages again that came to nothing before"
    );
    auto* results =
        say.verb_of("results", verb::results, "List what a ledger holds; no network is used");
    auto* status = say.verb_of("status", verb::status, "How far a batch is; no network is used");
    attach->add_option("COLLECTION", to.collection, "Id; with none, the run of the checkpoint");
    attach->add_option("RUN", to.run, "Id");
    retry->add_option("--earlier", to.earlier, "The lines of the batch before")
        ->type_name("FILE")
        ->required();
    for (auto* each : {run, submit, retry})
        say.input(*each);
    for (auto* each : {run, submit, attach, retry, results, status})
        say.name(*each);
    for (auto* each : {run, submit, attach, retry})
        say.checkpoint(*each, false);
    for (auto* each : {results, status})
        say.checkpoint(*each, true);
    for (auto* each : {run, submit, attach, retry})
        say.service(*each);
    for (auto* each : {run, attach, retry})
        say.output(*each);
    app.footer(exit_codes);
    app.require_subcommand(1);
}

}  // namespace cli
