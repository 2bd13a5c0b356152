/* gradtape: automatic differentiation of tensor programs.
 *
 * Tensor computations are recorded on tapes; from a tape come gradients, directional derivatives, Jacobians and
 * Hessians, of any order. This is the whole interface: plain C99, usable from any language. gradtape/ops.h has a typed
 * function for every op.
 *
 *     gt_context ctx;
 *     gt_context_create(&ctx);
 *     gt_tensor x = gt_scalar(ctx, 3.0);
 *     gt_tape tape = gt_tape_begin(ctx, 0);
 *     gt_tape_watch(ctx, tape, x);
 *     gt_tensor y = gt_multiply(ctx, x, x);
 *     gt_tensor dy_dx;
 *     gt_tape_gradient(ctx, tape, &y, 1, &x, 1, NULL, GT_UNCONNECTED_NULL, &dy_dx);   // 6
 *     gt_context_destroy(ctx);
 *
 * CONVENTIONS
 *
 * Contexts. A gt_context holds all state: active tapes, scopes, random state, the first error. It may move between
 * threads, and is used by one thread at a time. A call that finds another thread inside returns GT_BUSY (NULL, where
 * it returns an object) and has done nothing. gt_release alone may be called from any thread at any time. While a
 * gt_compute_fn or a gt_interrupt_fn runs, other calls on its context give GT_BUSY.
 *
 * Handles. A handle is a number in a pointer's clothes, never an address. A null, stale, foreign or wrong-kind handle
 * gives GT_INVALID_HANDLE. No value is given twice while the process lives. A process can make 7e13 contexts. They can
 * give 2.8e14 handles at the least, and 7e16 if all are of one context.
 *
 * Ownership.
 *
 *     object                              owner           until
 *     a handle that a call returns        the caller      gt_release, the end of its scope or of the context
 *     a handle that a callback is given   the library     the callback returns
 *     a handle that a callback writes     the library     its last use
 *     memory that a call reads, writes    the caller      the call returns: data is copied in and out
 *     memory given to gt_tensor_borrow    the caller      the library calls `free`
 *     memory of gt_tensor_borrow_data     the library     the tensor's handle is released
 *     user_data of a callback             the library     it calls `free`, exactly once
 *
 * Errors. A function that makes one object returns it, and NULL on failure; every other function returns a gt_status. A
 * failed call sets output parameters to NULL or 0 and texts to "". All else stays as it was: tapes, scopes, variables,
 * numbers to be drawn. Counts above 2^24 are refused. The context keeps the first error, code and message, until
 * gt_take_error. An op given a NULL from an earlier failure fails quietly with GT_INVALID_HANDLE. So C expressions
 * nest, and one check at the end tells the first cause. Any function may fail with GT_INVALID_HANDLE, GT_BUSY,
 * GT_OUT_OF_MEMORY and GT_INTERNAL. A function that computes may fail with GT_CANCELLED if the context has a
 * gt_interrupt_fn. These are not repeated below.
 *
 * Data. Memory is row-major and contiguous. A bool is one byte, 0 or 1.
 *
 * Evaluation. An op checks shapes and dtypes and records itself. Values are computed when they are read, or by gt_eval.
 * Errors that depend on values (an index out of range, a singular matrix) come then.
 *
 * Numbers. Integer arithmetic wraps around; floating point is IEEE. There is no implicit conversion between dtypes. A
 * tensor from gt_scalar, or from an op without its optional dtype attribute, is weak. It is GT_FLOAT64 until it meets
 * another tensor, and then takes the dtype of that. gt_tensor_read gives it as float where 4 bytes an element are asked
 * for.
 *
 * Strings go out into the caller's buffer: at most `capacity` bytes with the final 0. *needed (may be NULL) is the size
 * for all of it.
 *
 * Growth. Structs that may grow begin with size_t struct_size: set it to sizeof. A size that no published header has is
 * GT_INVALID_ARGUMENT. A larger size is that of a later header: bytes behind the known part must be 0. The library sets
 * them to 0 in a struct that it fills in. Numbers, once released, never change their meaning. "Since 0.2" marks
 * functions that the release before lacks.
 */
#ifndef GRADTAPE_GRADTAPE_H
#define GRADTAPE_GRADTAPE_H

#include <stddef.h>
#include <stdint.h>

#define GT_VERSION_MAJOR 0
#define GT_VERSION_MINOR 2
#define GT_VERSION_PATCH 0
#define GT_ABI_VERSION 0

#if defined(GT_BUILDING_LIBRARY) && defined(__GNUC__)
#define GT_API __attribute__((visibility("default")))
#else
#define GT_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types and numbers ------------------------------------------------- */

typedef struct gt_context_s* gt_context;
typedef struct gt_tensor_s* gt_tensor; /* a value, or a variable: a variable goes wherever a tensor goes */
typedef struct gt_tape_s* gt_tape;
typedef struct gt_function_s* gt_function;
typedef struct gt_sparsity_s* gt_sparsity; /* the places where a matrix may be other than 0. Since 0.2 */

typedef int32_t gt_status;
enum {
  GT_OK = 0,
  GT_INVALID_ARGUMENT = 1,    /* a shape, dtype, count, attribute or value that does not fit */
  GT_NOT_FOUND = 2,           /* no op, rule or gradient of that name */
  GT_FAILED_PRECONDITION = 3, /* the right call at the wrong time: a used-up tape, a tensor without a value */
  GT_OUT_OF_MEMORY = 4,
  GT_INVALID_HANDLE = 5, /* null, stale, of another context or of another kind */
  GT_UNSUPPORTED = 6,    /* meaningful, but not done by this version */
  GT_BUSY = 7,           /* another thread is inside the context */
  GT_CALLBACK_FAILED = 8,
  GT_IO = 9,
  GT_INTERNAL = 10, /* a defect of the library: please report it */
  GT_ALREADY_EXISTS = 11,
  GT_CANCELLED = 12
};

typedef int32_t gt_dtype;
enum { GT_BOOL = 1, GT_INT32 = 2, GT_INT64 = 3, GT_FLOAT32 = 4, GT_FLOAT64 = 5 };

enum { GT_MAX_RANK = 16 }; /* axes of a tensor that is handed in; results of Jacobians may have twice as many */

/* The version of the library that is running, "1.2.3". */
GT_API const char* gt_version(void);
/* The ABI number of the library that is running, the 0 of libgradtape.so.0. A program can use the library where this is
 * the GT_ABI_VERSION of the header that it was built with (docs/versioning.md). Since 0.2. */
GT_API int32_t gt_abi_version(void);
/* The name of a status, "GT_OUT_OF_MEMORY"; "GT_?" for a number that is none. */
GT_API const char* gt_status_name(gt_status status);

/* ---- Contexts, errors, handles ----------------------------------------- */

/* Makes a context. GT_OUT_OF_MEMORY also where 1024 contexts are alive. */
GT_API gt_status gt_context_create(gt_context* out);
/* Ends a context: its tensors, tapes and variables are freed, its handles become stale, callbacks that free are called.
 * GT_FAILED_PRECONDITION inside a callback of this context. */
