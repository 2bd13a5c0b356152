// Links are shifted along the first axis, until equal parameters mean equal rows.
#include "autodiff/align_links.hpp"

#include <algorithm>

namespace gradtape::core {

namespace {
constexpr int64_t kMostLeftOut = 128;  // elements: a loop computes so many shifted ones beside its own (halo.hpp)

int64_t product(const Shape::Dims& dims, std::size_t first) {
  int64_t n = 1;
  for (std::size_t p = first; p < dims.size(); ++p) n *= dims[p];
  return n;
}

// The places along the first axis by which b's rows lie behind a's. Nothing: along other axes they differ.
std::optional<int64_t> shift_of_rows(const Link& a, const Link& b) {
  if (b.row_list || b.column_list || a.box.size() != b.box.size() || a.rows.size() != b.rows.size())
    return std::nullopt;
  if (!std::equal(a.box.begin() + 1, a.box.end(), b.box.begin() + 1)) return std::nullopt;
  std::optional<int64_t> shift;
  for (std::size_t k = 0; k < a.rows.size(); ++k) {
    const int64_t apart = b.rows[k].first - a.rows[k].first, step = a.rows[k].steps[0];
    if (!std::ranges::equal(a.rows[k].steps, b.rows[k].steps)) return std::nullopt;
    if (step == 0 ? apart != 0 : apart % step != 0) return std::nullopt;
    if (step == 0) continue;
    if (shift && *shift != apart / step) return std::nullopt;
    shift = apart / step;
  }
  return shift;
}
}  // namespace

int64_t Alignment::elements_before(std::size_t link) const { return first[link] * product(box, 1); }
int64_t Alignment::elements() const { return product(box, 0); }

std::optional<Alignment> alignment_of(const Links& links) {
  const std::vector<Link>& all = links.all();
  if (all.empty() || all[0].box.empty() || all[0].row_list || all[0].column_list) return std::nullopt;
  int64_t begin = 0, end = all[0].box[0];
  Alignment result{all[0].box, {}};
  for (const Link& link : all) {
    const std::optional<int64_t> shift = shift_of_rows(all[0], link);
    if (!shift) return std::nullopt;
    result.first.push_back(*shift);
    begin = std::min(begin, *shift);
    end = std::max(end, *shift + link.box[0]);
  }
  result.box[0] = end - begin;
  const int64_t inner = product(result.box, 1);
  for (std::size_t l = 0; l < all.size(); ++l) {
    result.first[l] -= begin;
    if ((end - begin - all[l].box[0]) * inner > kMostLeftOut) return std::nullopt;
  }
  return result;
}

}  // namespace gradtape::core
