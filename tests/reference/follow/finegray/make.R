source("../write.R"); library(cmprsk); versions("cmprsk")
for (f in c("distinct", "ties")) for (cause in 1:2) {
  d <- read.csv(sprintf("../data/%s_plain.csv", f))
  r <- crr(d$time, d$cause, cbind(x = d$x, z = d$z), failcode = cause, gtol = 1e-14, maxiter = 50)
  write_json(list(names = I(names(r$coef)), coef = I(unname(r$coef)), se = I(sqrt(diag(r$var))), loglik = I(c(r$loglik.null, r$loglik)),
                  var = unname(r$var), invinf = unname(r$invinf)), sprintf("%s_%d.json", f, cause))
}
# delayed entry: survival's weights, then a weighted Cox model with the sandwich by person
library(survival); versions("cmprsk", "survival")
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-13, iter.max = 50)
for (f in c("distinct", "ties")) for (ties in c("efron", "breslow")) {
  d <- read.csv(sprintf("../data/%s_late.csv", f))
  if (f == "ties") { # nobody else is there when the last one enters: the weights would not exist (finegray gives NaN)
    d <- d[d$start < 30, ]; write.csv(d, "../data/ties_entering.csv", row.names = FALSE, quote = FALSE)
  }
  e <- finegray(Surv(start, time, factor(cause, 0:2)) ~ x + z + id, d, id = id, etype = "1")
  m <- coxph(Surv(fgstart, fgstop, fgstatus) ~ x + z, e, weights = fgwt, ties = ties, cluster = id, control = tight)
  write_json(list(names = I(names(coef(m))), coef = I(unname(coef(m))), se = I(sqrt(diag(m$var))), loglik = I(m$loglik),
                  wald = unname(m$wald.test), var = unname(m$var), invinf = unname(m$naive.var)), sprintf("%s_late_%s.json", f, ties))
}
