/* Reference values of estimate: JSON files beside the tables they were made from. */
#ifndef PEIL_TESTS_ESTIMATE_REFERENCE_H
#define PEIL_TESTS_ESTIMATE_REFERENCE_H

#include "testing.h"

#include "estimate/overlap.h"

#include <jansson.h>
#include <math.h>

static inline const char *
reference_path(arena *a, const char *name)
{
    return source_path(a, arena_printf(a, "tests/reference/estimate/%s", name));
}

static inline json_t *
reference_json(const char *path)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    if (!root) fail_msg("%s: %s", path, error.text);
    return root;
}

static inline overlap
reference_table(arena *a, const char *name)
{
    overlap o;
    ASSERT_OK(overlap_read(a, reference_path(a, name), NULL, &o));
    return o;
}

static inline double
real(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

/* |got - want| within `relative` of the larger of 1 and |want|. */
static inline void
assert_close(const char *label, double got, double want, double relative)
{
    double scale = fabs(want) > 1 ? fabs(want) : 1;
    if (!(fabs(got - want) <= relative * scale)) fail_msg("%s: got %.17g, want %.17g", label, got, want);
}

#endif
