// make_pictures() of an input that is open. Private to this module.
#pragma once

#include "media/input.h"
#include "media/pictures.h"

namespace vat::media {

/// `input` was opened with Codecs::kPictures, and is of no more use after it. Errors: kCancelled.
[[nodiscard]] Result<Pictures> input_pictures(Input& input);

}  // namespace vat::media
