#include <scrapingpros/policy/classifier.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace scrapingpros;

namespace {

/// How one of the four rules comes out.
enum class rule { holds, broken, missing };
constexpr rule all_rules[] = {rule::holds, rule::broken, rule::missing};

job a_row(job_status status = job_status::completed)
{
    job row;
    row.id = {"j-1"};
    row.status = status;
    row.status_text = std::string(to_string(status));
    return row;
}

/// A row of which the status, the code and the block reason come out so.
job a_row(rule status, rule code, rule block)
{
    auto row = a_row();
    if (status == rule::broken) row = a_row(job_status::failed);
    if (status == rule::missing) {
        row.status = job_status::unknown;
        row.status_text = "parked";
    }
    if (code != rule::missing) row.status_code = code == rule::holds ? 200 : 404;
    if (block != rule::missing) row.block_reason = block == rule::holds ? "none" : "captcha";
    return row;
}

job_result a_body(std::optional<bool> captcha)
{
    job_result body;
    body.potentially_blocked_by_captcha = captcha;
    return body;
}

judgement of(const job& row, const job_result* body)
{
    return content_success_v1{}.classify(row, body).value;
}

/// Usable by every rule.
job good_row()
{
    auto row = a_row();
    row.status_code = 200;
    return row;
}

}  // namespace

