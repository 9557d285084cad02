/* A report with every kind of chart, every state of a cell and every part of the document model. Its numbers are made up. */
#ifndef PEIL_TESTS_PUBLISH_DEMO_H
#define PEIL_TESTS_PUBLISH_DEMO_H

#include "publish/document.h"

status demo_document(arena *a, document *result);

#endif
