source("../write.R"); library(survival); versions("survival")
curve <- function(file, late, out) {
  d <- read.csv(file.path("../data", file)); d$cause <- factor(d$cause, 0:2)
  rows <- do.call(rbind, lapply(sort(unique(d$g)), function(g) {
    e <- d[d$g == g, ]
    f <- if (late) survfit(Surv(start, time, cause) ~ 1, data = e, id = id) else survfit(Surv(time, cause) ~ 1, data = e)
    k <- ncol(f$pstate)
    data.frame(strata = g, time = rep(f$time, each = k), state = rep(0:(k - 1), length(f$time)), p = c(t(f$pstate)), se = c(t(f$std.err)))
  }))
  write_rows(rows, out)
}
for (f in c("distinct", "ties")) {
  curve(paste0(f, "_plain.csv"), FALSE, paste0(f, "_plain.csv"))
  curve(paste0(f, "_late.csv"), TRUE, paste0(f, "_late.csv"))
}
# breaks in follow-up, which survfit refuses with an id: each span apart, then the influences of a person's spans together
d <- read.csv("../data/gaps.csv")
rows <- do.call(rbind, lapply(c("p", "q"), function(g) {
  e <- d[d$g == g, ]; e$row <- seq_len(nrow(e))
  f <- survfit(Surv(start, stop, factor(cause, 0:2)) ~ 1, e, id = row, influence = 1)
  se <- vapply(1:3, function(k) tail(sqrt(colSums(rowsum(f$influence.pstate[, , k], e$id)^2)), length(f$time)), numeric(length(f$time)))
  data.frame(strata = g, time = rep(f$time, each = 3), state = rep(0:2, length(f$time)), p = c(t(f$pstate)), se = c(t(se)))
}))
write_rows(rows, "gaps.csv")
# all leave at once: in each group the errors are those of a share, and 0 where nobody is left
d <- read.csv("../data/once.csv"); d$cause <- factor(d$cause, 0:2)
f <- survfit(Surv(time, cause) ~ g, d)
write_rows(data.frame(strata = rep(c("p", "q"), each = 3), time = rep(f$time, each = 3), state = 0:2, p = c(t(f$pstate)), se = zapsmall(c(t(f$std.err)), 14)), "once.csv")
