# Data of the reference values: seeded; run in this folder. plain/late: times distinct or in heavy ties, with and without delayed entry.
set.seed(20260101)
one <- function(n, ties, late) {
  d <- data.frame(id = 1:n, x = round(rnorm(n), 3), z = rbinom(n, 1, .4), g = sample(c("a", "b", "c"), n, TRUE, c(.5, .3, .2)),
                  s = sample(1:3, n, TRUE), cl = sample(1:60, n, TRUE))
  t1 <- rexp(n, .01 * exp(.5 * d$x)); t2 <- rexp(n, .007 * exp(.3 * d$z)); end <- runif(n, 5, 300)
  d$time <- round(pmin(t1, t2, end), 6)
  d$cause <- ifelse(t1 <= pmin(t2, end), 1, ifelse(t2 <= end, 2, 0))
  if (ties) d$time <- floor(d$time / 8)            # some at 0
  if (late) { if (ties) d$time <- d$time + 1; d$start <- if (ties) floor(runif(n) * d$time) else round(runif(n) * d$time * .99, 6) }
  d$event <- as.integer(d$cause == 1)
  d
}
for (ties in c(FALSE, TRUE)) for (late in c(FALSE, TRUE))
  write.csv(one(400, ties, late), sprintf("%s_%s.csv", if (ties) "ties" else "distinct", if (late) "late" else "plain"),
            row.names = FALSE, quote = FALSE)
# recurrent events: spans a person; the last may end with a terminal event (2)
rec <- do.call(rbind, lapply(1:150, function(i) {
  end <- ceiling(runif(1, 20, 200)); dead <- runif(1) < .4
  t <- sort(unique(ceiling(cumsum(rexp(20, .02 * rgamma(1, 2, 2)))))); t <- t[t < end]
  start <- c(if (i %% 3 == 0) min(5, c(t, end)[1] - 1) else 0, t)
  data.frame(id = i, g = c("p", "q")[1 + i %% 2], start = start, stop = c(t, end), status = c(rep(1, length(t)), if (dead) 2 else 0))
}))
write.csv(rec, "recurrent.csv", row.names = FALSE, quote = FALSE)
# matched sets: 1 to 3 cases among 2 to 9, an exposure and a measurement
sets <- do.call(rbind, lapply(1:80, function(i) {
  n <- sample(2:9, 1); d <- sample(1:min(3, n - 1), 1); x <- round(rnorm(n), 2); e <- rbinom(n, 1, .4)
  p <- exp(.6 * x + .8 * e); case <- rep(0, n); case[sample(n, d, prob = p)] <- 1
  data.frame(set = i, case = case, x = x, e = e)
}))
write.csv(sets, "sets.csv", row.names = FALSE, quote = FALSE)
# small and odd
write.csv(data.frame(time = c(1, 2, 2, 3), event = 0), "censored.csv", row.names = FALSE, quote = FALSE)
write.csv(data.frame(time = c(3, 3, 3), event = 1), "together.csv", row.names = FALSE, quote = FALSE)
# persons who are out of sight for a while and come back
gaps <- do.call(rbind, lapply(1:120, function(i) {
  k <- sample(1:3, 1); at <- if (i %% 2) 0 else sample(0:6, 1)
  do.call(rbind, lapply(1:k, function(m) {
    start <- at; stop <- start + sample(1:12, 1); at <<- stop + sample(1:7, 1)
    data.frame(id = i, g = c("p", "q")[1 + i %% 2], start = start, stop = stop, cause = if (m < k) 0 else sample(0:2, 1))
  }))
}))
write.csv(gaps[sample(nrow(gaps)), ], "gaps.csv", row.names = FALSE, quote = FALSE)
# all under observation die while others are out of sight; these come back, with events of their own (the rows in no order)
breaks <- data.frame(id = c("a", "b", "c", "c", "d", "d", "d", "e"), start = c(0, 0, 0, 5, 1, 4.5, 7, 6), stop = c(2, 4, 3, 6.5, 3.5, 7, 9, 8),
                     status = c(1, 2, 0, 1, 1, 1, 2, 1))
write.csv(breaks[c(5, 1, 8, 3, 7, 2, 6, 4), ], "breaks.csv", row.names = FALSE, quote = FALSE)
# spans without length are nobody's; the others' times differ by rounding alone here and there
late <- data.frame(time = c(.3, .1 + .2, .7, .7, 1.1, .29999999, 2), start = c(0, 0, 0, .7, .3, .29999999, 1.1), event = c(1, 0, 1, 1, 0, 1, 1))
write.csv(format(late, digits = 17), "nearly.csv", row.names = FALSE, quote = FALSE)
# everybody leaves at once by one of two causes, and one group has no event
once <- data.frame(time = rep(c(4, 9), c(30, 3)), cause = rep(c(2, 1, 0), c(29, 1, 3)), g = rep(c("p", "q"), c(30, 3)))
write.csv(once, "once.csv", row.names = FALSE, quote = FALSE)
write.csv(data.frame(time = c(1, 2, 5), event = c(0, 0, 1), g = c("a", "a", "b")), "alone.csv", row.names = FALSE, quote = FALSE)