GT_API gt_status gt_context_destroy(gt_context ctx);
/* Returns the first error since the last call and clears it; GT_OK and "" where there is none. A call with message NULL
 * and needed not NULL only asks for the size, and clears nothing. */
GT_API gt_status gt_take_error(gt_context ctx, char* message, size_t capacity, size_t* needed);
/* Keeps an error of the caller's own as the context's first, if none is kept yet. A callback calls it before it returns
 * the status, so that the call around it ends with this message. GT_INVALID_ARGUMENT: status is none, or GT_OK. Since
 * 0.2. */
GT_API gt_status gt_set_error(gt_context ctx, gt_status status, const char* message);
/* Sets the key of the random ops and starts their draws anew. A new context has key 0. */
GT_API gt_status gt_random_seed(gt_context ctx, uint64_t key);

/* Sets the number of threads that a computation may use, the caller's among them. 0, as at first, stands for the
 * environment variable GRADTAPE_THREADS, or else for all cores that the process may run on. 1 stands for none beside
 * the caller. No result depends on the number: the threads round, and take subnormal numbers for 0, as the caller's
 * thread does. All contexts share the threads: a context that finds them taken computes alone. They take no signals,
 * survive a fork, and keep the library loaded after dlclose. */
GT_API gt_status gt_set_threads(gt_context ctx, int32_t threads);

/* Called before the steps of computations, every 20 ms at the most, on the thread that computes. A value other than 0
 * stops the call with GT_CANCELLED. Must not use the context (GT_BUSY). */
typedef int32_t (*gt_interrupt_fn)(void* user_data);
/* Lets a program stop long computations: by a signal, a clock, another thread. Values stay as they were, but memory
 * that gt_function_run was given for outputs may hold some of them. A step is one fused loop or one op of the plan:
 * its end is waited for. NULL: nothing is asked. `free` is called with user_data when another function takes its place,
 * the context ends, or the call fails. Since 0.2. */
GT_API gt_status gt_set_interrupt(gt_context ctx, gt_interrupt_fn interrupted, void* user_data, void (*free)(void*));

/* The memory of a context, in bytes if nothing else is said. Values up to 64 bytes lie in their nodes. A program that
 * releases all that it makes has as many nodes and handles after each round as before. */
typedef struct gt_memory_info {
  size_t struct_size;
  uint64_t live;   /* tensors and temporaries in use */
  uint64_t cached; /* free, kept for reuse */
  uint64_t peak;   /* the most that was ever in use, of what `live` counts */
  uint64_t limit;  /* of live, cached, plans, graph and native_code together; 0: none */
  /* The plans of computations that may come again, up to 128 MiB of them, those used last; and of functions. */
  uint64_t plans;
  uint64_t graph;   /* the recorded nodes, roughly: tensors that live, and what tapes and functions keep behind them */
  uint64_t nodes;   /* how many of these there are */
  uint64_t handles; /* how many handles are not released: tensors, variables, tapes, functions and sparsities */
  uint64_t native_code; /* of these plans: pages of the system that hold it */
} gt_memory_info;
GT_API gt_status gt_memory_stats(gt_context ctx, gt_memory_info* out);
/* Above the limit a call fails with GT_OUT_OF_MEMORY, with all values as they were; the message names the op and the
 * bytes it needs. Before that, cached memory and the plans that no function holds are given up. 0: none. */
GT_API gt_status gt_memory_limit(gt_context ctx, uint64_t bytes);
/* Gives cached memory, and the plans that no function holds, back to the system. */
GT_API gt_status gt_memory_trim(gt_context ctx);

/* Gives back a tensor, a tape, a function or a sparsity, from any thread, at any time and rate. It takes no memory and never
 * touches the error. No other call fails because of it: a call that meets it waits until one handle is released. While
 * a call is inside the context, the handle is released at the end of that call. User callbacks that free memory run at
 * the next call on the context, not here. */
GT_API gt_status gt_release(gt_context ctx, const void* handle);
/* Another handle to the same tensor or variable. */
GT_API gt_tensor gt_tensor_duplicate(gt_context ctx, gt_tensor tensor);
/* gt_scope_end releases every handle made since the matching gt_scope_begin, but the n_keep in `keep`. Kept handles
 * belong to the scope around, if any. GT_FAILED_PRECONDITION where no scope is open; a callback can end only scopes
 * that it began. */
GT_API gt_status gt_scope_begin(gt_context ctx);
GT_API gt_status gt_scope_end(gt_context ctx, const gt_tensor* keep, size_t n_keep);

/* ---- Tensors and variables --------------------------------------------- */

/* A tensor with a copy of row_major. bytes must be the product of dims times the size of the dtype. dims may be NULL
 * where rank is 0, row_major where bytes is 0. */
GT_API gt_tensor gt_tensor_create(gt_context ctx, gt_dtype dtype, const int64_t* dims, size_t rank,
                                  const void* row_major, size_t bytes);
/* The same without the copy. The memory must stay as it is until `free` (may be NULL) is called with user_data, exactly
 * once. If the call fails, `free` is called at once. The memory must be aligned to its elements. */
GT_API gt_tensor gt_tensor_borrow(gt_context ctx, gt_dtype dtype, const int64_t* dims, size_t rank,
                                  const void* row_major, size_t bytes, void (*free)(void*), void* user_data);
/* A tensor of rank 0 that takes the dtype of what it meets. GT_INVALID_ARGUMENT comes from the op where it meets an
 * integer dtype that cannot hold it. */
GT_API gt_tensor gt_scalar(gt_context ctx, double value);
/* A variable: a tensor whose value can be assigned anew. Reading it (using it in an op) takes the value it has then,
 * and lets the recording tapes watch it. */
GT_API gt_tensor gt_variable(gt_context ctx, gt_tensor initial);
/* 0: tapes do not watch it by themselves. New variables are trainable. */
GT_API gt_status gt_variable_set_trainable(gt_context ctx, gt_tensor variable, int32_t trainable);
/* A number that all handles of one variable share, those from gt_tape_watched_variables too, and nothing else in the
 * context ever has. GT_INVALID_ARGUMENT, and 0, where the tensor is no variable. Since 0.2. */
GT_API gt_status gt_variable_id(gt_context ctx, gt_tensor variable, uint64_t* id);
/* variable = value, variable + value, variable - value; shape and dtype must be the variable's. Tensors that were read
 * before keep their values, and no gradient goes through an assignment. GT_INVALID_ARGUMENT where the tensor is no
 * variable. */
GT_API gt_status gt_assign(gt_context ctx, gt_tensor variable, gt_tensor value);
GT_API gt_status gt_assign_add(gt_context ctx, gt_tensor variable, gt_tensor value);
GT_API gt_status gt_assign_sub(gt_context ctx, gt_tensor variable, gt_tensor value);

