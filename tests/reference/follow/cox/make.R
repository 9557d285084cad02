source("../write.R"); library(survival); versions("survival")
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-13, iter.max = 50)
fit <- function(file, formula, ties, cluster, out) {
  d <<- read.csv(file.path("../data", file)) # global: cox.zph fetches the data again
  f <- if (cluster) coxph(formula, d, ties = ties, control = tight, cluster = cl) else coxph(formula, d, ties = ties, control = tight)
  z <- cox.zph(f)$table
  naive <- if (cluster) f$naive.var else f$var
  write_json(list(names = I(names(coef(f))), coef = I(unname(coef(f))), se = I(sqrt(diag(naive))),
                  robust_se = if (cluster) I(sqrt(diag(f$var))) else NULL, loglik = I(f$loglik), score = f$score,
                  lrt = 2 * diff(f$loglik), wald = unname(f$wald.test), var = unname(f$var),
                  zph = list(chisq = I(unname(z[, 1])), df = I(unname(z[, 2])), p = I(unname(z[, 3])))), out)
}
for (f in c("distinct", "ties")) for (ties in c("efron", "breslow")) {
  fit(paste0(f, "_plain.csv"), Surv(time, event) ~ x + z, ties, FALSE, sprintf("%s_%s.json", f, ties))
  fit(paste0(f, "_plain.csv"), Surv(time, event) ~ x + z + strata(s), ties, TRUE, sprintf("%s_%s_strata_cluster.json", f, ties))
  fit(paste0(f, "_late.csv"), Surv(start, time, event) ~ x + z + strata(s), ties, TRUE, sprintf("%s_%s_late.json", f, ties))
}
fit("ties_plain.csv", Surv(time, event) ~ g, "efron", FALSE, "factor.json")
fit("ties_plain.csv", Surv(time, event) ~ g + x + strata(s), "breslow", TRUE, "factor_breslow_strata_cluster.json")
fit("distinct_late.csv", Surv(start, time, event) ~ g + x, "efron", FALSE, "factor_late.json")
fit("ties_late.csv", Surv(start, time, event) ~ x + z + g + strata(s), "efron", FALSE, "factor_late_strata.json")
