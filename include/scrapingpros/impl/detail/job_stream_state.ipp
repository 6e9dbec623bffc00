#ifndef SCRAPINGPROS_IMPL_DETAIL_JOB_STREAM_STATE_IPP
#define SCRAPINGPROS_IMPL_DETAIL_JOB_STREAM_STATE_IPP

#include <scrapingpros/detail/call_operation.hpp>
#include <scrapingpros/detail/completion.hpp>
#include <scrapingpros/detail/job_stream_state.hpp>
#include <scrapingpros/detail/page_replies.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <iterator>
#include <unordered_set>
#include <utility>

namespace scrapingpros::inline v0::detail {

class page_stream final : public job_stream_state,
                          public std::enable_shared_from_this<page_stream> {
public:
    page_stream(std::shared_ptr<client_core> core, list_jobs what)
        : core_(std::move(core)), what_(std::move(what))
    {
    }
    ~page_stream() override { close(); }

    void next(call_options options, on<std::optional<listed_job>> handler) override
    {
        options_ = options;
        cancelled_ = false;
        row_handler done(std::move(handler), core_->get_executor());
        done.on_cancel([weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->cancel();
        });
        boost::asio::post(
            core_->get_executor(),
            [weak = weak_from_this(), done = std::move(done)]() mutable {
                resume(weak, {}, std::move(done));
            }
        );
    }

    void close() override
    {
        if (const auto op = running_.lock()) op->cancel();
        drop_page();
    }

    const std::optional<std::string>& cursor() const noexcept override { return what_.cursor; }
    const std::vector<unreadable_row>& unreadable() const noexcept override { return unreadable_; }

private:
    using row_handler = completion<error_code, std::optional<listed_job>>;

    // The handler travels with what is waited for and is never kept here: it may own the stream, as
    // a coroutine does, and the two would keep each other alive.
    static void resume(const std::weak_ptr<page_stream>& weak, error_code ec, row_handler done)
    {
        const auto self = weak.lock();
        if (!self || self->cancelled_) ec = boost::asio::error::operation_aborted;
        if (!ec) return self->step(std::move(done));
        if (self) self->drop_page();
        done.complete(ec, std::nullopt);
    }

    void step(row_handler done)
    {
        if (page_) {
            if (auto row = reader_->take()) {
                if (goes_round(*row))
                    return done.complete(
                        refuse("cursor_next", "an earlier page comes again"), std::nullopt
                    );
                return done.complete(error_code(), std::move(row));
            }
            if (page_->over()) {
                if (const auto ec = turn_page()) return done.complete(ec, std::nullopt);
            }
        }
        if (over_) return done.complete(error_code(), std::nullopt);
        if (!page_) open_page();
        // While it runs, the page is owned by what it waits for.
        const auto op = std::exchange(page_, nullptr);
        running_ = op;
        op->run([weak = weak_from_this(), op = op.get(), done = std::move(done)](error_code ec
                ) mutable {
            if (const auto self = weak.lock()) self->page_ = op->shared_from_this();
            resume(weak, ec, std::move(done));
        });
    }

    void open_page()
    {
        auto reader = std::make_unique<page_reply>(*core_, route_name(what_), handed_);
        reader_ = reader.get();
        page_ = std::make_shared<call_operation>(core_, what_, std::move(reader), options_);
    }

    error_code turn_page()
    {
        const page_end end = reader_->end;
        std::move(
            reader_->unreadable.begin(), reader_->unreadable.end(), std::back_inserter(unreadable_)
        );
        drop_page();
        handed_ = std::make_shared<std::unordered_set<std::string>>();
        begun_ = false;
        over_ = !end.has_more;
        if (over_) return {};
        if (end.cursor && end.cursor != what_.cursor) {
            what_.cursor = end.cursor;
            return {};
        }
        // More without a way on, or the same page for ever: to call it the end would lose rows.
        return refuse(
            "cursor_next",
            end.cursor ? "the page names itself as the next one"
                       : "has_more is true and there is no cursor"
        );
    }

    /// Whether this is the first row of a page, and was so before: the listing goes round in a circle,
    /// under the same cursors or others.
    bool goes_round(const listed_job& row)
    {
        if (std::exchange(begun_, true)) return false;
        return !firsts_.insert(row.job.id.value).second;
    }

    error_code refuse(std::string_view place, std::string_view why)
    {
        over_ = true;
        drop_page();
        if (options_.diag) {
            options_.diag->route = route_name(what_);
            options_.diag->place = place;
            options_.diag->client_text = why;
        }
        return errc::malformed_response;
    }

    void cancel()
    {
        cancelled_ = true;
        if (const auto op = running_.lock()) op->cancel();
    }

    void drop_page()
    {
        if (page_) page_->discard();
        page_.reset();
        reader_ = nullptr;
    }

    std::shared_ptr<client_core> core_;
    list_jobs what_;
    call_options options_{};
    page_reply::handed_ids handed_ = std::make_shared<std::unordered_set<std::string>>();
    /// The page under way while nobody waits for it; else it is `running_`.
    std::shared_ptr<call_operation> page_{};
    std::weak_ptr<call_operation> running_{};
    page_reply* reader_ = nullptr;
    std::vector<unreadable_row> unreadable_{};
    /// The first row of each page so far.
    std::unordered_set<std::string> firsts_{};
    /// The page at hand has given its first row.
    bool begun_ = false;
    bool cancelled_ = false;
    bool over_ = false;
};

SCRAPINGPROS_DECL std::shared_ptr<job_stream_state> make_job_stream(
    std::shared_ptr<client_core> core, list_jobs what
)
{
    return std::make_shared<page_stream>(std::move(core), std::move(what));
}

}  // namespace scrapingpros::inline v0::detail

#endif
