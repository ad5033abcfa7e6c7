#include "matmul.h"

#include <oneapi/dnnl/dnnl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "packing.h"
#include "parallel.h"

#if DNNL_VERSION_MAJOR < 2 || DNNL_VERSION_MAJOR > 3
#error "oneDNN 2.x or 3.x is needed"
#endif

static dnnl_engine_t engine;
static pthread_once_t engine_once = PTHREAD_ONCE_INIT;
static _Atomic int64_t primitives_created;

static void create_engine(void) {
  if (dnnl_engine_create(&engine, dnnl_cpu, 0) != dnnl_success) abort();
}

static dnnl_stream_t thread_stream(void) {
  static _Thread_local dnnl_stream_t stream;
  if (!stream && dnnl_stream_create(&stream, engine, dnnl_stream_default_flags) != dnnl_success)
    abort();
  return stream;
}

static dnnl_data_type_t data_type(apus_type type) {
  return type == APUS_BFLOAT16 ? dnnl_bf16 : dnnl_f32;
}

// --- What changed between oneDNN 2 and 3: descriptors are values there and handles here. ---

#if DNNL_VERSION_MAJOR == 2
typedef dnnl_memory_desc_t description;
typedef const dnnl_memory_desc_t *description_view;
static description_view view(const description *d) { return d; }
static void release(description *d) { (void)d; }
static dnnl_status_t describe(
    description *d, int rank, const dnnl_dims_t sizes, apus_type type, const dnnl_dims_t strides) {
  return strides ? dnnl_memory_desc_init_by_strides(d, rank, sizes, data_type(type), strides)
                 : dnnl_memory_desc_init_by_tag(
                       d, rank, sizes, data_type(type), dnnl_format_tag_any);
}
static dnnl_status_t describe_matmul(
    dnnl_primitive_desc_t *result, const description *a, const description *b,
    const description *bias, const description *c, dnnl_primitive_attr_t attributes) {
  dnnl_matmul_desc_t product;
  dnnl_status_t status = dnnl_matmul_desc_init(&product, a, b, bias, c);
  return status ? status : dnnl_primitive_desc_create(result, &product, attributes, engine, NULL);
}
static void append_sum(dnnl_post_ops_t operations) { dnnl_post_ops_append_sum(operations, 1); }
// Whether a layout of a matrix is that of apus_pack_panels.
static bool is_panels(description_view d, apus_type type) {
  const dnnl_blocking_desc_t *blocks = &d->format_desc.blocking;
  int depth = type == APUS_BFLOAT16 ? 2 : 1, count = depth == 2 ? 3 : 2;
  static const int64_t sizes[] = {16, 64, 2}, axes[] = {0, 1, 0};
  if (d->ndims != 2 || d->format_kind != dnnl_blocked || blocks->inner_nblks != count) return false;
  for (int i = 0; i < count; i++)
    if (blocks->inner_blks[i] != sizes[i] || blocks->inner_idxs[i] != axes[i]) return false;
  int64_t rows = (d->dims[0] + 16 * depth - 1) / (16 * depth) * (16 * depth);
  return d->padded_dims[0] == rows && blocks->strides[0] == 16 * 64 * depth &&
         blocks->strides[1] == 64 * rows;
}
#else
typedef dnnl_memory_desc_t description;
typedef const_dnnl_memory_desc_t description_view;
static description_view view(const description *d) { return *d; }
static void release(description *d) { dnnl_memory_desc_destroy(*d); }
static dnnl_status_t describe(
    description *d, int rank, const dnnl_dims_t sizes, apus_type type, const dnnl_dims_t strides) {
  return strides ? dnnl_memory_desc_create_with_strides(d, rank, sizes, data_type(type), strides)
                 : dnnl_memory_desc_create_with_tag(
                       d, rank, sizes, data_type(type), dnnl_format_tag_any);
}
static dnnl_status_t describe_matmul(
    dnnl_primitive_desc_t *result, const description *a, const description *b,
    const description *bias, const description *c, dnnl_primitive_attr_t attributes) {
  return dnnl_matmul_primitive_desc_create(
      result, engine, *a, *b, bias ? *bias : NULL, *c, attributes);
}
static void append_sum(dnnl_post_ops_t operations) {
  dnnl_post_ops_append_sum(operations, 1, 0, dnnl_data_type_undef);
}
static bool is_panels(description_view d, apus_type type) {
  (void)d, (void)type;
  return false;
}
#endif

// --- Prepared products, one a shape and thread count, kept for the life of the process. ---

typedef struct {
  apus_matmul_shape shape;
  int threads;
} key;

