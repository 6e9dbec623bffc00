#include "progress.hpp"

#include <algorithm>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace cli {
namespace {

namespace sp = scrapingpros;

std::size_t columns_of_terminal()
{
    struct winsize size {};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

std::string with_one_digit(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}

std::string bar_of(double share, std::size_t width)
{
    const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
    return '[' + std::string(full, '#') + std::string(width - full, '-') + "] ";
}

/// Taken off the list: delivered, not wanted, or known to be lost.
std::uint64_t settled(const sp::batch_progress& p)
{
    return p.delivered + p.counts.filtered + p.counts.missing;
}

}  // namespace

std::string clock_text(std::chrono::seconds length)
{
    const auto all = length.count();
    char text[40];
    if (all >= 3600)
        std::snprintf(
            text,
            sizeof text,
            "%lld:%02lld:%02lld",
            static_cast<long long>(all / 3600),
            static_cast<long long>(all / 60 % 60),
            static_cast<long long>(all % 60)
        );
    else
        std::snprintf(
            text,
            sizeof text,
            "%lld:%02lld",
            static_cast<long long>(all / 60),
            static_cast<long long>(all % 60)
        );
    return text;
}

progress::progress(progress_form form) : form_(form), shown_(clock::now())
{
    if (form_ == progress_form::automatic)
        form_ = ::isatty(STDERR_FILENO) == 1 ? progress_form::bar : progress_form::lines;
}

double progress::rate(const session_news& news) const
{
    const std::chrono::duration<double> spent = clock::now() - began_;
    const auto done = settled(news.progress) - delivered_before_;
    // Before that, any number would be a guess.
    return spent.count() > 0.5 ? static_cast<double>(done) / spent.count() : 0;
}

std::string progress::text_of(const session_news& news) const
{
    const auto& p = news.progress;
    if (p.stage < sp::batch_stage::running)
        return "submitting, " + std::to_string(news.requests.total()) + " requests";
    const auto done = settled(p);
    std::string text = std::to_string(done) + " of " + (p.total ? std::to_string(*p.total) : "?");
    if (p.total && *p.total > 0) text += "  " + std::to_string(100 * done / *p.total) + " %";
    if (const double each_second = rate(news); each_second > 0)
        text += "  " + with_one_digit(each_second) + "/s";
    text += "  ETA " + (p.eta ? clock_text(*p.eta) : std::string("?"));
    text += "  " + std::to_string(news.requests.total()) + " requests";
    if (news.limits.rate_remaining)
        text += ", " + std::to_string(*news.limits.rate_remaining) + " left";
    if (news.limits.quota_remaining)
        text += ", " + std::to_string(*news.limits.quota_remaining) + " credits";
    return text;
}

void progress::print()
{
    const auto text = text_of(last_);
    if (form_ == progress_form::lines) {
        std::fprintf(stderr, "%s\n", text.c_str());
        return;
    }
    const auto columns = columns_of_terminal();
    const auto width =
        columns > text.size() + 14 ? std::min<std::size_t>(columns - text.size() - 4, 30) : 0;
    const auto& p = last_.progress;
    const double share = p.total && *p.total > 0
                             ? static_cast<double>(settled(p)) / static_cast<double>(*p.total)
                             : 0.0;
    const auto line = (width > 0 ? bar_of((std::min)(share, 1.0), width) : std::string()) + text;
    std::fprintf(stderr, "\r\x1b[K%s", line.substr(0, columns - 1).c_str());
    std::fflush(stderr);
    bar_is_open_ = true;
}

void progress::show(const session_news& news)
{
    if (form_ == progress_form::none) return;
    const auto now = clock::now();
    if (!begun_ && news.progress.stage >= sp::batch_stage::running) {
        begun_ = true;
        began_ = now;
        delivered_before_ =
            settled(news.progress) - std::min<std::uint64_t>(settled(news.progress), 1);
    }
    last_ = news;
    const auto pause = form_ == progress_form::bar ? std::chrono::milliseconds(100)
                                                   : std::chrono::milliseconds(10'000);
    if (now - shown_ < pause) return;
    shown_ = now;
    print();
}

void progress::finish()
{
    if (form_ != progress_form::bar || !bar_is_open_) return;
    print();
    std::fputc('\n', stderr);
    bar_is_open_ = false;
}

}  // namespace cli