/* The first `capacity` dims, and the rank. dims may be NULL where capacity is 0. */
GT_API gt_status gt_tensor_shape(gt_context ctx, gt_tensor tensor, int64_t* dims, size_t capacity, size_t* rank);
GT_API gt_status gt_tensor_dtype(gt_context ctx, gt_tensor tensor, gt_dtype* out);
/* Computes the tensor where it is pending and copies it out; bytes must be its size. */
GT_API gt_status gt_tensor_read(gt_context ctx, gt_tensor tensor, void* row_major, size_t bytes);
/* Computes the tensor and lends its memory: valid until this handle is released, not to be written to. */
GT_API gt_status gt_tensor_borrow_data(gt_context ctx, gt_tensor tensor, const void** row_major, size_t* bytes);
/* Computes the tensors, together and once, and the pending values of variables. */
GT_API gt_status gt_eval(gt_context ctx, const gt_tensor* tensors, size_t n);

/* DLPack (https://dmlc.github.io/dlpack). to_dlpack gives a DLManagedTensor*. The receiver calls its deleter, on any
 * thread, also after the context is gone. It shares memory, which is not to be written to. from_dlpack takes over a
 * DLManagedTensor* on the CPU. It borrows memory that is contiguous, else copies, and calls the deleter once. On
 * failure the tensor stays the caller's. GT_UNSUPPORTED: another device or element type. */
GT_API gt_status gt_tensor_to_dlpack(gt_context ctx, gt_tensor tensor, void** dl_managed_tensor);
GT_API gt_tensor gt_tensor_from_dlpack(gt_context ctx, void* dl_managed_tensor);

/* One line about a tensor: dtype, shape, the op it is from, its values (shortened) where it has them. Computes nothing.
 */
GT_API gt_status gt_tensor_describe(gt_context ctx, gt_tensor tensor, char* text, size_t capacity, size_t* needed);
enum { GT_GRAPH_TEXT = 0, GT_GRAPH_DOT = 1 };
/* The recorded graph behind the tensors: a line per node, or Graphviz. Computed parts whose tapes have ended are cut
 * off. */
GT_API gt_status gt_graph_describe(gt_context ctx, const gt_tensor* tensors, size_t n, int32_t format, char* text,
                                   size_t capacity, size_t* needed);

/* ---- Ops --------------------------------------------------------------- */

enum { GT_ATTR_INT = 1, GT_ATTR_FLOAT = 2, GT_ATTR_BOOL = 3, GT_ATTR_STRING = 4, GT_ATTR_DTYPE = 5 };
/* One named attribute of an op. An integer serves where a float is wanted, one element where a list is wanted, a name
 * ("float32") where a dtype is wanted. A list of lists is given row by row. An attribute that is left out takes its
 * default. */
typedef struct gt_attr {
  const char* name;
  int32_t kind;
  int32_t is_list;
  size_t count;       /* elements; bytes for a string */
  const void* values; /* int64_t, double, uint8_t, char, gt_dtype */
} gt_attr;

/* Applies an op by its registered name. *n_outputs (may be NULL) is the number of outputs; where it is above capacity
 * the call fails with GT_INVALID_ARGUMENT. With outputs NULL and capacity 0 the number alone is asked for, and nothing
 * is made. GT_NOT_FOUND: no op of that name. */
GT_API gt_status gt_apply(gt_context ctx, const char* op, const gt_tensor* inputs, size_t n_inputs,
                          const gt_attr* attrs, size_t n_attrs, gt_tensor* outputs, size_t capacity, size_t* n_outputs);

/* The registered ops, sorted by name. gt_op_count gives their number and gt_op_name a name, a string that stays.
 * gt_op_describe gives a description as a JSON object, whose fields docs/ops.md explains. None of them needs a
 * context. */
GT_API size_t gt_op_count(void);
GT_API const char* gt_op_name(size_t index); /* NULL: no such index */
GT_API gt_status gt_op_describe(const char* op, char* json, size_t capacity, size_t* needed);

/* ---- Tapes ------------------------------------------------------------- */

enum { GT_TAPE_PERSISTENT = 1, GT_TAPE_MANUAL_WATCH = 2 };
enum { GT_UNCONNECTED_NULL = 0, GT_UNCONNECTED_ZERO = 1 };

/* Begins a tape, recording. From now on it notes every op that depends on a tensor that it watches. It watches tensors
 * given to gt_tape_watch, and trainable variables that are read (not with GT_TAPE_MANUAL_WATCH). Several tapes may
 * record at once and end in any order. A tape serves one derivative, which also ends it.
 * With GT_TAPE_PERSISTENT it serves any number, and those taken while it records are recorded on it too. */
GT_API gt_tape gt_tape_begin(gt_context ctx, uint32_t flags);
/* Stops recording; what was recorded stays. Ending an ended tape does nothing. */
GT_API gt_status gt_tape_end(gt_context ctx, gt_tape tape);
/* Watching a tensor the tape knows already does nothing. It may also be done after the end; ops recorded before are not
 * recorded again. Tensors of an integer or bool dtype may be watched, and have no gradient. */
GT_API gt_status gt_tape_watch(gt_context ctx, gt_tape tape, gt_tensor tensor);
/* Pauses the tape, and lets it record again, after a pause or after its end. After its end it goes on with the same
 * recording; a used-up tape goes on with an empty one. GT_FAILED_PRECONDITION where it is not, or is, recording. */
GT_API gt_status gt_tape_stop_recording(gt_context ctx, gt_tape tape);
GT_API gt_status gt_tape_resume_recording(gt_context ctx, gt_tape tape);
/* Forgets all that was recorded and watched. GT_FAILED_PRECONDITION where the tape is not recording. */
GT_API gt_status gt_tape_reset(gt_context ctx, gt_tape tape);
/* The variables the tape watches, in the order in which it met them, as new handles: the first `capacity`, and how many
 * there are. */
GT_API gt_status gt_tape_watched_variables(gt_context ctx, gt_tape tape, gt_tensor* variables, size_t capacity,
                                           size_t* n);

/* gradients[i] = d (sum of all targets) / d sources[i], of the source's shape and dtype. With output_gradients, one per
 * target, of its shape and dtype, the sum is weighted by them. A source that no target depends on gives NULL, or zeros
 * (docs/my-gradient-is-null.md says why). A target may be a source, and either may be given twice.
 * GT_FAILED_PRECONDITION: a used-up tape. GT_NOT_FOUND: an op on the way has no gradient. */
GT_API gt_status gt_tape_gradient(gt_context ctx, gt_tape tape, const gt_tensor* targets, size_t n_targets,
                                  const gt_tensor* sources, size_t n_sources,
                                  const gt_tensor* output_gradients /* or NULL */, int32_t unconnected,
                                  gt_tensor* gradients);
/* Forward mode from the same recording: jvps[j] = the derivative of targets[j] along the tangents. There is one tangent
 * per source, of its shape and dtype; a NULL entry is zero. */
GT_API gt_status gt_tape_jvp(gt_context ctx, gt_tape tape, const gt_tensor* targets, size_t n_targets,
                             const gt_tensor* sources, size_t n_sources, const gt_tensor* tangents, int32_t unconnected,
                             gt_tensor* jvps);