typedef struct prepared {
  key key;
  struct prepared *next;
  dnnl_primitive_t product;
  dnnl_primitive_desc_t description;
  // Whether the packed layout is that of apus_pack_panels, which is several times faster than:
  bool panels;
  // Reorders a Float32 b into the packed layout; null for products that take b as it is.
  dnnl_primitive_t pack;
  dnnl_primitive_desc_t pack_description;
} prepared;

enum { TABLE_SIZE = 4096 };
static prepared *table[TABLE_SIZE];
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;

static key key_of(const apus_matmul_shape *shape) {
  key k;
  memset(&k, 0, sizeof k);  // padding bytes are compared too
  k.shape.batch = shape->batch, k.shape.m = shape->m, k.shape.n = shape->n, k.shape.k = shape->k;
  k.shape.a_batch = shape->a_batch, k.shape.a_row = shape->a_row;
  k.shape.a_column = shape->a_column;
  k.shape.b_batch = shape->b_batch, k.shape.b_row = shape->b_row;
  k.shape.b_column = shape->b_column;
  k.shape.c_batch = shape->c_batch, k.shape.c_row = shape->c_row;
  k.shape.type = shape->type, k.shape.result = shape->result;
  k.shape.has_bias = shape->has_bias, k.shape.accumulates = shape->accumulates;
  k.shape.packed = shape->packed;
  k.threads = apus_thread_count();
  return k;
}

static uint64_t hash(const key *k) {
  const unsigned char *bytes = (const unsigned char *)k;
  uint64_t h = 0xCBF29CE484222325;
  for (size_t i = 0; i < sizeof *k; i++) h = (h ^ bytes[i]) * 0x100000001B3;
  return h ^ (h >> 32);
}

static dnnl_status_t prepare(prepared *entry, const apus_matmul_shape *s) {
  int rank = s->batch > 1 ? 3 : 2;
  int skip = rank == 3 ? 0 : 1;
  dnnl_dims_t a_size = {s->batch, s->m, s->k}, a_stride = {s->a_batch, s->a_row, s->a_column};
  dnnl_dims_t b_size = {s->batch, s->k, s->n}, b_stride = {s->b_batch, s->b_row, s->b_column};
  dnnl_dims_t c_size = {s->batch, s->m, s->n}, c_stride = {s->c_batch, s->c_row, 1};
  dnnl_dims_t bias_size = {1, 1, s->n}, bias_stride = {s->n, s->n, 1};
  description a, b, source, bias, c;
  dnnl_status_t status = describe(&a, rank, a_size + skip, s->type, a_stride + skip);
  if (!status) status = describe(&b, rank, b_size + skip, s->type, s->packed ? NULL : b_stride + skip);
  if (!status) status = describe(&source, rank, b_size + skip, APUS_FLOAT32, b_stride + skip);
  if (!status) status = describe(&bias, rank, bias_size + skip, APUS_FLOAT32, bias_stride + skip);
  if (!status) status = describe(&c, rank, c_size + skip, s->result, c_stride + skip);
  if (status) return status;

  dnnl_primitive_attr_t attributes, reordering;
  dnnl_post_ops_t operations;
  dnnl_primitive_attr_create(&attributes);
  dnnl_primitive_attr_create(&reordering);
  dnnl_primitive_attr_set_scratchpad_mode(reordering, dnnl_scratchpad_mode_user);
  dnnl_post_ops_create(&operations);
  if (s->accumulates) append_sum(operations);
  dnnl_primitive_attr_set_post_ops(attributes, operations);
  // The library's own scratch memory belongs to the thread that made a primitive: run on another,
  // the primitive would write into whatever that thread last had.
  dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
  status = describe_matmul(
      &entry->description, &a, &b, s->has_bias ? &bias : NULL, &c, attributes);
  if (!status) status = dnnl_primitive_create(&entry->product, entry->description);
  if (!status && s->packed) {
    entry->panels = is_panels(
        dnnl_primitive_desc_query_md(entry->description, dnnl_query_weights_md, 0), s->type);
    status = dnnl_reorder_primitive_desc_create(
        &entry->pack_description, view(&source), engine,
        dnnl_primitive_desc_query_md(entry->description, dnnl_query_weights_md, 0), engine,
        reordering);
    if (!status) status = dnnl_primitive_create(&entry->pack, entry->pack_description);
  }
  dnnl_primitive_attr_destroy(reordering);
  dnnl_post_ops_destroy(operations);
  dnnl_primitive_attr_destroy(attributes);
  release(&a), release(&b), release(&source), release(&bias), release(&c);
  primitives_created++;
  return status;
}

