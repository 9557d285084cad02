/* Definitions in YAML, read by libcyaml schemas into an arena: what a room declares as data instead of code.
 *
 * Messages name the file, the line and the key. A definition is at most 4 MiB and may use anchors and aliases, but not
 * blow up by them: the result is at most 64 MiB. */
#ifndef PEIL_BASE_DEFINITION_H
#define PEIL_BASE_DEFINITION_H

#include "base/text.h"

#include <cyaml/cyaml.h>

/* `schema` is the top-level value and must have CYAML_FLAG_POINTER; *result points at its structure. Nothing is freed
 * before the arena ends.
 * Errors  ST_NOT_FOUND, ST_IO, ST_CONFIG (not YAML, unknown or missing key, bad value), ST_LIMIT, ST_NO_MEMORY */
status definition_load(arena *out, const char *path, const cyaml_schema_value_t *schema, void **result);

/* The same, keys that the schema does not know passed over: for a reader of a part of somebody else's definition. */
status definition_load_part(arena *out, const char *path, const cyaml_schema_value_t *schema, void **result);

/* The same from bytes, for tests; `name` is what messages call the file. */
status definition_load_bytes(arena *out, const char *name, text bytes, const cyaml_schema_value_t *schema, void **result);

/* Shorthands for schemas: a text that must be there, one that may be absent (NULL), a yes or no and a list that may be absent. */
#define DEFINITION_TEXT(key, structure, member) \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, structure, member, 1, CYAML_UNLIMITED)
#define DEFINITION_TEXT_OPTIONAL(key, structure, member) \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER_NULL | CYAML_FLAG_OPTIONAL, structure, member, 0, CYAML_UNLIMITED)
#define DEFINITION_FLAG(key, structure, member) CYAML_FIELD_BOOL(key, CYAML_FLAG_OPTIONAL, structure, member)
#define DEFINITION_LIST(key, structure, member, entry) \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member, entry, 0, CYAML_UNLIMITED)

#endif
