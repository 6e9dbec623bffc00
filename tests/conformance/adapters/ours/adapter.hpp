// The verbs share the state of one client and are short each: one class, which a template keeps in a header.
#ifndef SCRAPINGPROS_TESTS_CONFORMANCE_ADAPTER_HPP
#define SCRAPINGPROS_TESTS_CONFORMANCE_ADAPTER_HPP

#include <scrapingpros/client.hpp>
#include <scrapingpros/file_checkpoint_store.hpp>
#include <scrapingpros/webhook.hpp>
#include <scrapingpros/wire/page_decoder.hpp>
#include <scrapingpros/wire/timestamp.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include "waits.hpp"
#include "words.hpp"

namespace conformance {

/// A transport of one connection can be had, for `start_when_full`.
template <class Parts>
concept has_narrow_transport =
    requires(asio::io_context& context, const typename Parts::clock& time) {
        Parts::narrow_transport(context, time);
    };

template <class Clock>
class agenda;
template <class Clock>
void plan_events(agenda<Clock>&, const Clock&, const json::object&, sp::batch&);
inline std::chrono::microseconds seconds_in(const json::value&);

/** The verbs of ADAPTERS.md, done by a client that is made of `Parts`:

    - `Parts::clock`: the time it lives in (mock_clock.hpp);
    - `Parts::transport(context, clock)`: how it reaches the service, with time-outs of that clock;
    - `Parts::policies(clock)`: the policy set.
*/
template <class Parts>
class adapter {
public:
    adapter()
        : clock_(environment("SP_CLOCK_URL")),
          api_(Parts::transport(context_, clock_), options(), Parts::policies(clock_))
    {
    }
    ~adapter() { clock_.forget(); }

    /// The members of the answer; throws failed, clock_ended.
    done perform(const json::object& message)
    {
        id_ = verb_at_work() = message.at("id");
        known_ = {};
        allow_bodies_of(number_of(message, "most"));
        return verbs().at(need(message, "verb"))(*this, message);
    }
    const done& known() const { return known_; }

    using verb = std::function<done(adapter&, const json::object&)>;
    static const std::map<std::string, verb>& verbs();

private:
    using clock = typename Parts::clock;
    using client = sp::basic_client<
        decltype(Parts::transport(std::declval<asio::io_context&>(), std::declval<clock>())),
        decltype(Parts::policies(std::declval<clock>()))>;

    sp::client_options options() const
    {
        sp::client_options o;
        o.base_url = environment("SCRAPINGPROS_BASE_URL");
        o.token = sp::secret(environment("SP_TOKEN"));
        const auto seed = environment("SP_SEED");
        o.jitter_seed = seed.empty() ? 1 : std::stoull(seed);
        // What the service would put into a bucket is the service's to say here.
        o.item_rules.browser_rules = sp::problem_level::warning;
        if (most_) o.limits.result = static_cast<std::size_t>(*most_);
        return o;
    }
    void allow_bodies_of(std::optional<std::int64_t> most)
    {
        if (most == most_) return;
        most_ = most;
        api_ = client(Parts::transport(context_, clock_), options(), Parts::policies(clock_));
    }

    template <class Done>
    void run_until(Done is_done)
    {
        while (!is_done()) {
            context_.restart();
            if (context_.poll() == 0) clock_.step(context_);
        }
    }

    template <class T>
    struct answer {
        sp::error_code ec{};
        T value{};
        sp::diagnostics diag{};
    };
    template <class T, class Begin>
    answer<T> wait(Begin begin)
    {
        answer<T> made;
        bool over = false;
        auto observed = api_.with_diagnostics(made.diag);
        begin(observed, [&](sp::error_code ec, T value) {
            made.ec = ec;
            made.value = std::move(value);
            over = true;
        });
        run_until([&] { return over; });
        return made;
    }
    template <class T, class Begin>
    T call(Begin begin)
    {
        auto got = wait<T>(std::move(begin));
        if (got.ec) throw failed{got.ec, got.diag};
        return std::move(got.value);
    }

    void event(std::string_view what, json::object members) const
    {
        members["id"] = id_;
        members["event"] = what;
        std::cout << json::serialize(members) << std::endl;
    }

