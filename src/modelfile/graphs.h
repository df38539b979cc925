// The compressed graphs of fill_graph(), which CMake writes into a source file. Internal.
#pragma once

namespace vat::modelfile {

extern const unsigned char kSegmentationGraph[4408];
extern const unsigned char kCampplusGraph[18168];

}  // namespace vat::modelfile
