#ifndef SCRAPINGPROS_SQLITE_SRC_HPP
#define SCRAPINGPROS_SQLITE_SRC_HPP

// What <scrapingpros/src.hpp> is, for the component scrapingpros::sqlite: to be included in one file
// of a program that defines SCRAPINGPROS_SEPARATE_COMPILATION everywhere.
#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#error "<scrapingpros/sqlite_src.hpp> is for programs that define SCRAPINGPROS_SEPARATE_COMPILATION"
#endif

#include <scrapingpros/impl/sqlite_ledger.ipp>

#endif