enum { GT_MODE_AUTO = 0, GT_MODE_FORWARD = 1, GT_MODE_REVERSE = 2 };
enum { GT_BATCH_INDEPENDENT = 0, GT_BATCH_SUM = 1 };
/* Called between the parts of a long computation. Non-zero: stop, with GT_CANCELLED. */
typedef int32_t (*gt_progress_fn)(void* user_data, uint64_t done, uint64_t total);
typedef struct gt_jacobian_options {
  size_t struct_size;
  int32_t unconnected;
  int32_t
      mode; /* AUTO: by rows or by columns, whichever take less time, or as a product of two Jacobians where all goes
                   through a tensor of few elements; reverse where a custom gradient is on the way */
  uint64_t memory_budget; /* bytes of working memory beside the result; 0: 256 MiB. Chunks of rows are computed where
                               all at once need more; a chunk has one row at the least */
  int32_t
      batch_dependence; /* batch_jacobian, batch_hessian: INDEPENDENT is an error that names the op where samples may
                               mix; SUM sums over the target's batch, TensorFlow's formula, whatever it means */
  int32_t reserved;     /* 0 */
  gt_progress_fn progress;
  void* progress_data;
} gt_jacobian_options;
/* jacobians[i] = d target / d sources[i], of the target's shape followed by the source's. Unconnected: NULL, or zeros.
 * GT_OUT_OF_MEMORY, at once: the result is larger than the context's limit, or the machine's memory. */
GT_API gt_status gt_tape_jacobian(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources,
                                  size_t n_sources, const gt_jacobian_options* options /* or NULL */,
                                  gt_tensor* jacobians);
/* The diagonal blocks of the Jacobian, [b, y..., x...], of target [b, y...] by source [b, x...]. Each sample of the
 * target must depend on the same sample of the source alone. GT_FAILED_PRECONDITION: samples may mix, and the message
 * names the op. */
GT_API gt_status gt_tape_batch_jacobian(gt_context ctx, gt_tape tape, gt_tensor target, gt_tensor source,
                                        const gt_jacobian_options* options /* or NULL */, gt_tensor* jacobian);

/* Takes the rows `first` to first + count - 1 of a Jacobian: rows[i] is [count, source i...], computed and lent; NULL
 * where it is not connected. A status other than GT_OK ends the Jacobian, which then returns it. */
typedef gt_status (*gt_rows_fn)(gt_context ctx, void* user_data, int64_t first, int64_t count, const gt_tensor* rows,
                                size_t n_rows);
/* The Jacobians of gt_tape_jacobian in chunks of rows, one after the other, so that they need not fit into memory. A row
 * belongs to an element of the target, in row-major order. Chunk and working memory keep to options.memory_budget.
 * GT_INVALID_ARGUMENT: mode FORWARD, which gives columns. GT_FAILED_PRECONDITION in a function's body. Since 0.2. */
GT_API gt_status gt_tape_jacobian_rows(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources,
                                       size_t n_sources, const gt_jacobian_options* options /* or NULL */,
                                       gt_rows_fn rows, void* user_data);

/* ---- Second derivatives of one tape ------------------------------------ */

/* The target of these functions stands for the sum of its elements, as in gt_tape_gradient. The tape need not be
 * persistent. The results are recorded on other tapes, so that third orders follow. Unconnected are sources that the
 * target, or all of its gradients, do not depend on: a linear target has no Hessian. */

/* products[i] = the sum over j of d2 target / (d sources[i] d sources[j]) times vectors[j]. There is one vector per
 * source, of its shape and dtype; a NULL entry is zero. A product takes little more time than two gradients. Since
 * 0.2. */
GT_API gt_status gt_tape_hvp(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources, size_t n_sources,
                             const gt_tensor* vectors, int32_t unconnected, gt_tensor* products);
/* blocks[i * n_sources + j] = d2 target / (d sources[i] d sources[j]), of the shape of source i, then of source j.
 * Entries (a, b) and (b, a) are the same to the last bit. mode FORWARD differentiates the gradient forwards. Since
 * 0.2. */
GT_API gt_status gt_tape_hessian(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources,
                                 size_t n_sources, const gt_jacobian_options* options /* or NULL */,
                                 gt_tensor* blocks /* n_sources * n_sources */);
/* diagonals[i] = the second derivatives of the target by each element of sources[i], of its shape. It takes one product
 * for each element of a sample, where samples along the first axis stay apart in the Hessian. Else it takes one for each
 * element of the source. Since 0.2. */
GT_API gt_status gt_tape_hessian_diagonal(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources,
                                          size_t n_sources, const gt_jacobian_options* options /* or NULL */,
                                          gt_tensor* diagonals);
/* The Hessians of all samples, [b, x..., x...], of a target [b, ...] by source [b, x...]. GT_FAILED_PRECONDITION:
 * samples may mix, and the message names the op. Since 0.2. */
GT_API gt_status gt_tape_batch_hessian(gt_context ctx, gt_tape tape, gt_tensor target, gt_tensor source,
                                       const gt_jacobian_options* options /* or NULL */, gt_tensor* hessian);

/* ---- Sparse derivatives ------------------------------------------------ */

/* A sparse Jacobian has a row for each element of the target, and a column for each element of the sources. Elements
 * count in row-major order, one source after the other. A Hessian has a row and a column for each element of the sources.
 * Rows and columns are below 2^31 each. A gt_sparsity is the pattern: the entries that may be other than 0. It never changes, and serves
 * any number of values. gt_release and scopes give it back. Values are a tensor [nonzeros], row by row, with rising
 * columns: the order of GT_CSR. The format in which the pattern is read does not change it. docs/sparse.md has programs. */

enum { GT_SPARSE_AUTO = 0, GT_SPARSE_ACCUMULATE = 1, GT_SPARSE_COMPRESS = 2 };
enum { GT_MODE_BOTH = 3 }; /* beside GT_MODE_AUTO, GT_MODE_FORWARD, GT_MODE_REVERSE */
enum { GT_TRIANGLE_FULL = 0, GT_TRIANGLE_LOWER = 1, GT_TRIANGLE_UPPER = 2 };
enum { GT_DEPENDENCE_EXACT = 0, GT_DEPENDENCE_CONSERVATIVE = 1, GT_DEPENDENCE_TRUST = 2 };
typedef struct gt_sparse_options {
  size_t struct_size;
  int32_t
      method;   /* of the values. ACCUMULATE: factors along the links between elements. COMPRESS: products with a vector
                     for each colour of rows or columns that share no entry. AUTO: whichever take less time */
  int32_t mode; /* of COMPRESS: colours of columns, of rows, or of both */
  int32_t triangle; /* of a Hessian: the entries that the pattern has, with the diagonal */
  int32_t
      dependence; /* of the pattern on index tensors. EXACT reads their values, and is an error where there are none;
                     CONSERVATIVE then takes any index for possible; TRUST besides leaves out the check that values are
                     asked with the index tensors of the pattern */
  uint64_t memory_budget;  /* bytes of working memory beside the values; 0: 256 MiB */
  gt_progress_fn progress; /* called while the pattern is found, and whenever values are taken by it */
  void* progress_data;     /* stays valid as long as the sparsity */
} gt_sparse_options;
/* The pattern of d target / d sources. No entry that can be other than 0 is left out; one that is always 0 may be in it.
 * An index tensor that depends on a source may have any index, since it has others at other points. A gt_stop_gradient
 * on the way to it makes its values count.
 * The tape stays as it was: one that is not persistent still serves the values. An integer target, or a source that the
 * target does not depend on, has no entries. GT_INVALID_ARGUMENT: no source, or sources that do not all have one
 * floating dtype. GT_FAILED_PRECONDITION: a used-up tape; EXACT, and an index tensor without a value. Since 0.2. */
