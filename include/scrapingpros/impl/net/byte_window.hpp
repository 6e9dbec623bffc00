#ifndef SCRAPINGPROS_IMPL_NET_BYTE_WINDOW_HPP
#define SCRAPINGPROS_IMPL_NET_BYTE_WINDOW_HPP

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0::detail {

/// Bytes received and not yet consumed, in a buffer of fixed size that is lent while it is needed.
class byte_window {
public:
    bool has_memory() const noexcept { return memory_ != nullptr; }
    void lend(std::unique_ptr<char[]> memory, std::size_t capacity) noexcept
    {
        memory_ = std::move(memory);
        capacity_ = capacity;
        begin_ = end_ = 0;
    }
    std::unique_ptr<char[]> give_back() noexcept
    {
        begin_ = end_ = capacity_ = 0;
        return std::move(memory_);
    }

    const char* data() const noexcept { return memory_.get() + begin_; }
    std::size_t size() const noexcept { return end_ - begin_; }
    bool empty() const noexcept { return begin_ == end_; }
    bool full() const noexcept { return size() == capacity_; }

    /// Where the next bytes go; empty only if the window is full.
    std::span<char> room() noexcept
    {
        if (empty()) {
            begin_ = end_ = 0;
        } else if (end_ == capacity_ && begin_ > 0) {
            std::memmove(memory_.get(), data(), size());
            end_ = size();
            begin_ = 0;
        }
        return {memory_.get() + end_, capacity_ - end_};
    }
    void commit(std::size_t n) noexcept { end_ += n; }
    void consume(std::size_t n) noexcept { begin_ += n; }

private:
    std::unique_ptr<char[]> memory_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

/// The buffers that no connection needs at present: an idle connection has none.
class buffer_store {
public:
    explicit buffer_store(std::size_t bytes) : bytes_(bytes) {}

    void lend_to(byte_window& window)
    {
        if (window.has_memory()) return;
        if (free_.empty()) {
            window.lend(std::make_unique_for_overwrite<char[]>(bytes_), bytes_);
        } else {
            window.lend(std::move(free_.back()), bytes_);
            free_.pop_back();
        }
    }
    /// A window that is not empty keeps its buffer.
    void take_from(byte_window& window)
    {
        if (window.has_memory() && window.empty()) free_.push_back(window.give_back());
    }

private:
    std::size_t bytes_;
    std::vector<std::unique_ptr<char[]>> free_;
};

}  // namespace scrapingpros::inline v0::detail

#endif
