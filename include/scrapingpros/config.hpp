#ifndef SCRAPINGPROS_CONFIG_HPP
#define SCRAPINGPROS_CONFIG_HPP

// Define SCRAPINGPROS_SEPARATE_COMPILATION for the whole program and include
// <scrapingpros/src.hpp> in exactly one source file to compile the definitions once.
#ifdef SCRAPINGPROS_SEPARATE_COMPILATION
#define SCRAPINGPROS_DECL
#else
#define SCRAPINGPROS_DECL inline
#endif

#endif
