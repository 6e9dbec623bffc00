#include "guard.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <optional>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "mutator.hpp"

namespace fuzz {

struct shared_notes {
    std::atomic<std::uint64_t> episode;
    std::atomic<std::uint64_t> tried;
    std::atomic<std::size_t> size;
    char input[std::size_t{1} << 20];
    char what[4096];
};

namespace {

using clock = std::chrono::steady_clock;

constexpr int found_something = 86;
/// An input takes microseconds. What takes this long on the slowest machine has stopped.
constexpr std::chrono::seconds longest_silence{60};

struct options {
    std::uint64_t seed = 1;
    std::optional<std::uint64_t> episodes;
    double minutes = 1.0 / 3.0;  ///< the three programs make a minute of it
    std::optional<std::uint64_t> only;
};

shared_notes& make_notes()
{
    void* memory = ::mmap(
        nullptr, sizeof(shared_notes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0
    );
    if (memory == MAP_FAILED) throw std::bad_alloc{};
    return *new (memory) shared_notes{};
}

/// The child's work.
int play(const options& given, const episode& one, shared_notes& shared)
{
    const auto deadline = clock::now() + std::chrono::duration<double>{given.minutes * 60.0};
    notes said{shared};
    const std::uint64_t first = given.only.value_or(0);
    const auto last = given.only ? *given.only + 1 : given.episodes;
    for (std::uint64_t i = first; last ? i < *last : clock::now() < deadline; ++i) {
        shared.episode = i;
        try {
            one(mutator{given.seed * 0x10001u + i}.next(), said);
        } catch (const std::exception& broken) {
            std::strncpy(shared.what, broken.what(), sizeof shared.what - 1);
            return found_something;
        }
    }
    return 0;
}

/// Why the child ended; empty if it found nothing.
std::string watch(pid_t child, const shared_notes& shared)
{
    std::uint64_t seen = 0;
    auto last_sign = clock::now();
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        const std::uint64_t tried = shared.tried;
        if (tried != seen) last_sign = clock::now();
        seen = tried;
        if (clock::now() - last_sign < longest_silence) continue;
        ::kill(child, SIGKILL);
        ::waitpid(child, &status, 0);
        return "it hangs";
    }
    if (WIFSIGNALED(status)) return std::string("it died: ") + ::strsignal(WTERMSIG(status));
    if (WEXITSTATUS(status) == found_something) return shared.what;
    if (WEXITSTATUS(status) != 0)
        return "it ended with exit code " + std::to_string(WEXITSTATUS(status));
    return {};
}

}  // namespace

void notes::trying(std::string_view input)
{
    const std::size_t size = std::min(input.size(), sizeof where_.input);
    std::memcpy(where_.input, input.data(), size);
    where_.size = size;
    ++where_.tried;
}

std::uint64_t notes::tried() const
{
    return where_.tried;
}

int run_episodes(int argc, const char* const* argv, const episode& one)
{
    CLI::App app{"Tries damaged inputs. The same seed tries the same ones."};
    options given;
    app.add_option("--seed", given.seed, "Seed of all that is drawn")->capture_default_str();
    app.add_option("--minutes", given.minutes, "For so long")
        ->check(CLI::Range(0.0, 1e6))
        ->capture_default_str();
    app.add_option("--episodes", given.episodes, "So many episodes instead");
    app.add_option("--only", given.only, "The episode with this number alone");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    std::cout << "seed " << given.seed << std::endl;
    shared_notes& shared = make_notes();
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error{"cannot fork"};
    // Through exit, so that what looks for leaks at the end gets its turn.
    if (child == 0) std::exit(play(given, one, shared));
    const std::string found = watch(child, shared);
    std::cout << shared.tried << " inputs in " << shared.episode + 1 << " episodes\n";
    if (found.empty()) return 0;
    std::cout << "FOUND: " << found << "\nagain with: " << argv[0] << " --seed " << given.seed
              << " --only " << shared.episode << "\nthe last input: \""
              << escaped({shared.input, shared.size}) << "\"\n";
    return 1;
}

}  // namespace fuzz
