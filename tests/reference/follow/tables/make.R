source("../write.R"); versions()
test <- function(r) list(statistic = unname(r$statistic), df = unname(r$parameter), p = r$p.value)
# 2 x 2: a small one and one of the monitor's size; r x c with small expected counts
sets <- list(small = matrix(c(3, 9, 14, 6), 2, byrow = TRUE), large = matrix(c(145, 120, 24990, 236615), 2, byrow = TRUE),
             rc = matrix(c(8, 2, 0, 5, 6, 1, 1, 7, 4), 3, byrow = TRUE), wide = matrix(c(12, 5, 7, 3, 1, 6, 9, 2, 8, 4), 2, byrow = TRUE),
             four = matrix(c(4, 1, 3, 0, 2, 6, 1, 2, 0, 3, 5, 1, 2, 2, 1, 7), 4, byrow = TRUE))
for (n in names(sets)) {
  m <- sets[[n]]; dimnames(m) <- list(paste0("r", 1:nrow(m)), paste0("c", 1:ncol(m)))
  write.csv(data.frame(row = rownames(m), m), sprintf("../data/table_%s.csv", n), row.names = FALSE, quote = FALSE)
  e <- suppressWarnings(chisq.test(m, correct = FALSE)); f <- fisher.test(m, workspace = 2e7); E <- e$expected
  g2 <- 2 * sum(ifelse(m > 0, m * log(m / E), 0))
  w <- list(df = unname(e$parameter), smallest_expected = min(E), pearson = test(e),
            g2 = list(statistic = g2, df = unname(e$parameter), p = pchisq(g2, e$parameter, lower.tail = FALSE)),
            `cramers-v` = list(estimate = sqrt(unname(e$statistic) / (sum(m) * (min(dim(m)) - 1)))))
  if (n != "large") w$fisher <- list(p = f$p.value) # R's p of the large table underflows its own tolerance
  if (all(dim(m) == 2)) {
    y <- suppressWarnings(chisq.test(m)); p <- suppressWarnings(prop.test(m, correct = FALSE))
    n1 <- sum(m[1, ]); n2 <- sum(m[2, ]); p1 <- m[1, 1] / n1; p2 <- m[2, 1] / n2; z <- qnorm(.975)
    rr <- p1 / p2; se <- sqrt(1 / m[1, 1] - 1 / n1 + 1 / m[2, 1] - 1 / n2); or <- m[1] * m[4] / m[2] / m[3]; so <- sqrt(sum(1 / m))
    k <- dhyper(m[1, 1], sum(m[, 1]), sum(m[, 2]), n1)
    w$yates <- test(y); w$rd <- list(estimate = p1 - p2, lower = p$conf.int[1], upper = p$conf.int[2])
    w$rr <- list(estimate = rr, lower = exp(log(rr) - z * se), upper = exp(log(rr) + z * se))
    w$or <- list(estimate = or, lower = exp(log(or) - z * so), upper = exp(log(or) + z * so))
    if (n != "large") w$`mid-p` <- list(p = f$p.value - k / 2)
  }
  write_json(w, sprintf("%s.json", n))
}
share <- function(x, n) {
  w <- prop.test(x, n, correct = FALSE)$conf.int; b <- binom.test(x, n)$conf.int
  mid <- function(q) uniroot(function(p) pbinom(x, n, p, lower.tail = FALSE) + dbinom(x, n, p) / 2 - q, c(1e-12, 1 - 1e-12), tol = 1e-16)$root
  list(x = x, n = n, estimate = x / n, wilson = list(lower = w[1], upper = w[2]), `clopper-pearson` = list(lower = b[1], upper = b[2]),
       `mid-p` = list(lower = if (x == 0) 0 else mid(.025), upper = if (x == n) 1 else mid(.975)))
}
write_json(share(7, 25), "share.json")
write_json(share(0, 12), "share_none.json")
write_json(share(570, 1270), "share_large.json")
s <- data.frame(stratum = 1:5, a = c(4, 6, 0, 9, 12), b = c(8, 3, 5, 7, 20), c = c(2, 5, 1, 4, 8), d = c(11, 9, 6, 10, 31))
write.csv(s, "../data/strata.csv", row.names = FALSE, quote = FALSE)
m <- array(t(s[, c("a", "c", "b", "d")]), c(2, 2, 5)); r <- mantelhaen.test(m, correct = FALSE); rc <- mantelhaen.test(m, correct = TRUE)
write_json(list(strata = 5, or = list(estimate = unname(r$estimate), lower = r$conf.int[1], upper = r$conf.int[2]), chisq = unname(r$statistic),
                df = 1, p = r$p.value, chisq_corrected = unname(rc$statistic), p_corrected = rc$p.value), "mh.json")
