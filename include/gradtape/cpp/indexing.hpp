// Parts of tensors, as NumPy writes them.
#pragma once

#include "operators.hpp"

namespace gradtape {

/// Elements from start to below stop: Slice(1, 3), Slice(-2), Slice(None, None, 2). Ends beyond the axis are moved to
/// its ends; negative ones count from the end.
inline constexpr std::nullopt_t None = std::nullopt;
struct Slice {
  std::optional<std::int64_t> start, stop;
  std::int64_t step = 1;
  constexpr Slice() = default;
  explicit constexpr Slice(std::optional<std::int64_t> from, std::optional<std::int64_t> to = std::nullopt,
                           std::int64_t by = 1)
      : start(from), stop(to), step(by) {}
};

/// One place in x(...), which stands for an axis or for none: an integer, a Slice, All, NewAxis, Ellipsis (all axes not
/// named).
class Index {
 public:
  enum Kind { at, slice, new_axis, ellipsis };
  template <class I, detail::if_integer<I> = 0>
  constexpr Index(I i) : kind_(at), at_(static_cast<std::int64_t>(i)) {}  // NOLINT: stands for any of these
  constexpr Index(const Slice& s) : kind_(slice), slice_(s) {}            // NOLINT
  explicit constexpr Index(Kind kind) : kind_(kind) {}
  Kind kind() const noexcept { return kind_; }
  std::int64_t position() const noexcept { return at_; }
  const Slice& range() const noexcept { return slice_; }

 private:
  Kind kind_;
  std::int64_t at_ = 0;
  Slice slice_;
};
inline constexpr Index All{Slice()}, NewAxis{Index::new_axis}, Ellipsis{Index::ellipsis};

namespace detail {
inline std::int64_t position_of(const Index& i, std::int64_t n, std::size_t axis) {
  if (i.position() < -n || i.position() >= n)
    throw Error(GT_INVALID_ARGUMENT, "index " + std::to_string(i.position()) + " is outside axis " +
                                         std::to_string(axis) + " of size " + std::to_string(n));
  return i.position() < 0 ? i.position() + n : i.position();
}

// A slice as strided_slice wants it: begin, end and step, where an end before the first element is -n - 1.
struct Cut {
  std::int64_t begin, end, step;
};
inline Cut cut_of(const Slice& s, std::int64_t n) {
  if (s.step == 0) throw Error(GT_INVALID_ARGUMENT, "a slice's step must not be 0");
  const bool down = s.step < 0;
  const std::int64_t least = down ? -1 : 0, most = down ? n - 1 : n;
  const auto bound = [&](const std::optional<std::int64_t>& given, std::int64_t otherwise) {
    if (!given) return otherwise;
    const std::int64_t from_start = *given < 0 ? *given + n : *given;
    return std::min(std::max(from_start, least), most);
  };
  Cut c{bound(s.start, down ? most : least), bound(s.stop, down ? least : most), s.step};
  if (down ? c.begin <= c.end : c.begin >= c.end) return {0, 0, 1};
  if (c.end < 0) c.end = -n - 1;
  return c;
}

inline Tensor part(const Tensor& x, const Index* indices, std::size_t count) {
  const Shape shape = x.shape();
  std::size_t named = 0, ellipses = 0;
  for (std::size_t i = 0; i < count; ++i) {
    named += indices[i].kind() == Index::at || indices[i].kind() == Index::slice;
    ellipses += indices[i].kind() == Index::ellipsis;
  }
  if (named > shape.size() || ellipses > 1)
    throw Error(GT_INVALID_ARGUMENT, ellipses > 1 ? std::string("an index has one Ellipsis at most")
                                                  : std::to_string(named) + " indices for a tensor of " +
                                                        std::to_string(shape.size()) + " axes");
  Ints begin, end, step, result;
  bool cut = false;
  const auto take = [&](const Cut& c, std::int64_t n) {
    begin.push_back(c.begin);
    end.push_back(c.end);
    step.push_back(c.step);
    cut |= c.begin != 0 || c.end != n || c.step != 1;
  };
  const auto sizes = [&](const Cut& c, std::int64_t n) {
    const std::int64_t last = c.end == -n - 1 ? -1 : c.end;
    return c.step > 0 ? (last - c.begin + c.step - 1) / c.step : (c.begin - last - c.step - 1) / -c.step;
  };
  std::size_t axis = 0;
  const auto whole = [&](std::size_t until) {
    for (; axis < until; ++axis) {
      take({0, shape[axis], 1}, shape[axis]);
      result.push_back(shape[axis]);
    }
  };
  for (std::size_t i = 0; i < count; ++i) switch (indices[i].kind()) {
      case Index::new_axis: result.push_back(1); break;
      case Index::ellipsis: whole(axis + shape.size() - named); break;
      case Index::at: {
        const std::int64_t at = position_of(indices[i], shape[axis], axis);
        take({at, at + 1, 1}, shape[axis++]);
        break;
      }
      case Index::slice: {
        const Cut c = cut_of(indices[i].range(), shape[axis]);
        result.push_back(sizes(c, shape[axis]));
        take(c, shape[axis++]);
        break;
      }
    }
  whole(shape.size());
  const Tensor picked = cut ? strided_slice(x, begin, end, step) : x;
  return result == picked.shape() ? picked : reshape(picked, result);
}
}  // namespace detail

inline Tensor Tensor::operator[](const Index& index) const { return detail::part(*this, &index, 1); }
inline Tensor Tensor::operator[](const Tensor& which) const {
  return which.dtype() == Dtype::bool_ ? boolean_mask(*this, which) : gather(*this, which, 0);
}
template <class... Indices>
Tensor Tensor::operator()(const Indices&... indices) const {
  static_assert(sizeof...(Indices) > 0, "x() names no part; write x");
  const Index all[] = {Index(indices)...};
  return detail::part(*this, all, sizeof...(Indices));
}

}  // namespace gradtape
