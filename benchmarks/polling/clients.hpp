#ifndef BENCHMARKS_POLLING_CLIENTS_HPP
#define BENCHMARKS_POLLING_CLIENTS_HPP

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "benchmarks/polling/decision_log.hpp"
#include "benchmarks/polling/world.hpp"

namespace polling {

/// Begins to read a run; what it returns is the client, and must live as long.
using client_starter = std::function<std::shared_ptr<void>(world&, decision_log&)>;

/// All clients that the program knows, by name.
std::map<std::string, client_starter>& clients();

/// The client of that name; `pacer:NAME=NUMBER,…` is a pacer with options of its own. Throws
/// std::runtime_error if there is none.
client_starter client_named(const std::string& name);

/// Makes a client known before the program begins: `const polling::registered mine{"mine", …};`
struct registered {
    registered(std::string name, client_starter starter)
    {
        clients().emplace(std::move(name), std::move(starter));
    }
};

}  // namespace polling

#endif
