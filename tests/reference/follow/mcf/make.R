source("../write.R"); library(survival); versions("survival")
d <- read.csv("../data/recurrent.csv")
# mean cumulative function: the cumulative hazard with a robust error by person
rows <- do.call(rbind, lapply(c("p", "q"), function(g) {
  f <- survfit(Surv(start, stop, status == 1) ~ 1, data = d[d$g == g, ], id = id, robust = TRUE)
  data.frame(strata = g, time = f$time, n_risk = f$n.risk, n_event = f$n.event, mcf = f$cumhaz, se_robust = f$std.chaz)
}))
write_rows(rows, "recurrent.csv")
# Ghosh-Lin written out: mu(t) = sum S(u-) dR(u), its error by the influence of each person, computed person by person
gl <- function(e) {
  time <- sort(unique(e$stop)); ids <- unique(e$id); mu <- 0; s <- 1; U <- matrix(0, length(ids), 2)
  do.call(rbind, lapply(time, function(u) {
    at <- e$start < u & e$stop >= u; y <- sum(at); dn <- sum(e$stop == u & e$status == 1); dd <- sum(e$stop == u & e$status == 2)
    Y <- vapply(ids, function(i) sum(at[e$id == i]), 0); N <- vapply(ids, function(i) sum(e$stop == u & e$status == 1 & e$id == i), 0)
    D <- vapply(ids, function(i) sum(e$stop == u & e$status == 2 & e$id == i), 0)
    U[, 2] <<- U[, 2] + U[, 1] * dn / y + s * (N - Y * dn / y) / y
    U[, 1] <<- U[, 1] * (1 - dd / y) - s * (D - Y * dd / y) / y
    mu <<- mu + s * dn / y; s <<- s * (1 - dd / y)
    data.frame(time = u, n_risk = y, n_event = dn, n_terminal = dd, mcf = mu, se_robust = sqrt(sum(U[, 2]^2)))
  }))
}
gl2 <- function(e) { environment(gl) <- environment(); gl(e) }
rows <- do.call(rbind, lapply(c("p", "q"), function(g) cbind(strata = g, gl2(d[d$g == g, ]))))
write_rows(rows, "ghosh-lin.csv")
write_rows(cbind(strata = "", gl(read.csv("../data/breaks.csv"))), "breaks.csv")
