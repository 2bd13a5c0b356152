/* gradtape/attrs.h: a list of attributes for gt_apply, put together one by one. The typed functions of ops.h use it,
 * and programs call their own ops by it. Since 0.2.
 *
 *     gt_attr_list list;
 *     list.n = 0;
 *     gt_add_float(&list, "alpha", 0.5);
 *     gt_add_ints(&list, "axes", axes, 2);
 *     gt_apply(ctx, "my_op", &x, 1, list.attrs, list.n, &y, 1, NULL);
 *
 * A gt_attr_list is not to be copied: its attributes point to its values. Names, texts and lists of integers are the
 * caller's, and gt_apply reads them. An attribute is not added, and takes its default, where a text or a list is NULL,
 * an integer GT_DEFAULT_INT, or a dtype 0.
 */
#include "gradtape.h" /* includes ops.h, and through it this file */

#ifndef GRADTAPE_ATTRS_H
#define GRADTAPE_ATTRS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Stands for an integer attribute that is left out. */
#define GT_DEFAULT_INT INT64_MIN

/* The number of attributes that a gt_attr_list holds. Later versions may hold more. */
enum { GT_ATTR_LIST_CAPACITY = 16 };

typedef union gt_attr_value {
  int64_t integer;
  double number;
  uint8_t flag;
  gt_dtype dtype;
} gt_attr_value;

/* n is 0 at first. gt_apply refuses a list that was given more attributes than it holds (GT_INVALID_ARGUMENT). */
typedef struct gt_attr_list {
  gt_attr attrs[GT_ATTR_LIST_CAPACITY];
  gt_attr_value values[GT_ATTR_LIST_CAPACITY];
  size_t n;
} gt_attr_list;

/* Adds an attribute of any kind, with the fields of gt_attr. */
static inline void gt_add_attr(gt_attr_list* list, const char* name, int32_t kind, int32_t is_list, size_t count,
                               const void* values) {
  if (list->n >= GT_ATTR_LIST_CAPACITY) {
    list->n = SIZE_MAX;
    return;
  }
  gt_attr* a = &list->attrs[list->n++];
  a->name = name;
  a->kind = kind;
  a->is_list = is_list;
  a->count = count;
  a->values = values;
}
/* The place for the value of the next attribute. */
static inline gt_attr_value* gt_next_value(gt_attr_list* list) {
  return &list->values[list->n < GT_ATTR_LIST_CAPACITY ? list->n : 0];
}

static inline void gt_add_int(gt_attr_list* list, const char* name, int64_t value) {
  if (value == GT_DEFAULT_INT) return;
  gt_attr_value* v = gt_next_value(list);
  v->integer = value;
  gt_add_attr(list, name, GT_ATTR_INT, 0, 1, v);
}
static inline void gt_add_float(gt_attr_list* list, const char* name, double value) {
  gt_attr_value* v = gt_next_value(list);
  v->number = value;
  gt_add_attr(list, name, GT_ATTR_FLOAT, 0, 1, v);
}
static inline void gt_add_bool(gt_attr_list* list, const char* name, int32_t value) {
  gt_attr_value* v = gt_next_value(list);
  v->flag = value != 0;
  gt_add_attr(list, name, GT_ATTR_BOOL, 0, 1, v);
}
static inline void gt_add_dtype(gt_attr_list* list, const char* name, gt_dtype value) {
  if (value == 0) return;
  gt_attr_value* v = gt_next_value(list);
  v->dtype = value;
  gt_add_attr(list, name, GT_ATTR_DTYPE, 0, 1, v);
}
static inline void gt_add_string(gt_attr_list* list, const char* name, const char* value) {
  size_t n = 0;
  if (!value) return;
  while (value[n]) ++n;
  gt_add_attr(list, name, GT_ATTR_STRING, 0, n, value);
}
static inline void gt_add_ints(gt_attr_list* list, const char* name, const int64_t* values, size_t n) {
  if (!values) return;
  gt_add_attr(list, name, GT_ATTR_INT, 1, n, values);
}
/* Adds the list, or the integer n if the list is NULL. */
static inline void gt_add_int_or_ints(gt_attr_list* list, const char* name, const int64_t* values, size_t n) {
  if (values)
    gt_add_ints(list, name, values, n);
  else
    gt_add_int(list, name, (int64_t)n);
}
/* Adds the list, or the text if the list is NULL. */
static inline void gt_add_string_or_ints(gt_attr_list* list, const char* name, const char* value, const int64_t* values,
                                         size_t n) {
  if (values)
    gt_add_ints(list, name, values, n);
  else
    gt_add_string(list, name, value);
}

/* For the functions that take a struct of attributes. Returns 1 for one of this header, which has `known` bytes, and
 * for one of a later header whose further bytes are 0. Else returns 0, and `message` is the context's error. */
static inline int32_t gt_attrs_fit(gt_context ctx, const void* attrs, size_t struct_size, size_t known,
                                   const char* message) {
  const unsigned char* bytes = (const unsigned char*)attrs;
  int32_t fit = struct_size >= known && struct_size <= 4096; /* more is memory that nobody filled in */
  for (size_t i = known; fit && i < struct_size; ++i) fit = bytes[i] == 0;
  if (!fit) gt_set_error(ctx, GT_INVALID_ARGUMENT, message);
  return fit;
}

#ifdef __cplusplus
}
#endif

#endif
