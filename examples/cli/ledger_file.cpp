#include "ledger_file.hpp"

#include "exit_code.hpp"

namespace cli {
namespace {

failure no_sqlite()
{
    return bad_input("sqlite: this program was built without SQLite; name a file");
}

}  // namespace

open_checkpoint open_ledger(const std::string&, const std::string&, scrapingpros::durability)
{
    throw no_sqlite();
}

std::optional<scrapingpros::checkpoint> look_into_ledger(const std::string&, const std::string&)
{
    throw no_sqlite();
}

void list_batches(const std::string&, const std::function<void(const std::string&)>&)
{
    throw no_sqlite();
}

void list_jobs(const std::string&, const std::string&, const std::function<void(const std::string&)>&)
{
    throw no_sqlite();
}

}  // namespace cli
