/* The keys of monitor.yaml, as libcyaml wants them. */
#ifndef PEIL_MONITOR_SCHEMA_H
#define PEIL_MONITOR_SCHEMA_H

#include "base/definition.h"

extern const cyaml_schema_value_t monitor_schema;

#endif
