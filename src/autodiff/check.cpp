#include "autodiff/check.hpp"

#include <algorithm>

#include "graph/print.hpp"
#include "ops/custom.hpp"

namespace gradtape::core {

namespace {
// A forward function may keep something for the gradient: it ends with the program's own values, whatever happens.
OpFindings checked(const Part& part, const CheckOptions& options, std::mt19937_64& random) {
  if (!part.is_by_user()) return check_part(part, options, random);
  OpFindings found;
  try {
    found = check_part(part, options, random);
  } catch (...) {
    try {
      part.replay(part.inputs());
    } catch (...) {  // the first failure tells
    }
    throw;
  }
  part.replay(part.inputs());
  return found;
}
}  // namespace

CheckReport check(const Tape& tape, const Tensor& target, std::span<const Source> sources,
                  const CheckOptions& options) {
  const Path path = tape.path(Tensors{target}, tape.tensors_of(sources));
  std::mt19937_64 random(options.seed);
  CheckReport report;
  double worst = 0;
  std::size_t faults = 0;
  const std::vector<Part> parts = parts_of(path);
  for (const Part& part : parts) {
    const OpFindings found = checked(part, options, random);
    const std::string name = part.title();
    report.text += fmt::format("  {}: {}\n", name, found.fault.empty() ? found.agreed : "WRONG: " + found.fault);
    if (found.fault.empty()) continue;
    ++faults;
    if (found.ratio <= worst) continue;
    worst = found.ratio;
    report.fault = fmt::format("{}: {}", name, found.fault);
  }
  const std::string head =
      faults == 0 ? "no defect found" : fmt::format("{} op{} with a defect", faults, faults == 1 ? "" : "s");
  report.text = fmt::format("{} in {} op{} between the sources and {}\n", head, parts.size(),
                            parts.size() == 1 ? "" : "s", labelled(target)) +
                report.text;
  const auto used = inputs_of(path);
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (std::ranges::none_of(tape.tensors_of(sources[i]),
                             [&](const Tensor& t) { return t.same(target) || used.contains(t); }))
      report.text +=
          fmt::format("source {} ({}) is not connected: gt_tape_explain says why\n", i, to_string(sources[i]));
  if (faults > 1) report.fault += fmt::format("; {} more op{} differ", faults - 1, faults == 2 ? "" : "s");
  return report;
}

}  // namespace gradtape::core
