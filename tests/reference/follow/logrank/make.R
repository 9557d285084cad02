source("../write.R"); library(survival); versions("survival")
for (f in c("distinct", "ties")) {
  d <- read.csv(sprintf("../data/%s_plain.csv", f))
  r <- survdiff(Surv(time, event) ~ g, d)
  write_json(list(n = I(as.numeric(r$n)), obs = I(r$obs), exp = I(r$exp), chisq = r$chisq, df = 2, p = pchisq(r$chisq, 2, lower.tail = FALSE),
                  var = unname(r$var)), sprintf("%s.json", f))
  r <- survdiff(Surv(time, event) ~ g + strata(s), d)
  write_json(list(n = I(as.numeric(r$n)), obs = I(rowSums(r$obs)), exp = I(rowSums(r$exp)), chisq = r$chisq, df = 2,
                  p = pchisq(r$chisq, 2, lower.tail = FALSE), var = unname(r$var)), sprintf("%s_strata.json", f))
}
