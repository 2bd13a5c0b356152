/* Compares a release's interface, as snapshot.py writes it down, with the present headers. It declares types and
 * functions again, and a C compiler refuses declarations that differ. */
#include <stddef.h>

#define NUMBER(name, value) _Static_assert((name) == (value), #name " has another value")
#define FIXED(name) _Static_assert(sizeof(name) == sizeof(struct was_##name), #name " has another size")
#define GROWING(name) _Static_assert(sizeof(name) >= sizeof(struct was_##name), #name " has shrunk")
#define SAME_TYPE(x, y) __builtin_types_compatible_p(__typeof__(x), __typeof__(y))
#define FIELD(name, field)                                                         \
  _Static_assert(offsetof(name, field) == offsetof(struct was_##name, field) &&    \
                     SAME_TYPE(((name*)0)->field, ((struct was_##name*)0)->field), \
                 #name "." #field " has moved, or has another type")
#define EXPORTED(result, name, parameters)                 \
  static inline void declared_##name(void) { (void)name; } \
  result name parameters
#define INLINE(result, name, parameters)                   \
  static inline void declared_##name(void) { (void)name; } \
  static result name parameters
