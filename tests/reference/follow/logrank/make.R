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
# delayed entry, which survdiff does not take: written out
late <- function(d, strata, out) {
  groups <- sort(unique(d$g)); O <- E <- 0 * seq_along(groups); V <- matrix(0, length(groups), length(groups))
  for (s in unique(strata)) {
    q <- d[strata == s, ]
    for (u in sort(unique(q$time[q$event == 1]))) {
      at <- q$start < u & q$time >= u; n <- sum(at); ng <- vapply(groups, function(k) sum(at & q$g == k), 0)
      og <- vapply(groups, function(k) sum(q$time == u & q$event == 1 & q$g == k), 0); k <- sum(og)
      O <- O + og; E <- E + k * ng / n
      if (n > 1) V <- V + k * (n - k) / (n - 1) * (diag(ng / n) - outer(ng / n, ng / n))
    }
  }
  m <- seq_len(length(groups) - 1); u <- (O - E)[m]; chisq <- drop(u %*% solve(V[m, m], u))
  write_json(list(obs = I(unname(O)), exp = I(unname(E)), chisq = chisq, df = length(m), p = pchisq(chisq, length(m), lower.tail = FALSE),
                  var = unname(V)), out)
}
for (f in c("distinct", "ties")) {
  d <- read.csv(sprintf("../data/%s_late.csv", f))
  late(d, rep(1, nrow(d)), sprintf("%s_late.json", f)); late(d, d$s, sprintf("%s_late_strata.json", f))
}
# a group gone before the first event: nothing to compare
r <- survdiff(Surv(time, event) ~ g, read.csv("../data/alone.csv"))
write_json(list(n = I(as.numeric(r$n)), obs = I(r$obs), exp = I(r$exp), chisq = r$chisq, df = 0, p = r$pvalue, var = unname(r$var)), "alone.json")
