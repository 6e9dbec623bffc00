#ifndef TESTS_SUPPORT_FULL_DISK_HPP
#define TESTS_SUPPORT_FULL_DISK_HPP

#include <csignal>
#include <cstddef>
#include <sys/resource.h>

namespace scrapingpros::tests {

/// Lets no file of this process grow beyond `bytes`, as a full disk would.
class full_disk {
public:
    explicit full_disk(std::size_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN))
    {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        ::rlimit now = before_;
        now.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &now);
    }
    full_disk(const full_disk&) = delete;
    full_disk& operator=(const full_disk&) = delete;
    ~full_disk()
    {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

private:
    ::rlimit before_{};
    void (*handler_)(int);
};

}  // namespace scrapingpros::tests

#endif