GT_API gt_sparsity gt_tape_jacobian_sparsity(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources,
                                             size_t n_sources, const gt_sparse_options* options /* or NULL */);
/* The pattern of the second derivatives of the sum of the target's elements by all sources. Since 0.2. */
GT_API gt_sparsity gt_tape_hessian_sparsity(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources,
                                            size_t n_sources, const gt_sparse_options* options /* or NULL */);

enum { GT_SPARSITY_SYMMETRIC = 1, GT_SPARSITY_TRUSTED = 2 };
/* A pattern of the caller's own, which is copied. Row i has the columns column_indices[row_offsets[i]] up to
 * column_indices[row_offsets[i + 1] - 1], rising, each once. There are rows + 1 offsets, from 0 on, none below the one
 * before it. flags: bits, or 0. SYMMETRIC: of a Hessian; the matrix is square, and has entry (j, i) with (i, j). TRUSTED:
 * values are not checked for entries that the pattern lacks, and those of COMPRESS may be wrong where it lacks any.
 * GT_INVALID_ARGUMENT names the first row at fault. Since 0.2. */
GT_API gt_sparsity gt_sparsity_create(gt_context ctx, int64_t rows, int64_t columns, const int64_t* row_offsets,
                                      const int64_t* column_indices, int32_t flags);

enum { GT_CSR = 0, GT_CSC = 1, GT_COO = 2 };
/* The pattern as two int64 tensors. CSR: row offsets [rows + 1] and the columns of the entries [nonzeros]. COO: rows and
 * columns of the entries, in the same order. CSC: column offsets [columns + 1] and the rows of the entries, column by
 * column, rising. Values stay in the order of CSR. Gathering them by the argsort of the columns of CSR brings them into
 * that of CSC: equal columns keep their order there. Since 0.2. */
GT_API gt_status gt_sparsity_pattern(gt_context ctx, gt_sparsity sparsity, int32_t format, gt_tensor* offsets_or_rows,
                                     gt_tensor* columns);
typedef struct gt_sparsity_info {
  size_t struct_size;
  int64_t rows, columns, nonzeros;
  int64_t links;                            /* between target and sources, by which the pattern was found */
  int32_t method;                           /* by which values come: GT_SPARSE_ACCUMULATE or GT_SPARSE_COMPRESS */
  int32_t symmetric;                        /* 1: of a Hessian */
  int64_t forward_colours, reverse_colours; /* products in each mode, of COMPRESS */
  int64_t peeled;                           /* dense rows or columns among these, with products of their own */
  double seconds;                           /* in which the pattern was found */
} gt_sparsity_info;
/* Sizes of the pattern, and the way to the values. Since 0.2. */
GT_API gt_status gt_sparsity_describe(gt_context ctx, gt_sparsity sparsity, gt_sparsity_info* info);

/* values = the entries of the Jacobian, [nonzeros], of the sources' dtype. A symmetric sparsity asks for those of the
 * Hessian of the sum of the target's elements. Values are recorded on other tapes, so that higher orders follow, and in a
 * function's body: a replay computes them alone. Entries that are not connected are 0. The sparsity may be of another tape
 * whose target and sources have as many elements. GT_INVALID_ARGUMENT: a sparsity of another size, or a pattern of the
 * caller's without an entry of the derivative, which the message names. GT_UNSUPPORTED: method ACCUMULATE, and an op that
 * it cannot go through. Since 0.2. */
GT_API gt_status gt_tape_sparse_values(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources,
                                       size_t n_sources, gt_sparsity sparsity, gt_tensor* values);
/* y = A x, or A^T x with transpose 1, of the matrix A that has the values at the entries of the pattern. x is [columns] or
 * [columns, k], and with transpose [rows] or [rows, k]; y has the other of the two sizes. Values and x have one floating
 * dtype. Differentiable by both. A triangle is not completed to a symmetric matrix. Since 0.2. */
GT_API gt_status gt_sparse_matvec(gt_context ctx, gt_sparsity sparsity, gt_tensor values, gt_tensor x,
                                  int32_t transpose, gt_tensor* y);
/* The same matrix, [rows, columns], with zeros between the entries. GT_OUT_OF_MEMORY, at once: it is larger than the
 * context's limit, or the machine's memory. Since 0.2. */
GT_API gt_status gt_sparse_to_dense(gt_context ctx, gt_sparsity sparsity, gt_tensor values, gt_tensor* matrix);

/* ---- Why, and whether -------------------------------------------------- */

/* Names a tensor or a variable, whatever its handle, for texts and messages. NULL or "" takes the name away. One line is
 * kept: control characters become spaces, and a name of more than 100 bytes is cut. Since 0.2. */
GT_API gt_status gt_label(gt_context ctx, gt_tensor tensor, const char* label);
/* Says in a few lines why the gradient of the target by the source is there, is zero, or is NULL. "connected" or "not
 * connected" comes first. Then come the ops between the two, with shapes and labels, by the numbers of
 * gt_graph_describe. The op at which the derivative stops or becomes 0 is named, with a remedy. A connected pair has a
 * line on the cost of its Jacobian. The gradient may be computed, and gradient functions of the user's called. The tape
 * stays as it was. A used-up tape is one of the reasons. docs/why-is-it-zero.md shows the answers. Since 0.2. */
GT_API gt_status gt_tape_explain(gt_context ctx, gt_tape tape, gt_tensor target, gt_tensor source, char* text,
                                 size_t capacity, size_t* needed);

enum { GT_COMPARE_MODES = 1, GT_COMPARE_DIFFERENCES = 2, GT_COMPARE_LINEARITY = 4, GT_COMPARE_SYMMETRY = 8 };
typedef struct gt_check_options {
  size_t struct_size;
  uint32_t compare;  /* bits; 0: MODES, DIFFERENCES and LINEARITY */
  uint32_t reserved; /* 0 */
  uint64_t seed;     /* of the directions */
  double tolerance;  /* relative, of a derivative against differences, 0 or more; 0: 1e-6, or 2e-3 in float32 */
} gt_check_options;
/* Tests the derivative rule of each op between the sources and the target, at the values that it had. A composite counts
 * as one op, as do applications of one composite to each other's results. MODES: reverse and forward mode give the same number <c, J t>. DIFFERENCES: central differences of the op at
 * two steps, extrapolated, at several scales; an op of the library is computed in float64. LINEARITY: the reverse rule is
 * linear in the cotangent. SYMMETRY: the second derivative is symmetric. Each defect is held against an estimate of its
 * error. At a kink any derivative between those of both sides is right; poles, jumps and noise are left undecided. The
 * report has a line for each op. GT_FAILED_PRECONDITION: a rule is wrong. The message names the op whose defect is
 * furthest beyond its error, and the report is given all the same. Ops without a derivative by nature are left out.
 * Forward and gradient functions of the user's are called again; a forward function draws the random numbers that it
 * drew at first. The tape stays as it was, and so do later draws. GT_CALLBACK_FAILED: at the same values a forward
 * function gives other shapes than before. Since 0.2. */