    static sp::run_ref run_of(const json::object& m)
    {
        return {{need(m, "collection")}, {need(m, "run")}};
    }
    static sp::collection_draft draft_of(const json::object& m)
    {
        sp::collection_draft draft{.name = need(m, "name")};
        for (const auto& item : m.at("items").as_array())
            draft.requests.emplace_back(sp::raw_item{json::serialize(item)});
        return draft;
    }
    static std::optional<sp::idempotency_key> key_of(const json::object& m)
    {
        const auto text = text_of(m, "key");
        if (!text) return {};
        const auto made = sp::make_idempotency_key(*text);
        if (!made) throw failed{made.error(), {}};
        return *made;
    }
    static std::optional<sp::milliseconds> deadline_of(const json::object& m)
    {
        const auto seconds = number_of(m, "deadline");
        if (!seconds) return {};
        return std::chrono::seconds(*seconds);
    }

    void tell_buckets(const sp::creation& made, done& told, std::uint64_t items)
    {
        for (const auto& each : made.blocked_urls) {
            json::object o{{"kind", "blocked"}, {"url", each.url}, {"reason", each.reason_text}};
            if (each.index) o["index"] = *each.index;
            event("bucket", o);
        }
        for (const auto& each : made.invalid_items) {
            json::object o{{"kind", "invalid"}};
            if (each.index) o["index"] = *each.index;
            event("bucket", o);
        }
        for (std::size_t i = 0; i < duplicates(made); ++i) {
            json::object o{{"kind", "duplicate"}};
            if (i < made.duplicate_urls.size()) o["url"] = made.duplicate_urls[i];
            event("bucket", o);
        }
        told["queued"] = queued(made, items);
    }

    // ---- verbs

    done create(const json::object& m)
    {
        auto key = key_of(m);
        // A create is only repeated under a key, and a caller who names none wants it all the same.
        if (!key)
            key = sp::make_idempotency_key(
                      "kit-" + std::to_string(::getpid()) + "-" + std::to_string(++keys_)
            )
                      .value();
        const auto made = call<sp::creation>([&](auto& api, auto h) {
            api.async_create_collection(draft_of(m), key, std::move(h));
        });
        done told{{"collection", made.id.value}};
        if (made.replayed) told["replayed"] = *made.replayed;
        tell_buckets(made, told, m.at("items").as_array().size());
        return told;
    }

    sp::start_outcome start_of(const sp::collection_id& collection)
    {
        auto got = wait<sp::start_outcome>([&](auto& api, auto h) {
            api.async_start_run({collection, {}}, std::move(h));
        });
        if (got.value.certainty != sp::start_certainty::started) {
            last_start_ = got.value.attempt;
            throw failed{got.ec ? got.ec : got.value.cause, got.diag};
        }
        return std::move(got.value);
    }
    done start(const json::object& m)
    {
        return {{"run", start_of({need(m, "collection")}).started_run->id.value}};
    }
    done start_once(const json::object& m)
    {
        const sp::collection_id collection{need(m, "collection")};
        for (int attempt = 1;; ++attempt) {
            try {
                return {{"run", start_of(collection).started_run->id.value}};
            } catch (const failed& why) {
                if (why.ec != sp::errc::start_unknown || attempt == 5) throw;
            }
            const auto found = call<sp::start_outcome>([&](auto& api, auto h) {
                api.async_reconcile_start(last_start_, std::move(h));
            });
            if (found.started_run) return {{"run", found.started_run->id.value}};
        }
    }

    done run_get(const json::object& m)
    {
        const auto seen =
            call<sp::run>([&](auto& api, auto h) { api.async_get_run(run_of(m), std::move(h)); });
        json::array jobs;
        for (const auto& each : seen.job_ids)
            jobs.emplace_back(each.value);
        done told{{"status", seen.status_text}, {"jobs", std::move(jobs)}};
        if (seen.total_requests) told["total"] = *seen.total_requests;
        return told;
    }
    done runs_list(const json::object& m)
    {
        const auto seen = call<sp::run_list>([&](auto& api, auto h) {
            api.async_list_runs({{need(m, "collection")}, {}}, std::move(h));
        });
        json::array runs;
        for (const auto& each : seen.items)
            runs.emplace_back(each.id.value);
        return {{"runs", runs}};
    }
    done run_and_wait(const json::object& m)
    {
        auto got = wait<sp::run>([&](auto& api, auto h) {
            if (m.contains("run"))
                api.async_wait_run(run_of(m), deadline_of(m), std::move(h));
            else
                api.async_run_and_wait({{need(m, "collection")}, {}}, deadline_of(m), std::move(h));
        });
        if (!got.value.id.value.empty()) known_["run"] = got.value.id.value;
        done told = known_;
        if (got.ec == sp::errc::wait_timed_out) {
            told["end"] = "deadline";
            return told;
        }
        if (got.ec) throw failed{got.ec, got.diag};
        told["status"] = got.value.status_text;
        return told;
    }

