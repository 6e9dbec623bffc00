#include "content_encoding.hpp"

#ifdef SCRAPINGPROS_MOCK_HAS_ZLIB
#include <zlib.h>
#endif

#include <doctest/doctest.h>

#include "support.hpp"

using namespace mock_test;

namespace {

const std::string collections = "/v1/async/collections";

#ifdef SCRAPINGPROS_MOCK_HAS_ZLIB

std::string unpacked(std::string packed, std::size_t size)
{
    z_stream stream{};
    REQUIRE_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
    std::string out(size + 1, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    CHECK_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    CHECK_EQ(stream.avail_in, 0);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return out;
}

#endif

struct browser : peer {
    using peer::peer;

    response_plan ask(const std::string& target, const char* accepts)
    {
        return send("GET", target, "", {{"Accept-Encoding", accepts}});
    }
};

}  // namespace

TEST_SUITE("mock.content_encoding")
{
    TEST_CASE("gzip is offered by its name or by a star, and not by a quality of 0")
    {
        for (const char* text :
             {"gzip",
              "gzip, deflate",
              "deflate,gzip",
              "GZIP",
              "x-gzip",
              "*",
              "br;q=1.0, gzip;q=0.2",
              "gzip ; q=0.001",
              "identity;q=0, *"}) {
            CAPTURE(text);
            CHECK(offers_gzip(text));
        }
        for (const char* text :
             {"",
              ",",
              "identity",
              "gzipped",
              "deflate",
              "gzip;q=0",
              "gzip; q=0.000",
              "gzip;q=0, *",
              "*;q=0",
              ";",
              "q=1"}) {
            CAPTURE(text);
            CHECK_FALSE(offers_gzip(text));
        }
    }

    TEST_CASE("SRV-036: under identity what a client accepts changes nothing")
    {
        browser client{steady()};
        const std::string run = client.run_of(3);
        client.finish(run);
        const std::string listing = run + "/jobs?limit=100&include_results=true";
        for (const std::string& target : {collections, run, listing}) {
            const response_plan plain = client.get(target);
            client.now += 1min;
            const response_plan again = client.ask(target, "gzip, deflate");
            client.now += 1min;
            const response_plan refused = client.ask(target, "identity;q=0");
            CHECK_EQ(again.body, plain.body);
            CHECK_EQ(refused.body, plain.body);
            CHECK_FALSE(header_of(again, "Content-Encoding"));
            CHECK_FALSE(header_of(again, "Vary"));
            CHECK_EQ(again.headers.size(), plain.headers.size());
        }
    }

    TEST_CASE("SRV-036: requests without a body may bear a content type")
    {
        // What the official client sends: the type on each request, and a length of 0 on the POST.
        peer client{steady()};
        const std::string id = client.create(items(1));
        const response_plan begun =
            client.send("POST", collections + "/" + id + "/run", "", {{"Content-Length", "0"}});
        CHECK_EQ(begun.status, 201);
        CHECK_EQ(client.get(collections).status, 200);
        CHECK_EQ(client.send("DELETE", collections + "/" + id).status, 200);
        CHECK_EQ(client.send("POST", collections, "").status, 422);
    }

#ifdef SCRAPINGPROS_MOCK_HAS_ZLIB

    TEST_CASE("A61: a body is packed for who offers gzip, and is the same when unpacked")
    {
        browser plain{steady()};
        browser packing{with({{"content_encoding", "gzip"}})};
        for (browser* each : {&plain, &packing}) {
            each->run_of(20);
            each->now += 1h;
        }
        const auto path = [](browser& of) {
            return collections + "/" + text_of(of.read(collections).at(0).at("id")) + "/runs";
        };
        const response_plan expected = plain.get(path(plain));
        const response_plan packed = packing.ask(path(packing), "gzip, deflate");
        CHECK_EQ(header_of(packed, "Content-Encoding"), "gzip");
        CHECK_EQ(header_of(packed, "Content-Type"), "application/json");
        CHECK_EQ(header_of(packed, "Vary"), "Accept-Encoding");
        CHECK_EQ(unpacked(packed.body, expected.body.size()), expected.body);
        CHECK_EQ(packing.ask(path(packing), "gzip").body, packed.body);
        const response_plan refused = packing.ask(path(packing), "gzip;q=0");
        CHECK_EQ(refused.body, expected.body);
        CHECK_FALSE(header_of(refused, "Content-Encoding"));
        CHECK_EQ(packing.get(path(packing)).body, expected.body);
    }

    TEST_CASE("A61: errors are packed too, and an empty body stays empty")
    {
        browser client{with({{"content_encoding", "gzip"}, {"delete_reply", "204_empty"}})};
        const response_plan missing = client.ask(collections + "/x", "gzip");
        CHECK_EQ(missing.status, 404);
        CHECK_EQ(unpacked(missing.body, 1'000), R"({"detail":"Collection not found"})");
        const std::string id = client.create("[]");
        const response_plan gone =
            client.send("DELETE", collections + "/" + id, "", {{"Accept-Encoding", "gzip"}});
        CHECK_EQ(gone.body, "");
        CHECK_FALSE(header_of(gone, "Content-Encoding"));
    }

    TEST_CASE("A61: what a fault makes of the body is packed, not made of the packed")
    {
        scenario from = with({{"content_encoding", "gzip"}});
        from.faults = {make_fault(operation::list_collections, effect::truncate_json{1})};
        browser client{from};
        CHECK_EQ(unpacked(client.ask(collections, "gzip").body, 10), "[");
    }

    TEST_CASE("a large body is packed whole")
    {
        std::string bytes;
        for (int i = 0; i < 300'000; ++i)
            bytes += std::to_string(i * 7919 % 10'007);
        const std::string packed = gzip(bytes);
        CHECK_LT(packed.size(), bytes.size());
        CHECK_EQ(unpacked(packed, bytes.size()), bytes);
        CHECK_EQ(gzip(bytes), packed);
    }

#endif
}
