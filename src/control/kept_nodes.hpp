// Nodes that are differentiated without a tape. A rule may compute some of them, and nodes that no tape has recorded then
// let go of their inputs and attributes.
#pragma once

#include "graph/recorder.hpp"

namespace gradtape::core {

class KeptNodes {
 public:
  // Records as `record` does. The nodes that depend on the tensors keep what they were made of, for the life of this.
  template <class Record>
  Tensor operator()(Recorder& recorder, std::span<const Tensor> tensors, Record&& record) {
    const Recorder::Listening listening(recorder, *recording_);
    for (const Tensor& t : tensors)
      if (is_floating(t.dtype())) recording_->watch(t);
    return record();
  }

 private:
  std::unique_ptr<Recording> recording_ = std::make_unique<Recording>(false);
};

}  // namespace gradtape::core