    sp::list_jobs listing_of(const json::object& m)
    {
        sp::list_jobs what{.target = run_of(m)};
        what.limit = static_cast<unsigned>(number_of(m, "limit").value_or(100));
        what.cursor = text_of(m, "cursor");
        what.statuses = {
            sp::job_status::completed, sp::job_status::failed, sp::job_status::timeout};
        if (text_of(m, "order") == "completed_at") what.order_by = sp::job_order::completed_at;
        if (const auto since = text_of(m, "since"))
            what.completed_since = sp::parse_timestamp(*since);
        if (is_set(m, "inline")) what.results = sp::inline_results::include;
        return what;
    }
    static json::array ids_of(const sp::job_page& page)
    {
        json::array jobs;
        for (const auto& row : page.rows)
            if (const auto* listed = std::get_if<sp::listed_job>(&row))
                jobs.emplace_back(listed->job.id.value);
        return jobs;
    }
    done page(const json::object& m)
    {
        const auto got = call<sp::job_page>([&](auto& api, auto h) {
            api.async_list_jobs(listing_of(m), std::move(h));
        });
        return {
            {"jobs", ids_of(got)},
            {"count", got.rows.size()},
            {"cursor", or_null(got.end.cursor)},
            {"has_more", got.end.has_more}};
    }
    done list_all(const json::object& m)
    {
        const auto got = call<sp::job_page>([&](auto& api, auto h) {
            api.async_get_run_jobs(listing_of(m), std::move(h));
        });
        auto jobs = ids_of(got);
        std::map<std::string, int> times;
        for (const auto& each : jobs)
            ++times[std::string(each.as_string())];
        done told{{"count", jobs.size()}, {"unique", times.size()}};
        told["jobs"] = std::move(jobs);
        return told;
    }
    done result(const json::object& m)
    {
        const auto got = call<sp::job_result>([&](auto& api, auto h) {
            api.async_get_job_result(run_of(m), {need(m, "job")}, std::move(h));
        });
        done told;
        add_body(told, &got);
        told["kind"] = to_string(got.body.kind);
        if (got.status_code) told["status_code"] = *got.status_code;
        return told;
    }

    sp::batch_options batch_options_of(const json::object& m)
    {
        sp::batch_options how;
        how.timeout = deadline_of(m);
        how.key = key_of(m);
        if (is_set(m, "only_usable")) how.poll.wanted = sp::outcome_filter::usable;
        if (is_set(m, "checkpoint"))
            how.checkpoint = sp::file_checkpoint_store(environment("SP_STATE") + "/checkpoint");
        return how;
    }
    done submit_batch(const json::object& m)
    {
        return read(
            api_.with_diagnostics(batch_diag_).submit_batch(draft_of(m), batch_options_of(m)), m
        );
    }
    done reattach(const json::object& m)
    {
        return read(
            api_.with_diagnostics(batch_diag_).attach_batch(run_of(m), batch_options_of(m)), m
        );
    }
    done resume(const json::object& m)
    {
        auto how = batch_options_of(m);
        how.checkpoint = sp::file_checkpoint_store(environment("SP_STATE") + "/checkpoint");
        return read(api_.with_diagnostics(batch_diag_).resume_batch(std::move(how)), m);
    }

    void hand_on(const sp::job_outcome& item)
    {
        json::object o{
            {"job", item.job.id.value},
            {"custom_id", or_null(item.job.custom_id)},
            {"url", or_null(item.job.url)},
            {"status", item.job.status_text},
            {"verdict", to_string(item.verdict.value)}};
        add_body(o, item.result ? &*item.result : nullptr);
        event("item", o);
    }

