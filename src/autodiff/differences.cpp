#include "autodiff/differences.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace gradtape::core {

namespace {
// Steps for float64, and for float32, whose rounding asks for longer steps.
constexpr std::array kSteps = {0x1p-9, 0x1p-14, 0x1p-19, 0x1p-5, 0x1p-24, 0x1p-30};
constexpr std::array kStepsOfSingle = {0x1p-4, 0x1p-6, 0x1p-8, 0x1p-2, 0x1p-10, 0x1p-12};

// The function at five points.
struct Points {
  std::vector<double> down2, down, at, up, up2;  // -h, -h/2, 0, h/2, h
};

struct Reading {
  Estimate central;
  bool finite = true, precise = false, kink = false;
  double low = 0, high = 0;  // at a kink: the derivatives of both sides
};

class Reader {
 public:
  explicit Reader(bool single)
      : epsilon_(single ? double{std::numeric_limits<float>::epsilon()} : std::numeric_limits<double>::epsilon()),
        precise_(single ? 2e-2 : 1e-3) {}

  Reading read(const Points& p, double h, std::size_t i) const {
    const double a = p.down2[i], b = p.down[i], c = p.at[i], d = p.up[i], e = p.up2[i];
    const double largest = std::max({std::abs(a), std::abs(b), std::abs(c), std::abs(d), std::abs(e)});
    Reading r;
    if (!std::isfinite(a + b + c + d + e)) {
      r.finite = false;
      return r;
    }
    const double coarse = (e - a) / (2 * h), fine = (d - b) / h;
    r.central.value = (4 * fine - coarse) / 3;
    // The fourth difference of a smooth function is small: what it holds is rounding, or worse.
    const double rough = std::abs(a - 4 * b + 6 * c - 4 * d + e), rounding = 4 * epsilon_ * largest;
    r.central.error = std::abs(r.central.value - fine) + (rough + rounding) / h;
    const double moved = std::max({std::abs(a - c), std::abs(b - c), std::abs(d - c), std::abs(e - c)});
    r.precise = r.central.error <= precise_ * std::abs(r.central.value) || moved <= rounding;
    // Between one-sided derivatives there is a gap that shrinks with the step, but for a kink.
    const double right = 2 * (d - c) / h, left = 2 * (c - b) / h, gap = std::abs(right - left);
    const double gap_before = std::abs((e - c) / h - (c - a) / h);
    r.kink = gap > 0.7 * gap_before && gap > 16 * rounding / h;
    r.low = std::min(left, right);
    r.high = std::max(left, right);
    return r;
  }

 private:
  double epsilon_, precise_;
};

std::optional<Points> points_at(const Along& along, double h, const std::vector<double>& at) {
  auto down2 = along(-h), down = along(-h / 2), up = along(h / 2), up2 = along(h);
  if (!down2 || !down || !up || !up2) return std::nullopt;
  return Points{std::move(*down2), std::move(*down), at, std::move(*up), std::move(*up2)};
}

struct Entry {
  enum { open, agrees, differs } state = open;
  std::vector<Estimate> others;  // what the scales that disagree tell
};

// Whether one more scale that tells another value than the derivative's confirms an earlier one.
bool confirmed(const Entry& entry, const Estimate& now) {
  return std::ranges::any_of(entry.others, [&](const Estimate& e) {
    return std::abs(e.value - now.value) <= 2 * (e.error + now.error) + 1e-3 * std::abs(now.value);
  });
}
}  // namespace

Compared compare_with_differences(const Along& along, const std::vector<double>& derivative, bool single,
                                  double tolerance) {
  const std::size_t n = derivative.size();
  std::vector<Entry> entries(n);
  const Reader reader(single);
  Compared result;
  const auto at = along(0);
  std::size_t open = n;
  for (const double h : single ? kStepsOfSingle : kSteps) {
    if (open == 0 || !at) break;
    const std::optional<Points> points = points_at(along, h, *at);
    for (std::size_t i = 0; points && i < n; ++i) {
      Entry& entry = entries[i];
      const double d = derivative[i];
      if (entry.state == Entry::agrees || !std::isfinite(d)) continue;
      const Reading r = reader.read(*points, h, i);
      if (!r.finite) continue;
      const double size = std::max(std::abs(d), std::abs(r.central.value)), off = std::abs(d - r.central.value);
      const bool near = off <= 2 * r.central.error + tolerance * size;
      const double slack = 0.02 * (r.high - r.low);
      const bool between = r.kink && d >= r.low - slack && d <= r.high + slack;
      if ((near && (r.precise || d == 0)) || between) {
        if (entry.state == Entry::open) --open;
        entry.state = Entry::agrees;
        if (near && r.precise && size > 0) result.worst = std::max(result.worst, off / size);
      } else if (r.precise && !near && !r.kink) {
        if (entry.state == Entry::open && confirmed(entry, r.central)) entry.state = Entry::differs, --open;
        entry.others.push_back(r.central);
      }
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    result.agree += entries[i].state == Entry::agrees;
    result.undecided += entries[i].state == Entry::open;
    if (entries[i].state == Entry::differs)
      result.defects.push_back({i, derivative[i], *std::ranges::min_element(entries[i].others, {}, &Estimate::error)});
  }
  return result;
}

std::vector<std::optional<Estimate>> slopes(const Along& along, std::size_t n, bool single) {
  std::vector<std::optional<Estimate>> best(n);
  const Reader reader(single);
  const auto at = along(0);
  for (const double h : single ? kStepsOfSingle : kSteps) {
    if (!at || std::ranges::all_of(best, [](const auto& e) { return e.has_value(); })) break;
    const std::optional<Points> points = points_at(along, h, *at);
    for (std::size_t i = 0; points && i < n; ++i)
      if (const Reading r = reader.read(*points, h, i); !best[i] && r.finite && r.precise && !r.kink)
        best[i] = r.central;
  }
  return best;
}

}  // namespace gradtape::core
