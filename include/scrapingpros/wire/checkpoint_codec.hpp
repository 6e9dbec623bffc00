#ifndef SCRAPINGPROS_WIRE_CHECKPOINT_CODEC_HPP
#define SCRAPINGPROS_WIRE_CHECKPOINT_CODEC_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/result.hpp>

#include <string>
#include <string_view>

namespace scrapingpros::inline v0 {

/* The text form of a checkpoint: lines, each with a newline behind it, so that a store can append.

       scrapingpros-checkpoint/1
       5f0a2c11 {"stage":"running","name":"tours", … }
       8d14e00b {"id":"0190f3b2-…","how":"usable","mark":1780272001000000}

   Behind the header, a line is the CRC-32 of its JSON text (8 lower-case hex digits), a space and the
   text. The first is the whole checkpoint, every other one a step since then. Members at their
   default are left out, stamps are microseconds since 1970, and members that a reader does not know
   are passed over. Any text is kept byte for byte, UTF-8 or not.

   The items of a draft are kept as the JSON text that create sends, each as a JSON string, and are
   read back as `raw_item`: the body before and after is the same to the byte. Of an `error_code`,
   those of this library and of the system come back; those of other categories come back empty.
*/

/// Header and checkpoint. An item of the draft that cannot be sent cannot be kept either: it is
/// `errc::bad_request_item`, and `diag.place` names item and member.
SCRAPINGPROS_DECL result<std::string> encode_checkpoint(const checkpoint& c, diagnostics& diag);

/// One line to append.
SCRAPINGPROS_DECL std::string encode_step(const settled_job& step);

/** Reads a checkpoint, and applies the steps behind it.

    A last line without its newline is what a crash leaves of a step: it is dropped. Who goes on
    appending must cut the text behind the last newline first.

    Never throws because of the text. Errors: `errc::checkpoint_unreadable` for any other damage, with
    the line (and the member) in `diag.place`; `errc::checkpoint_too_new` for a version that is not
    known yet, with both versions in `diag.client_text`.
*/
SCRAPINGPROS_DECL result<checkpoint> decode_checkpoint(std::string_view text, diagnostics& diag);

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/wire/checkpoint_codec.ipp>
#endif

#endif
