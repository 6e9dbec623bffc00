#ifndef BENCHMARKS_POLLING_CLIENTS_HPP
#define BENCHMARKS_POLLING_CLIENTS_HPP

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "benchmarks/polling/decision_log.hpp"
#include "benchmarks/polling/world.hpp"

namespace polling {

/// Plays a whole run.
using client_player = std::function<void(world&, decision_log&)>;

/// All clients that the program knows, by name.
std::map<std::string, client_player>& clients();

/// The client of that name; `pacer:NAME=NUMBER,…` is a pacer with options of its own. Throws
/// std::runtime_error if there is none.
client_player client_named(const std::string& name);

/// Makes a client known before the program begins: `const polling::registered mine{"mine", …};`
struct registered {
    registered(std::string name, client_player player)
    {
        clients().emplace(std::move(name), std::move(player));
    }
};

}  // namespace polling

#endif
