source("../write.R"); library(survival); versions("survival")
d <- read.csv("../data/sets.csv")
f <- clogit(case ~ x + e + strata(set), d, method = "exact", control = coxph.control(eps = 1e-14, iter.max = 50))
write_json(list(names = I(names(coef(f))), coef = I(unname(coef(f))), se = I(sqrt(diag(f$var))), loglik = I(f$loglik), score = f$score,
                lrt = 2 * diff(f$loglik), wald = unname(f$wald.test), var = unname(f$var)), "sets.json")
# sets of many, with several cases each
d <- read.csv("../data/ties_plain.csv")
f <- clogit(event ~ x + z + g + strata(cl), d, method = "exact", control = coxph.control(eps = 1e-14, iter.max = 50))
write_json(list(names = I(names(coef(f))), coef = I(unname(coef(f))), se = I(sqrt(diag(f$var))), loglik = I(f$loglik), score = f$score,
                lrt = 2 * diff(f$loglik), wald = unname(f$wald.test), var = unname(f$var)), "several.json")