GT_API gt_status gt_tape_check(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources,
                               size_t n_sources, const gt_check_options* options /* or NULL */, char* report,
                               size_t capacity, size_t* needed);

enum { GT_CHECK_FINITE = 1, GT_CHECK_SPARSE = 2 };
/* The checks that the context makes from now on: bits, 0 as at first for none. With GT_CHECK_FINITE each computation goes
 * op by op. It fails with GT_FAILED_PRECONDITION at the first op that makes a nan of inputs without nan, or an infinity
 * of finite inputs. The message names the op, the element and its operands. For a derivative that was recorded under the
 * check it names the op of the program too. All that was to be computed stays pending, and memory of gt_function_run
 * untouched. Ops inside a composite op or a derivative count only where the number gets out of it. Ops without inputs,
 * and infinite attributes, are meant. Functions are computed so too, but not gt_plan_describe and
 * gt_function_describe. Values may differ in the last digits. With
 * GT_CHECK_SPARSE gt_tape_sparse_values compares a product of the sparse matrix and a vector with that of the derivative
 * itself, outside of functions' bodies. It fails with GT_FAILED_PRECONDITION where they differ. Since 0.2. */
GT_API gt_status gt_set_checks(gt_context ctx, uint32_t checks);

/* ---- Gradients and ops of one's own ------------------------------------ */

/* Callbacks run on the calling thread, inside the call that needs them. They report failure by a status other than
 * GT_OK, which that call then returns; a number that is no status becomes GT_CALLBACK_FAILED. The message is the first
 * that an op in the callback, or gt_set_error, left. The `free` that comes with callbacks is called exactly once with
 * user_data, when nothing can call them any more. It is called at once if the call that takes them fails. Handles they
 * are given are lent: valid during the call, not to be released. Handles they write to an output slot belong to the
 * library from then on. A lent handle may be written too, and counts as a new tensor. A callback may change whatever is
 * around it; docs/callbacks.md lists the consequences. It can end only scopes that it began, and cannot destroy the
 * context. A callback that leads to itself fails with GT_FAILED_PRECONDITION. */

/* One application of an op. */
typedef struct gt_call {
  size_t struct_size;
  const char* op; /* the op's name; the name given to gt_custom_gradient, or "custom_gradient" */
  const gt_tensor* inputs;
  size_t n_inputs;
  const gt_tensor* outputs;
  size_t n_outputs;
  const gt_attr* attrs;
  size_t n_attrs;
} gt_call;
typedef gt_status (*gt_forward_fn)(gt_context ctx, void* user_data, const gt_tensor* inputs, size_t n_inputs,
                                   gt_tensor* outputs, size_t capacity, size_t* n_outputs);
/* output_gradients: one per output, zeros where unused, never NULL. input_gradients: one per input, NULL at first;
 * NULL: none. Inside a Jacobian an output gradient may have no value: reading it fails, and the Jacobian then calls
 * once for each row. */
typedef gt_status (*gt_gradient_fn)(gt_context ctx, void* user_data, const gt_call* call,
                                    const gt_tensor* output_gradients, gt_tensor* input_gradients);

/* outputs = forward(inputs), whose gradient is what backward says. forward is called now, and again by gt_tape_check
 * alone; its ops are on no tape. backward's are, on the tapes that record while the gradient is taken, so that higher orders follow. Forward
 * mode transposes backward, which must be linear in the output gradients for that (GT_UNSUPPORTED otherwise). In a body
 * of gt_scan and its kin backward is called now too, and what it records serves all derivatives, unless it reads values.
 * name may be NULL. GT_CALLBACK_FAILED: forward left an output NULL. */
GT_API gt_status gt_custom_gradient(gt_context ctx, const char* name, gt_forward_fn forward, gt_gradient_fn backward,
                                    void* user_data, void (*free)(void*), const gt_tensor* inputs, size_t n_inputs,
                                    gt_tensor* outputs, size_t capacity, size_t* n_outputs);

typedef struct gt_spec {
  gt_dtype dtype;
  int32_t rank;
  int64_t dims[GT_MAX_RANK];
} gt_spec;
/* Shapes and dtypes of the outputs. Called when the op is applied. */
typedef gt_status (*gt_infer_fn)(gt_context ctx, void* user_data, const gt_spec* inputs, size_t n_inputs,
                                 const gt_attr* attrs, size_t n_attrs, gt_spec* outputs, size_t capacity,
                                 size_t* n_outputs);
/* Computes the outputs, row-major memory of the inferred sizes. Called when values are needed; must not use the
 * context. */
typedef gt_status (*gt_compute_fn)(void* user_data, const gt_spec* input_specs, const void* const* inputs,
                                   size_t n_inputs, const gt_attr* attrs, size_t n_attrs, const gt_spec* output_specs,
                                   void* const* outputs, size_t n_outputs);
/* The tangents of the outputs from those of the inputs, NULL for zero. output_tangents: NULL at first; NULL: zero. */
typedef gt_status (*gt_tangent_fn)(gt_context ctx, void* user_data, const gt_call* call,
                                   const gt_tensor* input_tangents, gt_tensor* output_tangents);
/* The op on `size` sets of inputs at once. call->inputs are these inputs: those whose entry of batched is not 0 have a
 * leading axis of that size; call->outputs is NULL. Each of the call->n_outputs outputs must have the leading axis. */
typedef gt_status (*gt_batch_fn)(gt_context ctx, void* user_data, const gt_call* call, const uint8_t* batched,
                                 int64_t size, gt_tensor* outputs);
/* The outputs as an expression of other ops. */
typedef gt_status (*gt_composite_fn)(gt_context ctx, void* user_data, const gt_tensor* inputs, size_t n_inputs,
                                     const gt_attr* attrs, size_t n_attrs, gt_tensor* outputs, size_t capacity,
                                     size_t* n_outputs);
/* Either infer and compute, with the derivatives and batching that are known, or composite alone. A composite has
 * derivatives of every order, in both modes and batched, with no rule. Fields that are left out are NULL. */
typedef struct gt_op_definition {
  size_t struct_size;
  const char* doc;
  gt_infer_fn infer;
  gt_compute_fn compute;
  gt_gradient_fn gradient; /* NULL: register it later, or never */
  gt_tangent_fn tangent; /* NULL: forward mode transposes the gradient, which must be linear in the output gradients */
  gt_batch_fn batch;     /* NULL: Jacobians apply the op once for each row */
  gt_composite_fn composite;
} gt_op_definition;
/* Makes an op known to gt_apply in every context of the process, for as long as the process lives. `free` is called
 * only if the registration fails. The op may be given any number of inputs of any dtypes, and any attributes.
 * GT_ALREADY_EXISTS: the name is taken. */
GT_API gt_status gt_register_op(const char* name, const gt_op_definition* definition, void* user_data,
                                void (*free)(void*));
/* The gradient of a user's op that has none yet, or a rule under any other name, for gt_apply_with_gradient.
 * GT_ALREADY_EXISTS: the name has a gradient; every built-in op has. */
