# JSON and CSV with all digits, for the reference values beside the make.R scripts. Run these from this folder.
options(digits = 17, warn = 1)
to_json <- function(x) {
  if (is.null(x)) return("null")
  if (is.list(x)) return(paste0("{", paste(sprintf('"%s": %s', names(x), vapply(x, to_json, "")), collapse = ",\n"), "}"))
  if (is.matrix(x)) return(paste0("[", paste(apply(x, 1, function(r) to_json(as.list(unname(r)) |> unlist() |> I())), collapse = ", "), "]"))
  one <- function(v) if (is.na(v)) "null" else if (is.character(v)) sprintf('"%s"', v) else sprintf("%.17g", v)
  if (length(x) == 1 && !inherits(x, "AsIs")) return(one(x))
  paste0("[", paste(vapply(unclass(x), one, ""), collapse = ", "), "]")
}
write_json <- function(x, file) writeLines(to_json(x), file)
number <- function(v) ifelse(is.na(v) | is.nan(v), "", sprintf("%.17g", v))
write_rows <- function(d, file) {
  for (k in names(d)) if (is.numeric(d[[k]])) d[[k]] <- number(d[[k]])
  write.csv(d, file, row.names = FALSE, quote = FALSE, na = "")
}
versions <- function(...) {
  v <- c(R.version.string, vapply(c(...), function(p) paste(p, packageVersion(p)), ""))
  writeLines(v, "versions.txt")
}
