#include <scrapingpros/net/beast_transport.hpp>
