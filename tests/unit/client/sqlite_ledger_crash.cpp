#include <scrapingpros/sqlite_ledger.hpp>
