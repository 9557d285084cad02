/* Findings as JSON and CSV, in the C locale. */
#ifndef PEIL_ESTIMATE_WRITE_H
#define PEIL_ESTIMATE_WRITE_H

#include "estimate/bic.h"
#include "estimate/links.h"
#include "estimate/report.h"

/* One finding as a JSON object, 17 significant digits; what does not exist is null. */
status write_finding_json(arena *out, const overlap *o, const finding *f, text *result);

/* The same for reading. */
status write_finding_text(arena *out, const overlap *o, const finding *f, text *result);

/* The whole report as JSON, with its sentence in both languages. */
status write_report_json(arena *out, const report *r, text *result);

/* An estimate over draws of the links. */
status write_links_json(arena *out, const links *l, const links_result *r, text *result);
status write_links_text(arena *out, const links *l, const links_result *r, text *result);

/* `replicate,model,estimate`, the estimate empty where none exists. */
status write_replicates(arena *out, const resample_result *r, text *result);

/* `model,code` for every model, and `model,estimate,std_error,deviance,df,aic,bic,code`. */
status write_codes(arena *out, const model_family *f, const int codes[], text *result);
status write_models(arena *out, const model_family *f, const model_row rows[], text *result);
status write_models_json(arena *out, const model_family *f, const model_row rows[], text *result);

#endif
