// A derivative against differences of its function: entry by entry, at several steps, with an estimate of the error.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <vector>

namespace gradtape::core {

// The derivative by one entry, as differences tell it.
struct Estimate {
  double value = 0, error = 0;
};
struct Defect {
  std::size_t entry = 0;
  double derivative = 0;
  Estimate estimate;
  double ratio() const { return std::abs(derivative - estimate.value) / std::max(estimate.error, 1e-300); }
};

// y(step) at x + step * direction, all entries; nothing where it cannot be computed.
using Along = std::function<std::optional<std::vector<double>>(double step)>;

struct Compared {
  std::size_t agree = 0, undecided = 0;
  std::vector<Defect> defects;
  double worst = 0;  // of those that agree: the largest difference, relative to the value
};

// Central differences at two steps, extrapolated (Richardson), for a list of scales from fine precision to coarse. An
// entry agrees at the first scale that is precise enough to tell. It is a defect where two scales tell the same other
// value, and none agrees. At a kink any value between the derivatives of both sides agrees. Poles, jumps and noise leave
// it undecided.
Compared compare_with_differences(const Along& along, const std::vector<double>& derivative, bool single,
                                  double tolerance);
// The derivatives themselves, by entry; nothing where they stay undecided.
std::vector<std::optional<Estimate>> slopes(const Along& along, std::size_t n, bool single);

}  // namespace gradtape::core
