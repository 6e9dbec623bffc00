#include "scrape.hpp"

#include <scrapingpros/client.hpp>
#include <scrapingpros/net/beast_transport.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <iostream>
#include <utility>

#include "progress.hpp"
#include "run_reader.hpp"

namespace quickstart {
namespace {

/// Creates the collection and starts its run.
class submitter {
public:
    explicit submitter(service_client service) : service_(std::move(service)) {}

    asio::awaitable<sp::creation> create(sp::collection_draft draft)
    {
        // Named after the collection, so that a repetition of the call creates nothing twice.
        const auto key = sp::make_idempotency_key(draft.name).value();
        auto made = co_await service_.async_create_collection(std::move(draft), key);
        for (const auto& refused : made.blocked_urls)
            std::cerr << "not taken: " << refused.url << ": " << refused.reason_text << '\n';
        for (const auto& refused : made.invalid_items)
            for (const auto& fault : refused.errors)
                std::cerr << "not taken: " << refused.url.value_or("?") << ": " << fault.message
                          << '\n';
        for (const auto& url : made.duplicate_urls)
            std::cerr << "not taken: " << url << ": twice in the list\n";
        co_return made;
    }

    // tag::start[]
    /// A start whose answer was lost is looked up and not repeated, since each start is billed.
    asio::awaitable<sp::run_ref> start(sp::collection_id collection)
    {
        const sp::start_run order{.collection = collection};
        auto [ec, outcome] =
            co_await service_.async_start_run(order, asio::as_tuple(asio::use_awaitable));
        if (outcome.certainty == sp::start_certainty::unknown) {
            const sp::start_attempt attempt = outcome.attempt;
            std::tie(ec, outcome) = co_await service_.async_reconcile_start(
                attempt, asio::as_tuple(asio::use_awaitable)
            );
        }
        if (ec) throw boost::system::system_error(ec);
        if (!outcome.started_run) throw scrape_failed("the run was not started");
        const sp::run_ref target{collection, outcome.started_run->id};
        co_return target;
    }
    // end::start[]

private:
    service_client service_;
};

class job {
public:
    job(const arguments& given, delivery& out, const std::function<void()>& on_submit)
        : given_(given), out_(out), on_submit_(on_submit), connections_(connect()),
          service_(
              connections_,
              given.service,
              sp::default_policies.with_observer(request_counter{&sent_})
          )
    {
    }

    effort run(sp::collection_draft draft, mock_records* records)
    {
        asio::co_spawn(context_, work(std::move(draft), records), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
        context_.run();
        return used_;
    }

    const sp::diagnostics& details() const noexcept { return details_; }
    const sp::collection_id& collection() const noexcept { return collection_; }

private:
    sp::beast_transport connect()
    {
        auto made =
            sp::make_beast_transport(context_.get_executor(), given_.service.connection, details_);
        if (!made) throw sp::api_error(made.error(), details_);
        return *made;
    }

    asio::awaitable<void> work(sp::collection_draft draft, mock_records* records)
    {
        const std::size_t items = draft.requests.size();
        const auto service = service_.with_diagnostics(details_);
        submitter submit(service);
        const auto made = co_await submit.create(std::move(draft));
        collection_ = made.id;
        used_.jobs = static_cast<std::size_t>(queued(made, items));
        on_submit_();
        if (used_.jobs == 0) throw scrape_failed("the service took none of the items");

        const auto target = co_await submit.start(collection_);
        std::cerr << "collection " << collection_.value << ", run " << target.run.value << '\n';
        progress shown;
        shown.begin(used_.jobs);
        run_reader reader(service, target, out_, [&] {
            shown.show(out_.counts().ended(), sent_.total());
        });
        co_await reader.read(chosen_interval{given_.look_every}, used_.jobs);
        shown.end(out_.counts().ended(), sent_.total());

        used_.requests = sent_;
        used_.connections = connections_.metrics().opened;
        if (!records) co_return;
        records->ledger = co_await service.async_fetch_body(base() + "/__mock/v1/ledger");
        records->journal = co_await service.async_fetch_body(base() + "/__mock/v1/journal");
    }

    const std::string& base() const noexcept { return given_.service.base_url; }

    const arguments& given_;
    delivery& out_;
    const std::function<void()>& on_submit_;
    asio::io_context context_{1};
    sp::diagnostics details_{};
    request_counts sent_{};
    effort used_{};
    sp::collection_id collection_{};
    sp::beast_transport connections_;
    service_client service_;
};

}  // namespace

effort scrape(
    const arguments& given,
    sp::collection_draft draft,
    delivery& out,
    const std::function<void()>& on_submit,
    mock_records* records
)
{
    std::optional<job> work;
    try {
        work.emplace(given, out, on_submit);
        return work->run(std::move(draft), records);
    } catch (const sp::api_error& error) {
        throw bad_input(error.what());
    } catch (const boost::system::system_error& error) {
        const auto why = describe(error.code(), work->details());
        if (work->collection().value.empty()) throw bad_input(given.service.base_url + ": " + why);
        throw scrape_failed("collection " + work->collection().value + ": " + why);
    }
}

}  // namespace quickstart
