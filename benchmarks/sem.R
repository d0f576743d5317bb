# lavaan's half of benchmarks/sem.py, which starts this file and asks for one case at a time.
#   Rscript benchmarks/sem.R FOLDER
# FOLDER holds model.txt, measurement.txt and the answers as .csv. A line on stdin names a case; the
# answer is one line: seconds by the clock and of the processor. What a case found is written to
# FOLDER/CASE.found.csv.
suppressMessages(library(lavaan))
folder <- commandArgs(trailingOnly = TRUE)[1]
path <- function(name) file.path(folder, name)
text <- function(name) paste(readLines(path(name), warn = FALSE), collapse = "\n")
model <- text("model.txt")
measurement <- text("measurement.txt")
answers <- lapply(c(complete = "complete", gaps = "gaps", ordinal = "ordinal", sides = "sides"),
                  function(name) read.csv(path(paste0(name, ".csv"))))
resampled <- as.matrix(read.csv(path("rows.csv"), header = FALSE))

steps <- list("", "loadings", c("loadings", "intercepts"), c("loadings", "intercepts", "residuals"))
ml <- sem(model, answers$complete, fixed.x = FALSE)
cases <- list(
  ml = function() sem(model, answers$complete, fixed.x = FALSE),
  fiml = function() sem(model, answers$gaps, fixed.x = FALSE, missing = "fiml"),
  mlr = function() sem(model, answers$complete, fixed.x = FALSE, estimator = "MLR"),
  wlsmv = function() sem(model, answers$ordinal, fixed.x = FALSE, estimator = "WLSMV", ordered = TRUE),
  ladder = function() lapply(steps, function(equal)
    sem(measurement, answers$sides, group = "side", group.equal = equal, fixed.x = FALSE)),
  bootstrap = function() bootstrapLavaan(ml, R = 50L, iseed = 1L),
  # Not timed against anything: the resamples that ours drew first, for the comparison of results.
  same_resamples = function() lapply(seq_len(nrow(resampled)), function(k)
    sem(model, answers$complete[resampled[k, ] + 1, ], fixed.x = FALSE, se = "none"))
)

rows <- function(fit, at) {
  e <- parameterEstimates(fit)
  m <- fitMeasures(fit)
  se <- if (is.null(e$se)) NA else e$se
  rbind(
    data.frame(at = at, lhs = e$lhs, op = e$op, rhs = e$rhs,
               group = if (is.null(e$group)) 1 else e$group, est = e$est, se = se),
    data.frame(at = at, lhs = names(m), op = "index", rhs = "", group = 1, est = as.numeric(m), se = NA),
    data.frame(at = at, lhs = "patterns", op = "index", rhs = "", group = 1, se = NA,
               est = length(unlist(lavInspect(fit, "patterns")) > 0) / ncol(answers$gaps)))
}
known <- function(found, name) {
  fits <- if (is.list(found)) found else list(found)
  if (name == "bootstrap") return(data.frame(converged = nrow(found)))
  do.call(rbind, Map(rows, fits, seq_along(fits)))
}

commas <- function(x) paste(x, collapse = ",")
cat(commas(c(R.version.string, paste("lavaan", packageVersion("lavaan")), basename(extSoftVersion()["BLAS"]))), "\n")
asked <- file("stdin", "r")
while (length(name <- readLines(asked, 1)) == 1) {
  took <- system.time(found <- suppressWarnings(cases[[name]]()))
  write.csv(known(found, name), path(paste0(name, ".found.csv")), row.names = FALSE)
  cat(sprintf("%.4f %.4f\n", took[["elapsed"]], took[["user.self"]] + took[["sys.self"]]))
  flush(stdout())
}