static dnnl_status_t find(const apus_matmul_shape *shape, prepared **result) {
  pthread_once(&engine_once, create_engine);
  key k = key_of(shape);
  prepared **bucket = &table[hash(&k) % TABLE_SIZE];
  dnnl_status_t status = dnnl_success;
  pthread_mutex_lock(&table_lock);
  prepared *entry = *bucket;
  while (entry && memcmp(&entry->key, &k, sizeof k) != 0) entry = entry->next;
  if (!entry) {
    entry = calloc(1, sizeof *entry);
    entry->key = k;
    status = prepare(entry, shape);
    if (status) {
      free(entry);
      entry = NULL;
    } else {
      entry->next = *bucket;
      *bucket = entry;
    }
  }
  pthread_mutex_unlock(&table_lock);
  *result = entry;
  return status;
}

static dnnl_memory_t memory(
    dnnl_primitive_desc_t d, dnnl_query_t what, int index, const void *data) {
  dnnl_memory_t result = NULL;
  if (dnnl_memory_create(
          &result, dnnl_primitive_desc_query_md(d, what, index), engine, (void *)data))
    abort();
  return result;
}

// Scratch memory of a thread, for the product that it runs.
static dnnl_memory_t scratchpad(dnnl_primitive_desc_t d) {
  static _Thread_local void *block;
  static _Thread_local size_t capacity;
  size_t size = dnnl_memory_desc_get_size(
      dnnl_primitive_desc_query_md(d, dnnl_query_scratchpad_md, 0));
  if (size > capacity) {
    free(block);
    capacity = (size + size / 4 + 63) / 64 * 64;
    block = aligned_alloc(64, capacity);
    if (!block) abort();
  }
  return memory(d, dnnl_query_scratchpad_md, 0, block);
}

int apus_matmul(
    const apus_matmul_shape *shape, const void *a, const void *b, const float *bias, void *c) {
  prepared *entry;
  dnnl_status_t status = find(shape, &entry);
  if (status) return status;
  dnnl_exec_arg_t arguments[5] = {
      {DNNL_ARG_SRC, memory(entry->description, dnnl_query_src_md, 0, a)},
      {DNNL_ARG_WEIGHTS, memory(entry->description, dnnl_query_weights_md, 0, b)},
      {DNNL_ARG_DST, memory(entry->description, dnnl_query_dst_md, 0, c)},
      {DNNL_ARG_SCRATCHPAD, scratchpad(entry->description)},
  };
  int count = 4;
  if (shape->has_bias) {
    arguments[count++] = (dnnl_exec_arg_t){
        DNNL_ARG_BIAS, memory(entry->description, dnnl_query_weights_md, 1, bias)};
  }
  dnnl_stream_t stream = thread_stream();
  status = dnnl_primitive_execute(entry->product, stream, count, arguments);
  dnnl_stream_wait(stream);
  for (int i = 0; i < count; i++) dnnl_memory_destroy(arguments[i].memory);
  return status;
}

int64_t apus_matmul_packed_size(const apus_matmul_shape *shape) {
  prepared *entry;
  if (find(shape, &entry)) return -1;
  return (int64_t)dnnl_memory_desc_get_size(
      dnnl_primitive_desc_query_md(entry->description, dnnl_query_weights_md, 0));
}

int apus_matmul_pack(const apus_matmul_shape *shape, const float *b, void *packed) {
  prepared *entry;
  dnnl_status_t status = find(shape, &entry);
  if (status) return status;
  if (entry->panels) {
    apus_panels panels = {shape->type, shape->k, shape->n, shape->b_row, shape->b_column};
    apus_pack_panels(&panels, b, packed);
    return 0;
  }
  dnnl_exec_arg_t arguments[3] = {
      {DNNL_ARG_FROM, memory(entry->pack_description, dnnl_query_src_md, 0, b)},
      {DNNL_ARG_TO, memory(entry->pack_description, dnnl_query_dst_md, 0, packed)},
      {DNNL_ARG_SCRATCHPAD, scratchpad(entry->pack_description)},
  };
  dnnl_stream_t stream = thread_stream();
  status = dnnl_primitive_execute(entry->pack, stream, 3, arguments);
  dnnl_stream_wait(stream);
  for (int i = 0; i < 3; i++) dnnl_memory_destroy(arguments[i].memory);
  return status;
}

int apus_sgemm(
    int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_column,
    const float *b, int64_t b_row, int64_t b_column, float *c, int64_t c_row, bool accumulates) {
  // Both strides of a single column or row are 1; the engine checks that of the other axis.
  bool a_by_rows = a_column == 1 && a_row >= k, b_by_rows = b_column == 1 && b_row >= n;
  return dnnl_sgemm(
      a_by_rows ? 'N' : 'T', b_by_rows ? 'N' : 'T', m, n, k, 1, a, a_by_rows ? a_row : a_column, b,
      b_by_rows ? b_row : b_column, accumulates ? 1 : 0, c, c_row);
}

int64_t apus_matmul_primitives_created(void) { return primitives_created; }