GT_API gt_status gt_register_gradient(const char* op_or_rule_name, gt_gradient_fn gradient, void* user_data,
                                      void (*free)(void*));
/* gt_apply, with the gradient registered as rule_name in place of the op's own, on every tape. GT_NOT_FOUND: no op or
 * no rule of that name. */
GT_API gt_status gt_apply_with_gradient(gt_context ctx, const char* op, const char* rule_name, const gt_tensor* inputs,
                                        size_t n_inputs, const gt_attr* attrs, size_t n_attrs, gt_tensor* outputs,
                                        size_t capacity, size_t* n_outputs);

/* ---- Functions: recorded once, replayed -------------------------------- */

/* A function of tensors of these dtypes and shapes. body is called now, with tensors that stand for inputs to come, and
 * all that it records is planned as a whole. It may record ops, tapes, gradients, Jacobians and Hessians. Each call
 * reads the values that variables have then, and assigns to them; random ops draw anew. The function holds the
 * tensors from outside that body uses, and a call is differentiable by them too. A body cannot make variables, nor read
 * values that depend on its inputs (GT_FAILED_PRECONDITION, naming the op). A size of -1 stands for any: body is then
 * called once for each set of sizes that a call brings. A body that uses tensors without values, of a body around it,
 * is called again once that one has ended. `free` is called with user_data when the function is released, or the call
 * fails. Up to 256 outputs. */
GT_API gt_function gt_function_create(gt_context ctx, gt_forward_fn body, void* user_data, void (*free)(void*),
                                      const gt_spec* inputs, size_t n_inputs);
/* Computes the outputs. If a tape records that knows an input, a variable that the function reads, or a tensor from
 * outside, the body's ops are recorded anew. The call is then differentiable as they are. A tensor from outside matters
 * only if the outputs depend on it. GT_INVALID_ARGUMENT: dtypes or sizes are not those of the function. */
GT_API gt_status gt_function_call(gt_context ctx, gt_function function, const gt_tensor* inputs, size_t n_inputs,
                                  gt_tensor* outputs, size_t capacity, size_t* n_outputs);
/* The dtypes and shapes of the outputs for inputs of these: the first `capacity`, and how many there are. input_specs
 * may be NULL where the function's own have no -1 among them; else body is called where no call has brought these sizes
 * yet. GT_INVALID_ARGUMENT: the inputs do not fit the function. GT_UNSUPPORTED: an output has more than GT_MAX_RANK
 * axes. Since 0.2. */
GT_API gt_status gt_function_output_specs(gt_context ctx, gt_function function, const gt_spec* input_specs,
                                          size_t n_inputs, gt_spec* output_specs, size_t capacity, size_t* n_outputs);
/* gt_function_call from and to row-major memory: no handles and no tapes. No memory is allocated but the first time for
 * new sizes, and for variables that are assigned. input_specs as for gt_function_output_specs; output_specs may be
 * NULL, else they must be the outputs'. Each count of bytes must be that of its spec. GT_INVALID_ARGUMENT also where an
 * output overlaps another, or an input. On other failures the outputs' memory may have been written to. Since 0.2. */
GT_API gt_status gt_function_run_sized(gt_context ctx, gt_function function, const gt_spec* input_specs /* or NULL */,
                                       const void* const* inputs, const size_t* input_bytes, size_t n_inputs,
                                       const gt_spec* output_specs /* or NULL */, void* const* outputs,
                                       const size_t* output_bytes, size_t n_outputs);
/* The same for a function without -1 among its specs (else GT_FAILED_PRECONDITION). The caller answers for the memory:
 * it must be of the specs' sizes, and nothing checks that. */
GT_API gt_status gt_function_run(gt_context ctx, gt_function function, const void* const* inputs, size_t n_inputs,
                                 void* const* outputs, size_t n_outputs);
/* Compiles all loops of the function to native code now, whatever their size (docs/native-code.md). Recordings for new
 * sizes are then compiled as they are made. Without it, large loops are compiled when they are recorded, and others by
 * gt_function_call once that pays. A run on memory never compiles, but for new sizes. Results stay the same to the bit,
 * but for the sign and payload of nan. The call succeeds and does nothing where there is no native code. Since 0.2. */
GT_API gt_status gt_function_compile(gt_context ctx, gt_function function);

/* ---- Loops, branches and maps ------------------------------------------ */

/* These functions take bodies: functions of tensors, recorded during the call and then operands of one op. A loop is not
 * unrolled. Tensors from outside that a body uses become inputs of the op, so derivatives by them exist. Results have
 * derivatives of every order in both modes, and nest with each other and with tapes, functions, Jacobians and Hessians.
 * A body may use tapes and random ops; each step draws anew. It cannot assign variables, nor read values that depend on
 * its inputs (GT_FAILED_PRECONDITION). It may be called more than once, and not after the call: `free` is then called
 * with user_data, whether the call succeeds or not. The outputs have handles in `outputs`, room for `capacity`, at most
 * 256. Options may be NULL. GT_INVALID_ARGUMENT also where shapes or dtypes do not fit; the message names both.
 * GT_CHECK_FINITE names the op inside as well, with its step. gt_tape_batch_jacobian goes through a loop that keeps
 * samples apart. */

typedef struct gt_scan_options {
  size_t struct_size;
  int64_t length;         /* steps; -1: as many as the sequences have rows */
  int32_t reverse;        /* 1: from the last row to the first */
  int32_t reserved;       /* 0 */
  uint64_t memory_budget; /* bytes for carried values that reverse mode keeps; 0: all are kept. With less room some are,
                             and the steps between are made again: with room for those of 2 sqrt(n) of n steps once */
} gt_scan_options;
/* A loop of known length. body is given the carried values, then one row of each sequence, and gives the new carried
 * values, then rows of results. Outputs: the last carried values, then the results stacked, [steps, ...]. Rows of
 * results lie where the rows of sequences do, also in reverse. A carried value keeps its shape and dtype; a weak scalar
 * takes the dtype that the body gives it. Since 0.2. */
GT_API gt_status gt_scan(gt_context ctx, gt_forward_fn body, void* user_data, void (*free)(void*),
                         const gt_tensor* initial, size_t n_carried, const gt_tensor* sequences, size_t n_sequences,
                         const gt_scan_options* options, gt_tensor* outputs, size_t capacity, size_t* n_outputs);

typedef struct gt_while_options {
  size_t struct_size;
  int64_t max_steps;      /* the loop ends after so many steps; 0: any number */
  uint64_t memory_budget; /* as in gt_scan_options */
} gt_while_options;
/* A loop as long as condition gives true, a bool without axes, for the carried values. body gives the new ones. Forward
 * mode takes any number of steps. Reverse mode makes the steps again: it needs max_steps or memory_budget, and inside a
 * body or a function max_steps (GT_FAILED_PRECONDITION). Samples of a batch whose conditions differ each make their own
 * steps. condition cannot draw random numbers (GT_UNSUPPORTED). Since 0.2. */
GT_API gt_status gt_while(gt_context ctx, gt_forward_fn condition, gt_forward_fn body, void* user_data,
                          void (*free)(void*), const gt_tensor* initial, size_t n, const gt_while_options* options,
                          gt_tensor* outputs, size_t capacity, size_t* n_outputs);

