// Arguments and messages of the functions that take derivatives of tapes.
#include "capi/derivatives.hpp"

namespace gradtape::core::capi {

Tensors read_targets(Context& c, const gt_tensor* handles, std::size_t n, const char* function) {
  need_array(handles, n, "{}: targets", function);
  Tensors targets;
  for (std::size_t i = 0; i < n; ++i) targets.push_back(c.peek(handles[i], fmt::format("{}: target {}", function, i)));
  return targets;
}
std::vector<Source> read_sources(Context& c, const gt_tensor* handles, std::size_t n, const char* function) {
  need_array(handles, n, "{}: sources", function);
  std::vector<Source> sources;
  for (std::size_t i = 0; i < n; ++i)
    sources.push_back(c.source(handles[i], fmt::format("{}: source {}", function, i)));
  return sources;
}
Tensors read_directions(Context& c, const gt_tensor* handles, std::size_t n, const char* function, const char* what) {
  Tensors directions;
  for (std::size_t i = 0; i < n; ++i)
    directions.push_back(handles[i] ? c.read(handles[i], fmt::format("{}: {} {}", function, what, i)) : Tensor());
  return directions;
}

bool zero_unconnected(int32_t unconnected, const char* function) {
  if (unconnected != GT_UNCONNECTED_NULL && unconnected != GT_UNCONNECTED_ZERO)
    invalid("{}: unconnected must be GT_UNCONNECTED_NULL 0 or GT_UNCONNECTED_ZERO 1, got {}", function, unconnected);
  return unconnected == GT_UNCONNECTED_ZERO;
}

namespace {
std::string null_message(const char* function, const char* what, std::size_t i, const Source& of, const char* why) {
  return fmt::format("{} gave NULL for {} {}, {}, which is not connected: {}", function, what, i, to_string(of), why);
}
}  // namespace

std::string null_of_source(const Tape& t, const char* function, std::size_t i, const Source& source) {
  const bool watched =
      t.recording().holds(source.tensor) || (source.variable && t.recording().read_of(source.variable.get()));
  return null_message(function, "source", i, source,
                      watched ? "it is watched, but no target was computed from it while the tape recorded"
                              : "was it watched before the ops that use it? gt_tape_watch comes first");
}
std::string null_of_target(const char* function, std::size_t i, const Tensor& target) {
  return null_message(function, "target", i, {target, nullptr},
                      "it was computed from no source while the tape recorded");
}

}  // namespace gradtape::core::capi