p <- c(.01, .04, .03, .005, .2, .03)
write_json(list(p = I(p), holm = I(p.adjust(p, "holm")), bh = I(p.adjust(p, "BH"))), "adjust.json")
set.seed(3); v <- data.frame(g = rep(c("a", "b", "c"), c(20, 25, 15)), cost = round(rexp(60, .001) * rep(c(1, 1.5, 2), c(20, 25, 15)), 2))
v$group2 <- ifelse(v$g == "c", "b", v$g); v$tied <- round(v$cost / 500)
write.csv(v, "../data/cost.csv", row.names = FALSE, quote = FALSE)
t <- t.test(cost ~ group2, v)
write_json(list(t = unname(t$statistic), df = unname(t$parameter), p = t$p.value, mean = I(unname(t$estimate)),
                difference = list(estimate = -diff(unname(t$estimate)), lower = t$conf.int[1], upper = t$conf.int[2])), "welch.json")
w <- wilcox.test(cost ~ group2, v); write_json(list(statistic = unname(w$statistic), p = w$p.value), "wilcoxon_exact.json")
w <- suppressWarnings(wilcox.test(tied ~ group2, v)); write_json(list(statistic = unname(w$statistic), p = w$p.value), "wilcoxon_ties.json")
k <- kruskal.test(tied ~ g, v); write_json(list(statistic = unname(k$statistic), df = unname(k$parameter), p = k$p.value), "kruskal.json")
r <- data.frame(group = rep(c("x", "y"), each = 4), stratum = rep(1:4, 2), events = c(3, 8, 12, 5, 6, 9, 20, 14), time = c(1000, 1500, 900, 400, 1200, 1300, 1000, 600),
                standard = rep(c(3000, 4000, 2000, 1000), 2))
write.csv(r, "../data/rates.csv", row.names = FALSE, quote = FALSE)
one <- function(g) {
  d <- r[r$group == g, ]; w <- d$standard / sum(d$standard); x <- sum(w * d$events / d$time); v <- sum((w / d$time)^2 * d$events); wm <- max(w / d$time)
  pool <- tapply(r$events, r$stratum, sum) / tapply(r$time, r$stratum, sum); e <- sum(pool * d$time); k <- sum(d$events); c0 <- poisson.test(k, sum(d$time)); c1 <- poisson.test(k, e)
  list(group = g, events = k, time = sum(d$time), crude = list(estimate = k / sum(d$time), lower = c0$conf.int[1], upper = c0$conf.int[2]),
       direct = list(estimate = x, lower = qgamma(.025, x^2 / v, scale = v / x), upper = qgamma(.975, (x + wm)^2 / (v + wm^2), scale = (v + wm^2) / (x + wm))),
       ratio = list(estimate = k / e, lower = c1$conf.int[1], upper = c1$conf.int[2]), expected = e)
}
writeLines(sprintf('{"groups": [%s, %s]}', to_json(one("x")), to_json(one("y"))), "rates.json")
p <- c(0, 1, .5, .05, .05, 1e-9, .2, .0499, .7); write_json(list(p = I(p), holm = I(p.adjust(p, "holm")), bh = I(p.adjust(p, "BH"))), "adjust_ties.json")
write_json(share(12, 12), "share_all.json")
write_json(share(1, 2461), "share_rare.json")
