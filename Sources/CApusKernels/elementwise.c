#include "elementwise.h"

#include "chunks.h"
#include "parallel.h"

enum { GRAIN = 1 << 14 };

// Elements are read before the one of the same index is written, so results may replace operands.
#define BINARY(name, expression)                                                                \
  CLONES static void name(const float *as, const float *bs, float *ys, int64_t count) {        \
    _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < count; i++) {        \
      float a = as[i], b = bs[i];                                                               \
      ys[i] = expression;                                                                       \
    }                                                                                           \
  }

BINARY(add, a + b)
BINARY(subtract, a - b)
BINARY(multiply, a *b)
BINARY(divide, a / b)
BINARY(minimum, a < b || a != a ? a : b)
BINARY(maximum, a > b || a != a ? a : b)
BINARY(less, a < b ? 1.0f : 0.0f)
BINARY(less_or_equal, a <= b ? 1.0f : 0.0f)
BINARY(equal, a == b ? 1.0f : 0.0f)
BINARY(prelu, a > 0 ? a : a * b)
BINARY(prelu_derivative, a > 0 ? 1.0f : b)
BINARY(prelu_slope_gradient, b > 0 ? 0.0f : a * b)

typedef void (*float_kernel)(const float *, const float *, float *, int64_t);

static float_kernel kernel_of(apus_binary op) {
  switch (op) {
    case APUS_ADD: return add;
    case APUS_SUBTRACT: return subtract;
    case APUS_MULTIPLY: return multiply;
    case APUS_DIVIDE: return divide;
    case APUS_MINIMUM: return minimum;
    case APUS_MAXIMUM: return maximum;
    case APUS_LESS: return less;
    case APUS_LESS_OR_EQUAL: return less_or_equal;
    case APUS_EQUAL: return equal;
    case APUS_PRELU: return prelu;
    case APUS_PRELU_DERIVATIVE: return prelu_derivative;
    case APUS_PRELU_SLOPE_GRADIENT: return prelu_slope_gradient;
  }
  __builtin_unreachable();
}

typedef struct {
  float_kernel kernel;
  apus_binary op;
  const apus_broadcast *shape;
  apus_type a_type, b_type, y_type;
  const void *a, *b;
  void *y;
} operation;

typedef struct {
  int64_t a, b;
} offsets;

// Where the operands' rows begin for the result's row of a number.
INLINE offsets row_offsets(const apus_broadcast *s, int64_t row) {
  offsets o = {0, 0};
  for (int axis = s->axes - 2; axis >= 0; axis--) {
    int64_t index = row % s->size[axis];
    row /= s->size[axis];
    o.a += index * s->a_stride[axis];
    o.b += index * s->b_stride[axis];
  }
  return o;
}

static const float *operand_chunk(
    apus_type type, const void *x, int64_t row, int64_t stride, int64_t column, int64_t count,
    float *buffer) {
  if (stride != 0) return load_chunk(type, x, row + column, count, buffer);
  float value = type == APUS_FLOAT32 ? ((const float *)x)[row] : bf16_to_float(((const bf16 *)x)[row]);
  for (int64_t i = 0; i < count; i++) buffer[i] = value;
  return buffer;
}

static void operate(void *context, int64_t begin, int64_t end) {
  const operation *o = context;
  const apus_broadcast *s = o->shape;
  int64_t columns = s->size[s->axes - 1];
  int64_t a_stride = s->a_stride[s->axes - 1], b_stride = s->b_stride[s->axes - 1];
  float a_buffer[CHUNK], b_buffer[CHUNK], y_buffer[CHUNK];
  while (begin < end) {
    int64_t row = begin / columns, column = begin % columns;
    int64_t row_end = (row + 1) * columns < end ? (row + 1) * columns : end;
    offsets at = row_offsets(s, row);
    for (int64_t n; begin < row_end; begin += n, column += n) {
      n = chunk_length(begin, row_end);
      const float *a = operand_chunk(o->a_type, o->a, at.a, a_stride, column, n, a_buffer);
      const float *b = operand_chunk(o->b_type, o->b, at.b, b_stride, column, n, b_buffer);
      float *y = result_chunk(o->y_type, o->y, begin, y_buffer);
      o->kernel(a, b, y, n);
      store_chunk(o->y_type, y, o->y, begin, n);
    }
  }
}

static int64_t element_count(const apus_broadcast *shape) {
  int64_t count = 1;
  for (int axis = 0; axis < shape->axes; axis++) count *= shape->size[axis];
  return count;
}

void apus_binary_operation(
    apus_binary op, const apus_broadcast *shape, apus_type a_type, const void *a, apus_type b_type,
    const void *b, apus_type y_type, void *y) {
  operation o = {kernel_of(op), op, shape, a_type, b_type, y_type, a, b, y};
  apus_parallel(element_count(shape), GRAIN, operate, &o);
}

void apus_add(
    apus_type a_type, const void *a, apus_type b_type, const void *b, void *y, int64_t count) {
  apus_broadcast shape = {1, {count}, {1}, {1}};
  apus_binary_operation(APUS_ADD, &shape, a_type, a, b_type, b, a_type, y);
}

static void compare_ints(void *context, int64_t begin, int64_t end) {
  const operation *o = context;
  const apus_broadcast *s = o->shape;
  int64_t columns = s->size[s->axes - 1];
  int64_t a_stride = s->a_stride[s->axes - 1], b_stride = s->b_stride[s->axes - 1];
  for (int64_t i = begin; i < end; i++) {
    offsets at = row_offsets(s, i / columns);
    int32_t a = ((const int32_t *)o->a)[at.a + i % columns * a_stride];
    int32_t b = ((const int32_t *)o->b)[at.b + i % columns * b_stride];
    ((float *)o->y)[i] = o->op == APUS_EQUAL ? a == b : o->op == APUS_LESS ? a < b : a <= b;
  }
}

void apus_compare_ints(
    apus_binary op, const apus_broadcast *shape, const int32_t *a, const int32_t *b, float *y) {
  operation o = {0, op, shape, APUS_INT32, APUS_INT32, APUS_FLOAT32, a, b, y};
  apus_parallel(element_count(shape), GRAIN, compare_ints, &o);
}

typedef struct {
  const float *mask;
  apus_type type;
  const void *a, *b;
  void *y;
} selection;

CLONES static void select_floats(
    const float *mask, const float *a, const float *b, float *restrict y, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    float first = a[i], second = b[i];
    y[i] = mask[i] != 0 ? first : second;
  }
}

CLONES static void select_bf16(
    const float *mask, const bf16 *a, const bf16 *b, bf16 *restrict y, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    bf16 first = a[i], second = b[i];
    y[i] = mask[i] != 0 ? first : second;
  }
}

static void select_range(void *context, int64_t begin, int64_t end) {
  const selection *s = context;
  int64_t n = end - begin;
  if (s->type == APUS_BFLOAT16)
    select_bf16(s->mask + begin, (const bf16 *)s->a + begin, (const bf16 *)s->b + begin,
                (bf16 *)s->y + begin, n);
  else
    select_floats(s->mask + begin, (const float *)s->a + begin, (const float *)s->b + begin,
                  (float *)s->y + begin, n);
}

void apus_select(
    const float *mask, apus_type type, const void *a, const void *b, void *y, int64_t count) {
  selection s = {mask, type, a, b, y};
  apus_parallel(count, GRAIN, select_range, &s);
}
