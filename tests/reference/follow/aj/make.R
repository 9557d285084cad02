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