    done read(sp::batch all, const json::object& m)
    {
        const auto take = number_of(m, "take");
        const auto crash = number_of(m, "crash_after_items");
        std::int64_t count = 0;
        sp::error_code ec;
        std::string_view end = "complete";
        asio::cancellation_signal stop;
        agenda<clock> plan(clock_);
        plan_events(plan, clock_, m, all);
        if (const auto* at = m.if_contains("cancel_at"))
            plan.in(seconds_in(*at), [&] {
                end = "cancelled";
                stop.emit(asio::cancellation_type::terminal);
            });
        for (;;) {
            std::optional<sp::error_code> over;
            std::optional<sp::job_outcome> item;
            all.async_next(asio::bind_cancellation_slot(
                stop.slot(),
                [&](sp::error_code code, std::optional<sp::job_outcome> got) {
                    over = code;
                    item = std::move(got);
                }
            ));
            run_until([&] { return over.has_value(); });
            ec = *over;
            if (end == "cancelled" && ec == asio::error::operation_aborted) ec = {};
            if (ec || !item) break;
            hand_on(*item);
            ++count;
            if (crash == count) die();
            if (take == count) {
                all.close();
                end = "left";
                break;
            }
        }
        return summary_of(all, ec, end, m);
    }

    // many_verbs.hpp
    struct running;
    void go_on(running&);
    done submit_many(const json::object&);
    done start_when_full(const json::object&);

    done summary_of(sp::batch& all, sp::error_code ec, std::string_view end, const json::object& m)
    {
        const auto sum = all.summary();
        done told;
        if (sum.target) {
            told["collection"] = sum.target->collection.value;
            if (!sum.target->run.value.empty()) told["run"] = sum.target->run.value;
        }
        const auto kept = all.snapshot();
        if (kept.created) {
            told["collection"] = kept.created->id.value;
            tell_buckets(*kept.created, told, sum.submitted);
        }
        known_ = told;
        if (ec == sp::errc::wait_timed_out)
            end = "deadline";
        else if (ec)
            throw failed{ec, all.last_failure()};
        for (const auto& each : sum.left.jobs)
            event(
                "remainder",
                {{"job", each.id.value},
                 {"cause", to_string(each.cause)},
                 {"custom_id", or_null(each.custom_id)}}
            );
        told["end"] = end;
        told["status"] = to_string(sum.status);
        told["unnamed"] = sum.left.unnamed;
        told["untold"] = sum.untold;
        if (sum.submitted > 0 && !is_set(m, "only_usable")) told["submitted"] = sum.submitted;
        return told;
    }

    done find_recent(const json::object& m)
    {
        using found = std::optional<sp::recent_submit>;
        const auto since = text_of(m, "since");
        const auto got = call<found>([&](auto& api, auto h) {
            api.async_find_recent(
                need(m, "name"), since ? sp::parse_timestamp(*since) : std::nullopt, std::move(h)
            );
        });
        if (!got) return {{"collection", nullptr}};
        done told{{"collection", got->collection.id.value}, {"found_run", nullptr}};
        if (got->latest_run) told["found_run"] = got->latest_run->id.value;
        return told;
    }
    done list(const json::object&)
    {
        const auto got = call<sp::collection_list>([&](auto& api, auto h) {
            api.async_list_collections({}, std::move(h));
        });
        return {{"count", got.items.size()}};
    }
    done update(const json::object& m)
    {
        sp::update_collection change{.id = {need(m, "collection")}, .name = need(m, "name")};
        if (m.contains("items")) change.requests = draft_of(m).requests;
        call<sp::creation>([&](auto& api, auto h) {
            api.async_update_collection(change, std::move(h));
        });
        return {};
    }
    done remove(const json::object& m)
    {
        call<int>([&](auto& api, auto h) {
            api.async_delete_collection(
                {need(m, "collection")}, [h = std::move(h)](sp::error_code ec) mutable { h(ec, 0); }
            );
        });
        return {};
    }
    done sleep(const json::object& m)
    {
        bool over = false;
        clock_.at(clock_.now() + std::chrono::seconds(number_of(m, "seconds").value_or(0)), [&] {
            over = true;
        });
        run_until([&] { return over; });
        return {};
    }

