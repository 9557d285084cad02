source("../write.R"); library(cmprsk); versions("cmprsk")
for (f in c("distinct", "ties")) for (cause in 1:2) {
  d <- read.csv(sprintf("../data/%s_plain.csv", f))
  r <- crr(d$time, d$cause, cbind(x = d$x, z = d$z), failcode = cause, gtol = 1e-14, maxiter = 50)
  write_json(list(names = I(names(r$coef)), coef = I(unname(r$coef)), se = I(sqrt(diag(r$var))), loglik = I(c(r$loglik.null, r$loglik)),
                  var = unname(r$var), invinf = unname(r$invinf)), sprintf("%s_%d.json", f, cause))
}
