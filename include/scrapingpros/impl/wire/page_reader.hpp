#ifndef SCRAPINGPROS_IMPL_WIRE_PAGE_READER_HPP
#define SCRAPINGPROS_IMPL_WIRE_PAGE_READER_HPP

#include <scrapingpros/error.hpp>
#include <scrapingpros/impl/wire/row_reader.hpp>
#include <scrapingpros/impl/wire/value_collector.hpp>
#include <scrapingpros/model/page.hpp>
#include <scrapingpros/wire/page_limits.hpp>

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0::detail {

/// Reads a page of the listing: rows as they end, and what it says about the next page.
class page_reader {
public:
    explicit page_reader(const page_limits& limits) : limits_(limits), row_(limits) {}

    const error_code& error() const noexcept { return error_; }
    /// Of the error, or else of the first member that was passed over.
    const std::string& place() const noexcept { return place_; }
    const std::string& why() const noexcept { return why_; }

    std::optional<page_row> next_row()
    {
        if (rows_.empty()) return {};
        page_row row = std::move(rows_.front());
        rows_.pop_front();
        return row;
    }

    /// To be called behind the last byte.
    error_code finish()
    {
        if (!seen_items_) fail(errc::malformed_response, "items", "there is no list of jobs");
        end_.has_more = has_more_.value_or(end_.cursor.has_value());
        return error_;
    }

    const page_end& end() const noexcept { return end_; }

    void key(std::string_view name)
    {
        if (at_ == level::row) return row_.key(name);
        if (nested_.active()) return nested_.key(name);
        member_ = static_cast<member>(find_member(names, name, static_cast<std::size_t>(member_)));
    }

    void open(bool is_array)
    {
        if (at_ == level::row) return row_.open(is_array);
        if (nested_.active()) return nested_.open(is_array);
        if (at_ == level::outside) {
            if (is_array) return fail(errc::malformed_response, "", "not a JSON object");
            at_ = level::page;
        } else if (at_ == level::items && !is_array) {
            row_.begin();
            at_ = level::row;
        } else if (at_ == level::page && member_ == member::items && is_array) {
            seen_items_ = true;
            at_ = level::items;
        } else {
            if (at_ == level::page) note_member();
            nested_.begin(nested_value::mode::skip, is_array, no_budget_);
        }
    }

    void close()
    {
        if (at_ == level::row) {
            if (row_.close()) end_row();
        } else if (nested_.active()) {
            if (nested_.close() && at_ == level::items) add_unreadable("an array, not an object");
        } else if (at_ == level::items) {
            at_ = level::page;
        } else {
            at_ = level::outside;
        }
    }

    void scalar(const json_scalar& value)
    {
        if (at_ == level::row) return row_.scalar(value);
        if (nested_.active()) return;
        if (at_ == level::outside) return fail(errc::malformed_response, "", "not a JSON object");
        if (at_ == level::items) return add_unreadable("a single value, not an object");
        if (value.kind != json_scalar::type::null && !assign_member(value)) note_member();
    }

    void text_begin()
    {
        text_.clear();
        if (at_ == level::row) row_.text_begin();
    }

    void text_piece(std::string_view piece)
    {
        if (at_ == level::row) return row_.text_piece(piece);
        const bool wanted = at_ == level::page && !nested_.active() && member_ == member::cursor;
        if (wanted && text_.size() < limits_.max_row_bytes) text_ += piece;
    }

    void text_end()
    {
        if (at_ == level::row) return row_.text_end();
        scalar({json_scalar::type::text, false, 0, text_});
    }

private:
    enum class level { outside, page, items, row };
    enum class member { items, cursor, has_more, unknown };
    static constexpr std::string_view names[] = {"items", "cursor_next", "has_more"};

    void fail(errc code, std::string place, std::string why)
    {
        if (error_) return;
        error_ = code;
        place_ = std::move(place);
        why_ = std::move(why);
    }

    void note(std::string place, const char* why)
    {
        if (!place_.empty()) return;
        place_ = std::move(place);
        why_ = why;
    }

    void note_member()
    {
        if (member_ != member::unknown)
            note(std::string(names[static_cast<std::size_t>(member_)]), of_another_type);
    }

    std::string place_of_row() const { return "items[" + std::to_string(count_) + "]"; }

    void end_row()
    {
        at_ = level::items;
        if (!row_.mismatch().empty()) note(place_of_row() + "." + row_.mismatch(), of_another_type);
        add(row_.take(count_));
    }

    void add_unreadable(const char* why) { add(unreadable_row{count_, why, {}}); }

    void add(page_row row)
    {
        if (std::holds_alternative<unreadable_row>(row)) note(place_of_row(), "an unreadable row");
        rows_.push_back(std::move(row));
        if (++count_ > limits_.max_rows)
            fail(
                errc::body_too_large,
                "items",
                "rows: " + std::to_string(count_) + " or more, limit " +
                    std::to_string(limits_.max_rows)
            );
    }

    bool assign_member(const json_scalar& value)
    {
        switch (member_) {
        case member::items: return false;
        case member::cursor:
            if (value.text.empty()) return value.kind == json_scalar::type::text;
            return assign(value, end_.cursor);
        case member::has_more: return assign(value, has_more_);
        case member::unknown: return true;
        }
        return true;
    }

    static constexpr const char* of_another_type = "of another type, read as absent";

    page_limits limits_;
    level at_ = level::outside;
    member member_ = member::unknown;
    std::string text_{};
    byte_budget no_budget_{};
    nested_value nested_{};
    row_reader row_;
    std::deque<page_row> rows_{};
    std::size_t count_ = 0;
    bool seen_items_ = false;
    std::optional<bool> has_more_{};
    page_end end_{};
    error_code error_{};
    std::string place_{};
    std::string why_{};
};

}  // namespace scrapingpros::inline v0::detail

#endif
