#ifndef SCRAPINGPROS_IMPL_NET_INFLATER_IPP
#define SCRAPINGPROS_IMPL_NET_INFLATER_IPP

#include <scrapingpros/config.hpp>

#ifdef SCRAPINGPROS_HAS_ZLIB
#include <zlib.h>
#endif

#include <algorithm>
#include <climits>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace scrapingpros::inline v0::detail {

/** Removes a content coding piece by piece. What comes out is bounded by the room given, whatever
    the input claims.
*/
class inflater {
public:
    /// Whether bodies of this coding can be read; sets the inflater up unless it is `identity`.
    bool begin(std::string_view coding);
    bool active() const noexcept { return active_; }
    /// Consumes from `in` and fills `out`, until one of them is used up. False: damaged data.
    bool run(std::string_view& in, std::span<char>& out);
    /// Output may be waiting for room although all input was taken.
    bool pending() const noexcept { return pending_; }
    /// Not within a stream.
    bool at_end() const noexcept { return ended_; }

private:
    bool active_ = false;
    bool pending_ = false;
    bool ended_ = true;
#ifdef SCRAPINGPROS_HAS_ZLIB
    struct closer {
        void operator()(::z_stream* z) const noexcept
        {
            ::inflateEnd(z);
            delete z;
        }
    };
    bool open(unsigned char first);
    bool deflate_ = false;
    std::unique_ptr<::z_stream, closer> z_;
#endif
};

#ifdef SCRAPINGPROS_HAS_ZLIB

SCRAPINGPROS_DECL bool inflater::begin(std::string_view coding)
{
    *this = {};
    if (coding.empty() || coding == "identity") return true;
    deflate_ = coding == "deflate";
    active_ = deflate_ || coding == "gzip" || coding == "x-gzip";
    return active_;
}

SCRAPINGPROS_DECL bool inflater::open(unsigned char first)
{
    // "deflate" means zlib's format, but some servers send the bare stream: no zlib header starts
    // with another method than 8.
    const bool bare = deflate_ && (first & 0x0fU) != Z_DEFLATED;
    z_.reset(new ::z_stream{});
    return ::inflateInit2(z_.get(), bare ? -MAX_WBITS : MAX_WBITS + 32) == Z_OK;
}

SCRAPINGPROS_DECL bool inflater::run(std::string_view& in, std::span<char>& out)
{
    if (!z_ && (in.empty() || !open(static_cast<unsigned char>(in.front())))) return in.empty();
    while (!out.empty() && (!in.empty() || pending_)) {
        if (ended_ && ::inflateReset(z_.get()) != Z_OK) return false;  // a member starts
        ended_ = false;
        const auto in_size = static_cast<uInt>((std::min<std::size_t>)(in.size(), INT_MAX));
        const auto out_size = static_cast<uInt>((std::min<std::size_t>)(out.size(), INT_MAX));
        z_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
        z_->avail_in = in_size;
        z_->next_out = reinterpret_cast<Bytef*>(out.data());
        z_->avail_out = out_size;
        const int what = ::inflate(z_.get(), Z_NO_FLUSH);
        in.remove_prefix(in_size - z_->avail_in);
        out = out.subspan(out_size - z_->avail_out);
        ended_ = what == Z_STREAM_END;
        pending_ = !ended_ && z_->avail_out == 0;
        if (what == Z_BUF_ERROR && in.empty())
            pending_ = false;  // nothing was waiting after all
        else if (what != Z_OK && what != Z_STREAM_END)
            return false;
    }
    return true;
}

#else

SCRAPINGPROS_DECL bool inflater::begin(std::string_view coding)
{
    return coding.empty() || coding == "identity";
}

SCRAPINGPROS_DECL bool inflater::run(std::string_view&, std::span<char>&)
{
    return false;
}

#endif

}  // namespace scrapingpros::inline v0::detail

#endif
