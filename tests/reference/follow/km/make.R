source("../write.R"); library(survival); versions("survival")
curve <- function(file, late, ci, out) {
  d <- read.csv(file.path("../data", file))
  d$S <- if (late) Surv(d$start, d$time, d$event) else Surv(d$time, d$event)
  if (is.null(d$g)) d$g <- ""
  rows <- do.call(rbind, lapply(sort(unique(d$g)), function(g) {
    f <- survfit(S ~ 1, data = d[d$g == g, ], conf.type = ci); s <- summary(f, censored = TRUE)
    data.frame(strata = g, time = s$time, n_risk = s$n.risk, n_event = s$n.event, n_censor = s$n.censor, surv = s$surv,
               std_err = s$std.err, lower = s$lower, upper = s$upper, cumhaz = f$cumhaz, se_cumhaz = f$std.chaz)
  }))
  write_rows(rows, out)
}
for (f in c("distinct", "ties")) for (ci in c("log", "log-log", "plain")) {
  curve(paste0(f, "_plain.csv"), FALSE, ci, sprintf("%s_plain_%s.csv", f, ci))
}
for (f in c("distinct", "ties")) curve(paste0(f, "_late.csv"), TRUE, "log", sprintf("%s_late_log.csv", f))
curve("censored.csv", FALSE, "log", "censored_log.csv")
curve("together.csv", FALSE, "log-log", "together_log-log.csv")
# spans without length out, before times that nearly tie are made one
d <- read.csv("../data/nearly.csv"); d <- d[d$start < d$time, ]; write.csv(format(d, digits = 17), "nearly.tmp", row.names = FALSE, quote = FALSE)
curve("../km/nearly.tmp", TRUE, "log", "nearly_log.csv"); invisible(file.remove("nearly.tmp"))
