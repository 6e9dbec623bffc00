#include "benchmarks/polling/wait_client.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace polling {
namespace {

namespace sp = scrapingpros;

class wait_client : public std::enable_shared_from_this<wait_client> {
public:
    wait_client(world& in, wait_terms terms)
        : world_(&in), terms_(std::move(terms)), begun_at_(in.time().now())
    {
    }

    void begin() { terms_.looks_at_once ? look(kind_of_look()) : pause(); }

private:
    request_kind kind_of_look() const
    {
        const bool by_list = terms_.by_run_list && world_->workload().total > 100;
        return by_list ? request_kind::status : request_kind::run;
    }

    void look(request_kind what)
    {
        const auto self = weak_from_this();
        world_->send(what, {}, [self, what](const world::answer& answer, const told_rate&) {
            if (const auto here = self.lock()) here->on_reply(what, answer);
        });
    }

    void look_at(duration wait, request_kind what)
    {
        world_->time().after(wait, [self = weak_from_this(), what] {
            if (const auto here = self.lock()) here->look(what);
        });
    }

    void on_reply(request_kind what, const world::answer& answer)
    {
        if (const auto* no = std::get_if<refusal>(&answer)) return look_at(no->retry_after, what);
        const auto& seen = std::get<status_answer>(answer);
        const auto before = std::exchange(finished_, seen.finished());
        quiet_looks_ = finished_ == before ? quiet_looks_ + 1 : 0;
        if (seen.status == mock::run_status::in_progress) return pause();
        if (what != request_kind::run) return look(request_kind::run);
        for (std::size_t job = 0; job < world_->run().jobs().size(); ++job)
            if (world_->run().jobs()[job].ended != mock::job_future::never) world_->delivered(job);
        world_->ended();
    }

    void pause()
    {
        const auto waited = world_->time().now() - begun_at_;
        const auto delay = terms_.interval(
            {.total_jobs = world_->workload().total,
             .finished_jobs = finished_,
             .quiet_looks = quiet_looks_,
             .waited = std::chrono::floor<sp::milliseconds>(waited)}
        );
        look_at((std::max)(delay, sp::milliseconds(0)), kind_of_look());
    }

    world* world_;
    wait_terms terms_;
    time_point begun_at_;
    std::uint64_t finished_ = 0;
    std::uint32_t quiet_looks_ = 0;
};

}  // namespace

std::shared_ptr<void> start_wait(world& in, wait_terms terms)
{
    const auto made = std::make_shared<wait_client>(in, std::move(terms));
    made->begin();
    return made;
}

}  // namespace polling
