#include "register/legal.h"

static const unsigned char kept_table[BASIS_COUNT][PURPOSE_COUNT][CONSENT_COUNT][AGE_COUNT] = {
#define X(basis, purpose, consent, adult, minor, unknown) \
    [BASIS_##basis][PURPOSE_##purpose][CONSENT_##consent] = {KEPT_##adult, KEPT_##minor, KEPT_##unknown},
#include "register/legal.def"
#undef X
};

const char *const legal_basis_codes[] = {"duty", "consent", NULL};
const char *const legal_purpose_codes[] = {"registration", "monitor", "shelter", NULL};
const char *const legal_consent_codes[] = {"not_needed", "given", "guardian", "refused", "withdrawn", NULL};
const char *const legal_reason_codes[] = {"refused", "withdrawn", "missing", "no_guardian", "not_own", NULL};

legal_kept
register_legal_kept(legal_basis basis, legal_purpose purpose, legal_consent consent, legal_age age)
{
    return (legal_kept)kept_table[basis][purpose][consent][age];
}

legal_verdict
register_legal_gate(legal_basis basis, const legal_consent consent[PURPOSE_COUNT], legal_age age)
{
    legal_kept registration = register_legal_kept(basis, PURPOSE_registration, consent[PURPOSE_registration], age);
    if (registration != KEPT_IDENTITY)
        return (legal_verdict){.kept = false, .reason = (legal_reason)registration, .withheld = (int)registration};
    legal_verdict v = {.kept = true, .permitted = 1u << PURPOSE_registration, .withheld = -1};
    legal_kept monitor = register_legal_kept(basis, PURPOSE_monitor, consent[PURPOSE_monitor], age);
    if (monitor == KEPT_RECORD)
        v.permitted |= 1u << PURPOSE_monitor;
    else
        v.withheld = (int)monitor;
    if (register_legal_kept(basis, PURPOSE_shelter, consent[PURPOSE_shelter], age) == KEPT_IDENTITY)
        v.permitted |= 1u << PURPOSE_shelter;
    return v;
}

legal_age
register_legal_age(int32_t earliest, int32_t latest, int32_t received)
{
    if (earliest == DATE_MISSING || latest == DATE_MISSING || received == DATE_MISSING) return AGE_unknown;
    bool may_be_adult = received >= date_add_years(earliest, 18), may_be_minor = received < date_add_years(latest, 18);
    return may_be_adult && may_be_minor ? AGE_unknown : may_be_minor ? AGE_minor : AGE_adult;
}
