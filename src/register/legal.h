/* The legal gate: legal basis x purpose x consent x age -> what is kept of a report. One table, legal.def.
 *
 * Investigation services have a duty to report at the slightest indication; every other reporter needs the consent of
 * the person, of a minor that of a guardian. The codes are those of the register's lists, in the same order
 * (register_definition_load checks that). */
#ifndef PEIL_REGISTER_LEGAL_H
#define PEIL_REGISTER_LEGAL_H

#include "base/date.h"

typedef enum legal_basis { BASIS_duty, BASIS_consent, BASIS_COUNT } legal_basis;
typedef enum legal_purpose { PURPOSE_registration, PURPOSE_monitor, PURPOSE_shelter, PURPOSE_COUNT } legal_purpose;
typedef enum legal_consent {
    CONSENT_not_needed, CONSENT_given, CONSENT_guardian, CONSENT_refused, CONSENT_withdrawn,
    CONSENT_not_stated, /* no code of the list: the column is empty */
    CONSENT_COUNT
} legal_consent;
typedef enum legal_age { AGE_adult, AGE_minor, AGE_unknown, AGE_COUNT } legal_age;

/* Why a report is counted without identity; the order of `reasons` in sources/legal.yaml. */
typedef enum legal_reason {
    REASON_REFUSED, REASON_WITHDRAWN, REASON_MISSING, REASON_NO_GUARDIAN, REASON_NOT_OWN, REASON_COUNT
} legal_reason;

typedef enum legal_kept {
    KEPT_REFUSED = REASON_REFUSED, KEPT_WITHDRAWN = REASON_WITHDRAWN, KEPT_MISSING = REASON_MISSING,
    KEPT_NO_GUARDIAN = REASON_NO_GUARDIAN, KEPT_NOT_OWN = REASON_NOT_OWN, /* counted for that reason */
    KEPT_NOTHING, KEPT_RECORD, KEPT_IDENTITY
} legal_kept;

legal_kept register_legal_kept(legal_basis basis, legal_purpose purpose, legal_consent consent, legal_age age);

/* The codes the gate knows, in order; NULL behind the last. */
extern const char *const legal_basis_codes[], *const legal_purpose_codes[], *const legal_consent_codes[],
    *const legal_reason_codes[];

/* A report's way through the gate. */
typedef struct legal_verdict {
    bool kept;           /* false: counted for `reason`, and nothing else of the report may be written anywhere */
    legal_reason reason; /* when not kept */
    uint32_t permitted;  /* bit p: the kept report may be used for purpose p */
    int withheld;        /* kept, but why it is only counted in the monitor: a legal_reason; -1: it may be used there */
} legal_verdict;

legal_verdict register_legal_gate(legal_basis basis, const legal_consent consent[PURPOSE_COUNT], legal_age age);

/* Adult, minor (under 18) or unknown on the day a report was received, when the person was born somewhere from
 * `earliest` to `latest`; DATE_MISSING: unknown. */
legal_age register_legal_age(int32_t earliest, int32_t latest, int32_t received);

#endif
