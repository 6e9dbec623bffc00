#ifndef SCRAPINGPROS_MODEL_REQUEST_LIST_HPP
#define SCRAPINGPROS_MODEL_REQUEST_LIST_HPP

#include <scrapingpros/model/scrape_request.hpp>

#include <atomic>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0 {

/** The items of a collection: a vector whose copies share their elements until one of them is changed.

    An item takes some 700 bytes, a submit of 50,000 so 34 MB; on its way to the service a draft is kept,
    stored and sent, each of it a copy.

    Access that may change an element (through anything not const) gives this list elements of its own;
    iterators and references into it are then no longer good.

    @par Thread safety
    As a vector: copies may be used on different threads.
*/
class request_list {
public:
    using value_type = request_item;
    using size_type = std::size_t;
    using reference = request_item&;
    using const_reference = const request_item&;
    using iterator = std::vector<request_item>::iterator;
    using const_iterator = std::vector<request_item>::const_iterator;

    request_list() = default;
    request_list(std::vector<request_item> items)
        : items_(std::make_shared<std::vector<request_item>>(std::move(items)))
    {
    }
    request_list(std::initializer_list<request_item> items)
        : request_list(std::vector<request_item>(items))
    {
    }

    bool empty() const noexcept { return size() == 0; }
    size_type size() const noexcept { return items_ ? items_->size() : 0; }

    const_reference operator[](size_type i) const { return (*items_)[i]; }
    const_reference at(size_type i) const { return items().at(i); }
    const_reference front() const { return items_->front(); }
    const_reference back() const { return items_->back(); }
    const_iterator begin() const { return items().begin(); }
    const_iterator end() const { return items().end(); }
    const request_item* data() const { return items().data(); }

    reference operator[](size_type i) { return own()[i]; }
    reference at(size_type i) { return own().at(i); }
    reference front() { return own().front(); }
    reference back() { return own().back(); }
    iterator begin() { return own().begin(); }
    iterator end() { return own().end(); }
    request_item* data() { return own().data(); }

    void push_back(request_item item) { own().push_back(std::move(item)); }
    template <class... Args>
    reference emplace_back(Args&&... args)
    {
        return own().emplace_back(std::forward<Args>(args)...);
    }
    template <class... Args>
    void assign(Args&&... args)
    {
        own().assign(std::forward<Args>(args)...);
    }
    void pop_back() { own().pop_back(); }
    void reserve(size_type n) { own().reserve(n); }
    void resize(size_type n) { own().resize(n); }
    void clear() noexcept { items_.reset(); }

    const std::vector<request_item>& items() const
    {
        static const std::vector<request_item> none;
        return items_ ? *items_ : none;
    }

    operator const std::vector<request_item>&() const { return items(); }

    friend bool operator==(const request_list& a, const request_list& b)
    {
        return a.items_ == b.items_ || a.items() == b.items();
    }

private:
    std::vector<request_item>& own()
    {
        if (!items_) {
            items_ = std::make_shared<std::vector<request_item>>();
        } else if (items_.use_count() > 1) {
            items_ = std::make_shared<std::vector<request_item>>(*items_);
        } else {
            // Whoever shared them on another thread has done with them.
            std::atomic_thread_fence(std::memory_order_acquire);
        }
        return *items_;
    }

    std::shared_ptr<std::vector<request_item>> items_{};
};

}  // namespace scrapingpros::inline v0

#endif