    done classify(const json::object& m)
    {
        json::object row = m.at("row").as_object();
        row["job_public_id"] = "j";
        if (m.contains("result")) row["result"] = m.at("result");
        sp::page_decoder reader;
        const sp::error_code ec =
            reader.write(json::serialize(json::object{{"items", json::array{row}}}));
        if (ec || reader.finish()) throw failed{sp::errc::malformed_response, {}};
        const auto listed = std::get<sp::listed_job>(reader.next_row().value());
        const auto judged = api_.classify(listed.job, listed.result ? &*listed.result : nullptr);
        return {{"verdict", to_string(judged.value)}};
    }
    done webhook_verify(const json::object& m)
    {
        const auto& how = m.at("scheme").as_object();
        sp::webhook_scheme scheme;
        if (text_of(how, "cover") == "body") scheme.cover = sp::webhook_cover::body_alone;
        if (text_of(how, "digest") == "base64") scheme.digest = sp::webhook_digest::base64;
        if (text_of(how, "stamp") == "iso") scheme.stamp = sp::webhook_stamp::iso;
        scheme.prefix = text_of(how, "prefix").value_or("");
        const sp::webhook_verifier verifier(scheme, {sp::secret(need(m, "secret"))});
        sp::http_fields fields;
        for (const auto& [name, value] : m.at("headers").as_object())
            fields.add(name, value.as_string());
        const auto body = need(m, "body");
        sp::diagnostics diag;
        const auto now = sp::parse_timestamp(need(m, "now")).value();
        const auto read = verifier.read(body, fields, now, diag);
        done told{{"accepted", read.has_value()}};
        if (read)
            told["run"] = read->target.run.value;
        else
            told["why"] = read.error().message();
        return told;
    }

    asio::io_context context_{1};
    clock clock_;
    std::optional<std::int64_t> most_{};
    client api_;
    sp::diagnostics batch_diag_{};
    sp::start_attempt last_start_{};
    json::value id_{};
    done known_{};
    // Of the process: a key must never come again.
    inline static int keys_ = 0;
};

}  // namespace conformance

#include "many_verbs.hpp"

namespace conformance {

template <class Parts>
auto adapter<Parts>::verbs() -> const std::map<std::string, verb>&
{
    static const std::map<std::string, verb> table = [] {
        std::map<std::string, verb> made{
            {"create", &adapter::create},
            {"start", &adapter::start},
            {"start_once", &adapter::start_once},
            {"run_get", &adapter::run_get},
            {"runs_list", &adapter::runs_list},
            {"run_and_wait", &adapter::run_and_wait},
            {"page", &adapter::page},
            {"list_all", &adapter::list_all},
            {"result", &adapter::result},
            {"submit_batch", &adapter::submit_batch},
            {"reattach", &adapter::reattach},
            {"resume", &adapter::resume},
            {"find_recent", &adapter::find_recent},
            {"list", &adapter::list},
            {"update", &adapter::update},
            {"delete", &adapter::remove},
            {"sleep", &adapter::sleep},
            {"classify", &adapter::classify},
            {"webhook_verify", &adapter::webhook_verify},
            {"submit_many", &adapter::submit_many},
        };
        if constexpr (has_narrow_transport<Parts>)
            made.emplace("start_when_full", &adapter::start_when_full);
        return made;
    }();
    return table;
}

template <class Parts>
done hello()
{
    json::array words;
    for (const auto& [name, perform] : adapter<Parts>::verbs())
        words.emplace_back(name);
    return {
        {"done", "ok"},
        {"name", "scrapingpros-cpp"},
        {"version", sp::version_text},
        {"level", "L3"},
        {"verbs", words},
        {"capabilities",
         {"time.virtual",
          "tls",
          "idempotency",
          "resume",
          "classify",
          "webhook",
          "bounded-memory",
          "cancel",
          "webhook.wakes",
          "wall_clock",
          "body-cap"}}};
}

template <class Parts>
done answer(std::optional<adapter<Parts>>& subject, const json::object& message)
{
    const auto verb = need(message, "verb");
    if (verb == "hello") return hello<Parts>();
    if (verb == "bye") return {{"done", "ok"}};
    if (!adapter<Parts>::verbs().contains(verb)) return {{"done", "unsupported"}};
    if (!subject) subject.emplace();
    try {
        auto told = subject->perform(message);
        told["done"] = "ok";
        return told;
    } catch (const failed& why) {
        auto told = subject->known();
        told["done"] = "error";
        told["error"] = error_of(why);
        return told;
    } catch (const clock_ended& why) {
        return {{"done", "hung"}, {"why", why.what()}};
    }
}

/// Answers the lines of stdin on stdout until `bye` or the end.
template <class Parts>
int converse()
{
    std::optional<adapter<Parts>> subject;
    for (std::string line; std::getline(std::cin, line);) {
        const auto message = json::parse(line).as_object();
        auto told = answer<Parts>(subject, message);
        told["id"] = message.at("id");
        std::cout << json::serialize(told) << std::endl;
        if (message.at("verb").as_string() == "bye") break;
    }
    return 0;
}

}  // namespace conformance

#endif
