# Reference values for covariates and linkage error: Rscript make.R (base R alone; version in versions.txt).
# table.csv     three lists by year and sex, drawn once
# models.csv    Poisson models of its observed cells by glm: deviance, unseen persons of each stratum
# unknown.csv   the same table with the year of some persons unknown
# em.csv        the same models with an EM written here: unseen persons of each stratum, log likelihood up to a constant
# linked.csv    truth and mean observed table of records of three lists linked with known error, by simulation
set.seed(5)
writeLines(R.version.string, "versions.txt")
lists <- c("A", "B", "C")
cells <- expand.grid(A = 0:1, B = 0:1, C = 0:1, year = c("2018", "2019", "2020"), sex = c("f", "m"), stringsAsFactors = TRUE)
persons <- c("2018" = 700, "2019" = 900, "2020" = 500)
p <- function(d) {
  y <- as.integer(d$year); m <- d$sex == "m"
  a <- c(.25, .3, .2)[y]; b <- ifelse(m, .12, .22); both <- ifelse(d$A == 1, 1.6, 1)
  pb <- pmin(b * both, .9); pc <- c(.1, .14, .2)[y] * ifelse(m, 1.3, 1)
  ifelse(d$A == 1, a, 1 - a) * ifelse(d$B == 1, pb, 1 - pb) * ifelse(d$C == 1, pc, 1 - pc)
}
cells$n <- rpois(nrow(cells), p(cells) * persons[as.character(cells$year)] * ifelse(cells$sex == "m", .4, .6))
seen <- cells[cells$A + cells$B + cells$C > 0, ]
unseen <- unique(cells[cells$A + cells$B + cells$C == 0, ])
names(seen)[6] <- "count"
write.csv(seen, "table.csv", row.names = FALSE, quote = FALSE)
models <- c("A+B+C+year+sex", "A+B+C+year+sex+A:B", "A+B+C+year+sex+A:B+A:year+C:year", "A+B+C+year+sex+A:B+A:year+B:sex+year:sex",
            "A+B+C+year+sex+A:B+A:year+B:year+A:B:year", "A+B+C+year+sex+A:B+A:year+C:year+B:sex+C:sex+year:sex")
tight <- glm.control(epsilon = 1e-14, maxit = 200)
rows <- NULL
for (m in models) {
  f <- glm(as.formula(paste("count ~", m)), poisson, seen, control = tight)
  u <- exp(predict(f, unseen))
  for (i in seq_along(u)) rows <- rbind(rows, data.frame(model = m, parameters = length(coef(f)), deviance = deviance(f),
                                                        year = unseen$year[i], sex = unseen$sex[i], unseen = u[i]))
}
show <- function(d, file) {
  for (j in names(d)) if (is.numeric(d[[j]])) d[[j]] <- format(d[[j]], digits = 15, trim = TRUE)
  write.csv(d, file, row.names = FALSE, quote = FALSE)
}
show(rows, "models.csv")

# A quarter of the persons on list A alone and a tenth of the others have no year: their counts by lists and sex.
gone <- rbinom(nrow(seen), seen$count, ifelse(seen$A == 1 & seen$B + seen$C == 0, .25, .1))
known <- seen; known$count <- seen$count - gone
partly <- aggregate(gone, seen[c("A", "B", "C", "sex")], sum); names(partly)[5] <- "count"
write.csv(rbind(known[c("A", "B", "C", "year", "sex", "count")],
                data.frame(partly[c("A", "B", "C")], year = "", sex = partly$sex, count = partly$count)), "unknown.csv", row.names = FALSE, quote = FALSE)
key <- function(d) paste(d$A, d$B, d$C, d$sex)
rows <- NULL
for (m in models[1:4]) {
  full <- known; f <- NULL
  for (step in 1:5000) {
    mu <- if (is.null(f)) rep(1, nrow(known)) else fitted(f)
    of <- match(key(known), key(partly)); total <- tapply(mu, of, sum)
    full$count <- known$count + partly$count[of] * mu / total[as.character(of)]
    before <- if (is.null(f)) 0 else coef(f)
    f <- suppressWarnings(glm(as.formula(paste("count ~", m)), poisson, full, control = tight))
    if (max(abs(coef(f) - before)) < 1e-12) break
  }
  mu <- fitted(f); of <- match(key(known), key(partly)); total <- tapply(mu, of, sum)
  level <- sum(known$count * log(mu)) - sum(mu) + sum((partly$count * log(total[as.character(seq_len(nrow(partly)))]))[partly$count > 0])
  u <- exp(predict(f, unseen))
  for (i in seq_along(u)) rows <- rbind(rows, data.frame(model = m, log_likelihood = level, year = unseen$year[i], sex = unseen$sex[i], unseen = u[i]))
}
show(rows, "em.csv")

# Records linked list by list: a true link is missed with probability M; a person who is not on the list gets somebody else's
# free record of it with probability F. What is not linked stands alone.
M <- .1; F <- .02; N <- 3000; runs <- 400
truth <- observed <- numeric(8)
for (run in seq_len(runs)) {
  on <- cbind(runif(N) < .35, runif(N) < .3, runif(N) < .25)
  code <- on %*% c(1, 2, 4)
  truth <- truth + tabulate(code, 7)[c(1:7, 7)] * c(rep(1, 7), 0)
  owner <- which(on[, 1]); mask <- rep(1, length(owner))
  for (j in 2:3) {
    here <- on[owner, j]; n <- length(owner); bit <- c(1, 2, 4)[j]
    linked <- here & runif(n) >= M
    free <- setdiff(which(on[, j]), owner[linked])
    false <- which(!here & runif(n) < F)
    take <- sample(length(free), min(length(free), length(false)))
    mask[linked] <- mask[linked] + bit
    mask[false[seq_along(take)]] <- mask[false[seq_along(take)]] + bit
    alone <- free[setdiff(seq_along(free), take)]
    owner <- c(owner, alone); mask <- c(mask, rep(bit, length(alone)))
  }
  observed <- observed + tabulate(mask, 7)[c(1:7, 7)] * c(rep(1, 7), 0)
}
show(data.frame(combination = 1:7, truth = truth[1:7] / runs, observed = observed[1:7] / runs), "linked.csv")
