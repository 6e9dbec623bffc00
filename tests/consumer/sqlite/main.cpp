#include <scrapingpros/sqlite_ledger.hpp>

#include <cstdio>

int main()
{
    scrapingpros::diagnostics diag;
    const auto ledger = scrapingpros::open_sqlite_ledger({.path = "consumer.db"}, diag);
    if (!ledger) {
        std::puts(describe(ledger.error(), diag).c_str());
        return 1;
    }
    return ledger->batches(diag).has_value() ? 0 : 1;
}
