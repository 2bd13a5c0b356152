// The assembly of a sparse matrix's values.
#include <algorithm>

#include "kernels/kernels.hpp"
#include "sparse/places.hpp"

namespace gradtape::core::kernels {

namespace {
// Writes or adds entries first to last - 1 of a factor; x(k): entry k.
template <bool Adds, class T, class X>
void put(const LinkPlaces& of, X&& x, int64_t first, int64_t last, T* out) {
  const auto one = [](T& to, T value) { Adds ? to += value : to = value; };
  if (!of.list.empty()) {
    for (int64_t k = first; k < last; ++k)
      if (of.list[k] >= 0) one(out[of.list[k]], x(k));
    return;
  }
  auto run = std::ranges::upper_bound(of.runs, first, {}, [](const PlaceRun& r) { return r.first + r.count; });
  for (; run != of.runs.end() && run->first < last; ++run) {
    const int64_t begin = std::max(first, run->first), end = std::min(last, run->first + run->count);
    T* to = out + run->place + run->step * (begin - run->first);
    for (int64_t k = begin; k < end; ++k, to += run->step) one(*to, x(k));
  }
}
}  // namespace

// All factors go through the rows together, a part of each after the other. A part of the result stays in the cache until
// all have written it.
void assemble(const KernelCall& c, const Places& places) {
  constexpr int64_t kPart = 1 << 13;  // values
  dispatch(c.out[0].dtype, [&]<class T>(Type<T>) {
    T* out = c.out[0].as<T>();
    if (places.add_up) std::fill_n(out, places.size, T(0));
    const int64_t parts = std::max<int64_t>(1, places.size / kPart);
    const auto put_part = [&](const LinkPlaces& of, int64_t part) {
      const int64_t begin = of.entries * part / parts, end = of.entries * (part + 1) / parts;
      const T* x = c.in[of.link].as<T>();
      const auto put_all = [&](auto&& entry) {
        places.add_up ? put<true>(of, entry, begin, end, out) : put<false>(of, entry, begin, end, out);
      };
      if (c.in[of.link].shape->rank() == 0)
        put_all([value = *x](int64_t) { return value; });
      else
        put_all([x](int64_t k) { return x[k]; });
    };
    const auto share = [&](int64_t first, int64_t last, int) {
      for (int64_t part = first; part < last; ++part)
        for (const LinkPlaces& of : places.of_links) put_part(of, part);
    };
    // Places that several entries share belong to one thread.
    for_each_share(places.add_up ? Workers(1) : c.workers, parts, 4, share);
  });
}

}  // namespace gradtape::core::kernels
