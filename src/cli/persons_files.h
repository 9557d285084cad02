/* The files of peil persons. Reports are named by their ids, which say nothing without the key. */
#ifndef PEIL_CLI_PERSONS_FILES_H
#define PEIL_CLI_PERSONS_FILES_H

#include "monitor/persons.h"

/* report,reporter,delivery,row,person, by report; person is empty where none was made yet. number NULL: those of the store. */
status persons_write_list(const char *path, const table *notifications, const store_persons *p, const int64_t number[]);

/* id_a,id_b,probability,log_odds,part,what,weight: what is in doubt, then what numbers forbid. */
status persons_write_review(const char *path, const persons_linked *p);

/* linkage,undone,report,person_before,person_after. */
status persons_write_log(const char *path, register_store *s);

status persons_write_audit(const char *path, register_store *s);

#endif