TEST_SUITE("policy.classifier")
{
    TEST_CASE("the four rules decide together: one broken is enough, all are needed")
    {
        int usable = 0;
        for (const rule status : all_rules)
            for (const rule code : all_rules)
                for (const rule captcha : all_rules)
                    for (const rule block : all_rules) {
                        CAPTURE(static_cast<int>(status));
                        CAPTURE(static_cast<int>(code));
                        CAPTURE(static_cast<int>(captcha));
                        CAPTURE(static_cast<int>(block));
                        const auto row = a_row(status, code, block);
                        const auto body = captcha == rule::missing
                                              ? std::optional<job_result>()
                                              : a_body(captcha == rule::broken);
                        const auto v = content_success_v1{}.classify(row, body ? &*body : nullptr);
                        // A block reason that is not there is none.
                        const bool broken = status == rule::broken || code == rule::broken ||
                                            captcha == rule::broken || block == rule::broken;
                        const bool missing = status == rule::missing || code == rule::missing ||
                                             captcha == rule::missing;
                        const auto expected = broken    ? judgement::not_usable
                                              : missing ? judgement::unknown
                                                        : judgement::usable;
                        CHECK_EQ(v.value, expected);
                        CHECK_EQ(v.criterion_version, "content_success_v1");
                        CHECK_FALSE(v.reason.empty());
                        usable += v.value == judgement::usable;
                    }
        CHECK_EQ(usable, 2);
    }

    TEST_CASE("only a completed job is usable")
    {
        const auto body = a_body(false);
        for (const auto status :
             {job_status::processing, job_status::failed, job_status::timeout}) {
            auto row = good_row();
            row.status = status;
            CHECK_EQ(of(row, &body), judgement::not_usable);
        }
    }

    TEST_CASE("a code of 200 to 299 is usable")
    {
        const auto body = a_body(false);
        for (const int code : {200, 204, 299}) {
            auto row = a_row();
            row.status_code = code;
            CHECK_EQ(of(row, &body), judgement::usable);
        }
        for (const int code : {-1, 0, 199, 300, 404, 500}) {
            auto row = a_row();
            row.status_code = code;
            CHECK_EQ(of(row, &body), judgement::not_usable);
        }
    }

    TEST_CASE("a code that the row lacks is taken from the body, and the row's own goes first")
    {
        auto body = a_body(false);
        body.status_code = 200;
        CHECK_EQ(of(a_row(), &body), judgement::usable);
        body.status_code = 404;
        CHECK_EQ(of(a_row(), &body), judgement::not_usable);
        CHECK_EQ(of(good_row(), &body), judgement::usable);
    }

    TEST_CASE("a body that does not speak of captchas leaves the verdict open")
    {
        const auto silent = a_body({});
        CHECK_EQ(of(good_row(), &silent), judgement::unknown);
        CHECK_EQ(of(good_row(), nullptr), judgement::unknown);
    }

    TEST_CASE("a block reason is none only if it is missing or says none")
    {
        const auto body = a_body(false);
        for (const char* reason : {"captcha", "ip_block", "None", "", "new_reason"}) {
            auto row = good_row();
            row.block_reason = reason;
            CAPTURE(reason);
            CHECK_EQ(of(row, &body), judgement::not_usable);
        }
    }

    TEST_CASE("the reason names the rule that decided, and what was seen")
    {
        const auto body = a_body(false);
        const auto captcha = a_body(true);
        const auto reason = [](const job& row, const job_result* b) {
            return content_success_v1{}.classify(row, b).reason;
        };
        CHECK_EQ(reason(a_row(job_status::timeout), &body), "status is timeout");
        auto row = good_row();
        row.status_code = 503;
        CHECK_EQ(reason(row, &body), "status_code is 503");
        CHECK_EQ(reason(good_row(), &captcha), "potentiallyBlockedByCaptcha is true");
        row = good_row();
        row.block_reason = "ip_block";
        CHECK_EQ(reason(row, &body), "block_reason is ip_block");
        row = good_row();
        row.status = job_status::unknown;
        row.status_text = "parked";
        CHECK_EQ(reason(row, &body), "status is not known: parked");
        CHECK_EQ(reason(a_row(), &body), "status_code is missing");
        CHECK_EQ(reason(good_row(), nullptr), "potentiallyBlockedByCaptcha is missing");
        CHECK_EQ(reason(good_row(), &body), "all rules hold");
    }

    TEST_CASE("whether there is data to extract is no part of the verdict")
    {
        const auto body = a_body(false);
        auto row = good_row();
        row.has_extractable_data = false;
        CHECK_EQ(of(row, &body), judgement::usable);
    }

    TEST_CASE("the server's verdict is the row's, then the body's, then that of the rules")
    {
        const auto judge = [](const job& row, const job_result* body) {
            return server_verdict{}.classify(row, body);
        };
        auto row = good_row();
        auto body = a_body(false);
        CHECK_EQ(
            judge(row, &body), verdict{judgement::usable, "all rules hold", "content_success_v1"}
        );
        CHECK_EQ(judge(row, nullptr).value, judgement::unknown);

        body.guidance.emplace();
        CHECK_EQ(judge(row, &body).reason, "all rules hold");
        body.guidance->success = false;
        CHECK_EQ(judge(row, &body), verdict{judgement::not_usable, "guidance.success", ""});
        body.guidance->success = true;
        row.status_code = 404;
        CHECK_EQ(judge(row, &body), verdict{judgement::usable, "guidance.success", ""});

        row.is_success = false;
        CHECK_EQ(judge(row, &body), verdict{judgement::not_usable, "is_success", ""});
        row.is_success = true;
        body.guidance->success = false;
        CHECK_EQ(judge(row, &body), verdict{judgement::usable, "is_success", ""});
        CHECK_EQ(judge(row, nullptr), verdict{judgement::usable, "is_success", ""});
    }

    TEST_CASE("a classifier insists on its version only if it is pinned")
    {
        CHECK_EQ(pinned_version(server_verdict{}), "");
        CHECK_EQ(pinned_version(content_success_v1{}), "");
        CHECK_EQ(pinned_version(pinned<content_success_v1>{}), "content_success_v1");
        CHECK_EQ(pinned_version(pinned<server_verdict>{}), "");
        CHECK_EQ(pinned<content_success_v1>::version, "content_success_v1");
        CHECK_EQ(server_verdict::version, "");
    }

    TEST_CASE("a mismatch is an error unless another rule is given")
    {
        CHECK_EQ(mismatch_rule(content_success_v1{}), on_mismatch::ignore);
        CHECK_EQ(mismatch_rule(pinned<content_success_v1>{}), on_mismatch::error);
        for (const auto rule : {on_mismatch::error, on_mismatch::event, on_mismatch::ignore})
            CHECK_EQ(mismatch_rule(pinned<content_success_v1>{{}, rule}), rule);
    }

    TEST_CASE("a pinned classifier judges as the one inside")
    {
        const auto body = a_body(true);
        pinned<content_success_v1> judge;
        CHECK_EQ(
            judge.classify(good_row(), &body), content_success_v1{}.classify(good_row(), &body)
        );
    }
}
