#ifndef SCRAPINGPROS_RESULT_HPP
#define SCRAPINGPROS_RESULT_HPP

#include <scrapingpros/error.hpp>

#include <boost/system/result.hpp>

namespace scrapingpros::inline v0 {

/// A value, or the code that says why there is none.
template <class T>
using result = boost::system::result<T>;

}  // namespace scrapingpros::inline v0

#endif
