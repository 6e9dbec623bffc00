#include "rows/content.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <stdlib.h>

#include "support.hpp"

using namespace mock_test;

namespace {

namespace fs = std::filesystem;

/// A folder of pages that goes when the test does.
class folder {
public:
    folder()
    {
        std::string name = (fs::temp_directory_path() / "mock_pages_XXXXXX").string();
        REQUIRE_NE(mkdtemp(name.data()), nullptr);
        path = name;
    }
    ~folder()
    {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;

    void write(const fs::path& file, std::string_view bytes) const
    {
        fs::create_directories((path / file).parent_path());
        std::ofstream{path / file, std::ios::binary} << bytes;
    }

    fs::path path;
};

scenario serving(const folder& pages)
{
    scenario from = steady();
    from.content = pages.path;
    return from;
}

json::value result_for(peer& client, const std::string& url)
{
    const std::string run = client.run_of(R"([{"url":")" + url + "\"}]");
    client.finish(run);
    return client.read(run + "/jobs/" + client.service.find_job(id_in(run), 0)->id + "/result");
}

}  // namespace

TEST_SUITE("mock.content")
{
    TEST_CASE("a generated page has the size it should and depends on its draw alone")
    {
        for (const std::size_t bytes : {200u, 4'000u, 100'000u}) {
            const std::string page = generate_page(7, bytes, false);
            CHECK_GE(page.size() + 16, bytes);
            CHECK_LE(page.size(), bytes + 16);
            CHECK_EQ(page, generate_page(7, bytes, false));
            CHECK_NE(page, generate_page(8, bytes, false));
        }
    }

    TEST_CASE("a saved page is served byte for byte, as it is when it is asked for")
    {
        const folder pages;
        pages.write("tour/1.html", "<p>C\xC3\xB3rdoba \"\\ \n</p>");
        peer client{serving(pages)};
        const std::string run =
            client.run_of(R"([{"url":"https://shop.example/tour/1.html?x=1"}])");
        client.finish(run);
        const std::string path =
            run + "/jobs/" + client.service.find_job(id_in(run), 0)->id + "/result";
        CHECK_EQ(client.read(path).at("html"), "<p>C\xC3\xB3rdoba \"\\ \n</p>");
        pages.write("tour/1.html", "changed");
        CHECK_EQ(client.read(path).at("html"), "changed");
        fs::remove(pages.path / "tour/1.html");
        CHECK_EQ(parse(client.get(path).body).at("detail").at("error_code"), "result_lost");
    }

    TEST_CASE("a page is found without its extension and as a folder's index")
    {
        const folder pages;
        pages.write("a.html", "A");
        pages.write("index.html", "root");
        peer client{serving(pages)};
        CHECK_EQ(result_for(client, "https://shop.example/a").at("html"), "A");
        CHECK_EQ(result_for(client, "https://shop.example/").at("html"), "root");
        CHECK_EQ(result_for(client, "https://shop.example").at("html"), "root");
    }

    TEST_CASE("bytes that are no text go out as base64 with a content type")
    {
        const folder pages;
        pages.write("a.png", "\x89PNG\xFF");
        peer client{serving(pages)};
        const json::value body = result_for(client, "https://shop.example/a.png");
        CHECK_EQ(body.at("html"), "");
        CHECK_EQ(body.at("content_type"), "image/png");
        CHECK_EQ(body.at("body_base64"), "iVBOR/8=");
    }

    TEST_CASE("a page that does not exist is a completed job whose target said 404")
    {
        const folder pages;
        peer client{serving(pages)};
        CHECK_EQ(result_for(client, "https://shop.example/none").at("statusCode"), 404);
    }

    TEST_CASE("no path leads out of the folder, and none to a page beyond the size limit")
    {
        const folder outside;
        outside.write("secret.html", "secret");
        const folder pages;
        pages.write("big.html", std::string(1000, 'x'));
        fs::create_symlink(outside.path / "secret.html", pages.path / "link.html");
        scenario from = serving(pages);
        from.max_page_bytes = 999;
        const std::string name = outside.path.filename().string();
        for (const std::string& path :
             {"/../" + name + "/secret.html",
              "/%2e%2e/" + name + "/secret.html",
              "/..%2f" + name + "/secret.html",
              std::string("/link.html"),
              std::string("/big.html"),
              std::string("/a%00.html")}) {
            CAPTURE(path);
            CHECK_FALSE(find_page(from, "https://shop.example" + path));
        }
    }

    TEST_CASE("every byte escaped is six on the wire and the same text to a reader")
    {
        scenario from = steady();
        const auto fetch = [&](body_style style) {
            from.jobs.style = style;
            peer client{from};
            const std::string run = client.run_of(1);
            client.finish(run);
            return client
                .get(run + "/jobs/" + client.service.find_job(id_in(run), 0)->id + "/result")
                .body;
        };
        const std::string plain = fetch(body_style::plain);
        const std::string escaped = fetch(body_style::every_byte_escaped);
        CHECK_EQ(parse(plain), parse(escaped));
        CHECK_GT(escaped.size(), plain.size() + 9'000);
    }
}