/* yes(inputs) if the predicate, a bool without axes, is true, else no(inputs). Both are recorded; the chosen one alone
 * runs, in derivatives as well, and in a batch for its own samples. Both give outputs of the same shapes and dtypes. Since
 * 0.2. */
GT_API gt_status gt_cond(gt_context ctx, gt_tensor predicate, gt_forward_fn yes, gt_forward_fn no, void* user_data,
                         void (*free)(void*), const gt_tensor* inputs, size_t n, gt_tensor* outputs, size_t capacity,
                         size_t* n_outputs);

typedef struct gt_checkpoint_options {
  size_t struct_size;
} gt_checkpoint_options;
/* body(inputs), of which only inputs and outputs are kept. Reverse mode computes the inside again, so a chain of
 * checkpoints needs the memory of one link. Since 0.2. */
GT_API gt_status gt_checkpoint(gt_context ctx, gt_forward_fn body, void* user_data, void (*free)(void*),
                               const gt_tensor* inputs, size_t n, const gt_checkpoint_options* options,
                               gt_tensor* outputs, size_t capacity, size_t* n_outputs);

typedef struct gt_vmap_options {
  size_t struct_size;
  int64_t size;         /* samples; -1: as many as the mapped inputs have */
  int32_t shared_draws; /* 1: all samples draw the same random numbers; 0: each its own */
  int32_t reserved;     /* 0 */
} gt_vmap_options;
/* body for each sample of a batch, computed for all at once. body is given inputs without the axis in_axes[i] along which
 * the samples lie; -1: the input is given whole to each. NULL: axis 0 of all. out_axes has an axis for each output of
 * body, at which that of the samples is inserted; NULL: 0. With a gradient inside, body gives per-example gradients. A
 * body may be called in a Jacobian's fashion: its inputs have no values. Since 0.2. */
GT_API gt_status gt_vmap(gt_context ctx, gt_forward_fn body, void* user_data, void (*free)(void*),
                         const gt_tensor* inputs, size_t n, const int32_t* in_axes /* or NULL */,
                         const int32_t* out_axes /* or NULL */, const gt_vmap_options* options, gt_tensor* outputs,
                         size_t capacity, size_t* n_outputs);

enum {
  GT_ROOT_NEWTON = 0,  /* with damping: half a step, as long as the largest residual does not fall */
  GT_ROOT_ANDERSON = 1 /* repeats the function, and combines the last steps; for fixed points */
};
/* How linear systems with the Jacobian of the residuals are solved: in Newton's steps, and in derivatives. */
enum {
  GT_ROOT_DENSE = 0,  /* the whole Jacobian, by gt_solve */
  GT_ROOT_BANDED = 1, /* the entries that ops can give, in a band; needs a narrow one */
  GT_ROOT_SPARSE = 2, /* the same, reordered to a narrow band by reverse Cuthill-McKee */
  GT_ROOT_CG = 3,     /* products with the Jacobian alone, which is symmetric and definite */
  GT_ROOT_GMRES = 4   /* products with the Jacobian alone */
};
typedef struct gt_root_options {
  size_t struct_size;
  double tolerance;  /* the largest residual of a root, in absolute value; 0: 1e-10, or 1e-5 of float32 */
  int64_t max_steps; /* of the method; 0: 100 of Newton's, 1000 of Anderson's */
  gt_forward_fn
      solver;          /* gives the unknowns for the guesses, in place of the method; NULL: none. It is given user_data,
                           and none of its ops are on a tape */
  int32_t fixed_point; /* 1: residual gives each unknown anew, in its shape and dtype, and the root is where nothing
                           changes; the residuals are x - f(x) */
  int32_t method;      /* GT_ROOT_NEWTON or GT_ROOT_ANDERSON, which needs fixed_point */
  int32_t linear;      /* GT_ROOT_DENSE and so on */
  int32_t history;     /* of GT_ROOT_ANDERSON: steps that are combined; 0: 5 */
  double damping;      /* of GT_ROOT_ANDERSON: the part of a step that is made, up to 1; 0: 1 */
  double linear_tolerance; /* of CG and GMRES: the length of a system's residual, of the right side's; 0: 1e-10, or 1e-5
                               of float32. A step of Newton's may be less exact */
  int64_t linear_max_steps; /* of CG and GMRES: products for one system; 0: 10 for each unknown, and 10000 at most */
  int64_t linear_restart;   /* of GMRES: vectors that are kept, each as large as all unknowns; 0: 30 */
} gt_root_options;
/* Unknowns at which residuals are 0. residual is given the unknowns, and gives a residual for each, of as many elements
 * in all, and auxiliary results behind them. Outputs: the unknowns, then the auxiliary results at the root. Newton's
 * method with damping, or options.method, begins at the guesses. The unknowns have derivatives by the tensors from outside
 * that residual uses: by the implicit function theorem, in both modes, to any order. They are solutions of linear systems
 * as well, by options.linear. A guess has none. CG and GMRES need memory in proportion to the unknowns. Their matrix is
 * never made: its products, and those of the transposed one, are derivatives of residual in either mode.
 * GT_FAILED_PRECONDITION, when the values are computed: the last residual exceeds the tolerance, or CG or GMRES ends above
 * options.linear_tolerance in a derivative. A Jacobian that is singular fails as gt_solve does, in a band as well. An
 * index tensor without a value, as in a function, makes any entry of the Jacobian possible that it could select.
 * Since 0.2. */
GT_API gt_status gt_root(gt_context ctx, gt_forward_fn residual, void* user_data, void (*free)(void*),
                         const gt_tensor* guess, size_t n, const gt_root_options* options, gt_tensor* outputs,
                         size_t capacity, size_t* n_outputs);

/* The derivative along a tape, at the values that its tensors have, as a function. It takes tangents of the sources and
 * gives those of the targets. Transposed, it takes cotangents of the targets and gives those of the sources. The values
 * between are its constants, so a call costs one pass. Zeros where nothing is connected. Since 0.2. */
GT_API gt_status gt_tape_linearize(gt_context ctx, gt_tape tape, const gt_tensor* targets, size_t n_targets,
                                   const gt_tensor* sources, size_t n_sources, int32_t transposed, gt_function* map);

/* ---- Plans as text ----------------------------------------------------- */

enum { GT_PLAN_TEXT = 0, GT_PLAN_DOT = 1, GT_PLAN_TIMES = 2 };
/* The plan by which the tensors would be computed: its steps, with what each reads and writes, as text or Graphviz.
 * GT_PLAN_TIMES computes them and gives the text with the time of each step. */
GT_API gt_status gt_plan_describe(gt_context ctx, const gt_tensor* tensors, size_t n, int32_t format, char* text,
                                  size_t capacity, size_t* needed);
/* The plan of a function: of its specs, or with -1 among them of the last call. GT_PLAN_TIMES runs it on zeros. */
GT_API gt_status gt_function_describe(gt_context ctx, gt_function function, int32_t format, char* text, size_t capacity,
                                      size_t* needed);

#ifdef __cplusplus
}
#endif

#include "ops.h"

#endif
