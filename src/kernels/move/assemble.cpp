// The assembly of a sparse matrix's values.
#include <algorithm>

#include "kernels/kernels.hpp"
#include "sparse/places.hpp"

namespace gradtape::core::kernels {

namespace {
// Writes or adds entries first to last - 1 of a factor.
template <class T, bool Adds>
void put(const LinkPlaces& of, const T* x, int64_t first, int64_t last, T* out) {
  const auto one = [](T& to, T value) { Adds ? to += value : to = value; };
  if (!of.list.empty()) {
    for (int64_t k = first; k < last; ++k)
      if (of.list[k] >= 0) one(out[of.list[k]], x[k]);
    return;
  }
  auto run = std::ranges::upper_bound(of.runs, first, {}, [](const PlaceRun& r) { return r.first + r.count; });
  for (; run != of.runs.end() && run->first < last; ++run) {
    const int64_t begin = std::max(first, run->first), end = std::min(last, run->first + run->count);
    T* to = out + run->place + run->step * (begin - run->first);
    for (int64_t k = begin; k < end; ++k, to += run->step) one(*to, x[k]);
  }
}
}  // namespace

// All factors go through the rows together, a part of each after the other, so that a part of the result stays in the
// cache until all have written it.
void assemble(const KernelCall& c, const Places& places) {
  constexpr int64_t kPart = 1 << 13;  // values
  dispatch(c.out[0].dtype, [&]<class T>(Type<T>) {
    T* out = c.out[0].as<T>();
    if (places.add_up) std::fill_n(out, places.size, T(0));
    const int64_t parts = std::max<int64_t>(1, places.size / kPart);
    const auto share = [&](int64_t first, int64_t last, int) {
      for (int64_t part = first; part < last; ++part)
        for (const LinkPlaces& of : places.of_links) {
          const View& factor = c.in[of.link];
          const int64_t n = factor.elements(), begin = n * part / parts, end = n * (part + 1) / parts;
          if (places.add_up)
            put<T, true>(of, factor.as<T>(), begin, end, out);
          else
            put<T, false>(of, factor.as<T>(), begin, end, out);
        }
    };
    // Places that several entries share belong to one thread.
    for_each_share(places.add_up ? Workers(1) : c.workers, parts, 4, share);
  });
}

}  // namespace gradtape::core::kernels
