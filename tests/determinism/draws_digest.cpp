// One number made of a million draws: equal wherever the mock's draws are.

#include <cinttypes>
#include <cstdint>
#include <cstdio>

#include "runs/draws.hpp"

using namespace scrapingpros_mock;

int main()
{
    std::uint64_t digest = 0;
    const auto take = [&](std::uint64_t value) { digest = digest * 0x100000001b3 + value; };
    const log_normal bell{.p50 = 2'000'000, .p99 = 30'000'000, .cap = 120'000'000};
    const pareto tail{.p50 = 8'192, .p99 = 204'800, .cap = 1 << 20};
    const quantiles lines{600'000, 2'000'000, 6'000'000, 20'000'000};
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const draws chance{seed, "tenant"};
        for (std::uint64_t i = 0; i < 25'000; ++i) {
            take(chance.number("stream", seed, i));
            take(static_cast<std::uint64_t>(chance.from(bell, "bell", seed, i)));
            take(static_cast<std::uint64_t>(chance.from(tail, "tail", seed, i)));
            take(static_cast<std::uint64_t>(chance.from(lines, "lines", seed, i)));
        }
        for (const char c : chance.id("job", seed))
            take(static_cast<unsigned char>(c));
    }
    std::printf("%016" PRIx64 "\n", digest);
}
