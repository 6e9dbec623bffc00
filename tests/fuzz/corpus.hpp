#ifndef SCRAPINGPROS_TESTS_FUZZ_CORPUS_HPP
#define SCRAPINGPROS_TESTS_FUZZ_CORPUS_HPP

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mutator.hpp"
#include "types.hpp"
#include "world.hpp"

namespace fuzz {

namespace mock = scrapingpros_mock;

/// Two accounts. What the first one stores bears the marker, and no request of the second has it.
inline constexpr std::string_view token_a = "live_4f81d0c27be94c6fa0d83b1e52977ac6";
inline constexpr std::string_view token_b = "test_b";
inline constexpr std::string_view marker = "ZQmarkerQZ";

/// A valid request to begin from. `{c}`, `{r}`, `{j}` and `{n}` in its target stand for the id of a
/// collection, a run or a job and for a cursor.
struct seed_request {
    std::string method;
    std::string target;
    std::string body;
};

/// Of the service; with the mock's own reading routes, and with its faults if so wished.
std::vector<seed_request> seed_requests(bool with_faults);

/// Ids and cursors that replies have shown, to be asked for.
class known_ids {
public:
    void learn(std::string_view reply_body);
    std::string fill_in(std::string_view target, mutator& draw) const;
    /// Collection and run.
    std::vector<std::pair<std::string, std::string>> runs() const;

private:
    /// The way to a job; the later parts may be unknown.
    struct place {
        std::string collection;
        std::string run;
        std::string job;
    };

    std::vector<place> places_{{}};
    std::vector<std::string> cursors_{"ODgxMjAwMDE="};
};

mock::request make_request(
    std::string_view method, std::string target, std::string_view token, std::string body = {}
);

/// A collection and a run of the token's account, with the word wherever a client can put text.
void plant_for(std::string_view token, std::string_view word, mock::world&, mock::time_point now, known_ids&);
/// Gives each account a collection and a finished run; the first one's bear the marker wherever a
/// client can put text.
void plant(mock::world&, mock::time_point& now, known_ids&);

/// Throws a finding if what the first account stored is in there.
void check_unmarked(std::string_view reply);

}  // namespace fuzz

#endif
