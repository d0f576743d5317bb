# Reference values for tests/lavaan: R 4.2.2, lavaan 0.6-14, semTools 0.5-6.
#   python -m tests.lavaan.data FOLDER && Rscript tests/lavaan/reference.R FOLDER tests/lavaan/reference.csv
# All options at lavaan's defaults: information expected for ML, observed for FIML and MLR; likelihood
# "normal" (n, not n - 1); optimiser nlminb at rel.tol 1e-10.
suppressMessages({ library(lavaan); library(semTools) })
args <- commandArgs(trailingOnly = TRUE)
rd <- function(name) read.csv(file.path(args[1], paste0(name, ".csv")))
tx <- function(name) paste(readLines(file.path(args[1], paste0(name, ".txt"))), collapse = "\n")
out <- list()
add <- function(case, what, lhs = "", op = "", rhs = "", group = "", value) {
  out[[length(out) + 1]] <<- data.frame(case = case, what = what, lhs = lhs, op = op, rhs = rhs,
                                        group = group, value = sprintf("%.10g", value))
}

dump <- function(case, f, keep = NULL) {
  g <- lavInspect(f, "group.label")
  e <- parameterEstimates(f, remove.nonfree = TRUE)
  s <- standardizedSolution(f)
  names(s)[names(s) == "est.std"] <- "std"
  e <- merge(e, s[, c("lhs", "op", "rhs", intersect("group", names(s)), "std")], sort = FALSE)
  se <- s; names(se)[names(se) == "se"] <- "std_se"
  e <- merge(e, se[, c("lhs", "op", "rhs", intersect("group", names(se)), "std_se")], sort = FALSE)
  if (!is.null(keep)) e <- e[e$op %in% keep, ]
  e <- e[e$op != "~*~", ]
  lab <- if (length(g)) g[e$group] else ""
  rhs <- ifelse(e$op %in% c("~1"), "", e$rhs)
  for (w in c("est", "se", "std", "std_se")) add(case, w, e$lhs, e$op, rhs, lab, e[[w]])
  m <- fitMeasures(f)
  n <- c(npar = "npar", chisq = "chisq", df = "df", pvalue = "pvalue", chisq.scaled = "chisq_scaled",
         chisq.scaling.factor = "scaling_factor", baseline.chisq = "baseline_chisq",
         baseline.df = "baseline_df", cfi = "cfi", tli = "tli", nfi = "nfi", pnfi = "pnfi",
         rmsea = "rmsea", rmsea.ci.lower = "rmsea_ci_low", rmsea.ci.upper = "rmsea_ci_high",
         rmsea.pvalue = "rmsea_pclose", srmr = "srmr", logl = "logl", aic = "aic", bic = "bic",
         bic2 = "sabic", cfi.scaled = "cfi_scaled", tli.scaled = "tli_scaled",
         rmsea.scaled = "rmsea_scaled", cfi.robust = "cfi_robust", tli.robust = "tli_robust",
         rmsea.robust = "rmsea_robust")
  for (k in intersect(names(n), names(m))) if (is.finite(m[[k]])) add(case, "index", n[[k]], value = m[[k]])
}
run <- function(model, data, ...) sem(tx(model), rd(data), fixed.x = FALSE, ...)

hs <- run("HS", "hs"); dump("hs_ml", hs)
pd <- run("PD", "pd_"); dump("pd_ml", pd)
dump("paths_ml", run("PATHS", "hs"))
rel <- run("RELATIONS", "accounts"); dump("relations_ml", rel)
dump("hs_mlr", run("HS", "hs", estimator = "MLR"))
dump("pd_mlr", run("PD", "pd_", estimator = "MLR"))
dump("relations_mlr", run("RELATIONS", "accounts", estimator = "MLR"))
dump("relations_cluster", run("RELATIONS", "accounts", estimator = "MLR", cluster = "account"))
dump("hs_weights", run("HS", "hs_weighted", estimator = "MLR", sampling.weights = "w"))
dump("hs_fiml", run("HS", "hs_gaps", missing = "fiml"))
dump("hs_fiml_mlr", run("HS", "hs_gaps", missing = "fiml", estimator = "MLR"))
dump("relations_fiml", run("RELATIONS", "accounts_gaps", missing = "fiml"))
dump("relations_fiml_cluster", run("RELATIONS", "accounts_gaps", missing = "fiml", estimator = "MLR", cluster = "account"))

# Groups in the order of their names, as ours are
schools <- c("Grant-White", "Pasteur")
eq <- list(configural = NULL, metric = "loadings", scalar = c("loadings", "intercepts"),
           strict = c("loadings", "intercepts", "residuals"))
for (est in c("ML", "MLR")) {
  fits <- list()
  for (level in names(eq)) {
    a <- list(model = tx("HS"), data = rd("hs"), group = "school", group.label = schools, estimator = est)
    if (!is.null(eq[[level]])) a$group.equal <- eq[[level]]
    fits[[level]] <- do.call("sem", a)
    dump(paste0("groups_", tolower(est), "_", level), fits[[level]])
  }
  d <- if (est == "ML") lavTestLRT(fits[[1]], fits[[2]], fits[[3]], fits[[4]]) else
    lavTestLRT(fits[[1]], fits[[2]], fits[[3]], fits[[4]], method = "satorra.bentler.2001")
  for (k in 2:4) {
    case <- paste0("compare_", tolower(est), "_", names(eq)[k])
    add(case, "index", "chisq_diff", value = d[k, "Chisq diff"])
    add(case, "index", "df_diff", value = d[k, "Df diff"])
    add(case, "index", "p", value = d[k, "Pr(>Chisq)"])
  }
}
dump("groups_partial", sem(tx("HS"), rd("hs"), group = "school",
     group.label = schools, group.equal = c("loadings", "intercepts"), group.partial = c("x3~1", "x7~1")))

# Ordered answers; thresholds are compared, too
wls <- run("HS", "hs_steps", ordered = paste0("x", 1:9), estimator = "WLSMV"); dump("hs_wlsmv", wls)
items <- unlist(lapply(c("trust", "commitment", "cooperation"), paste0, "_", 1:3))
dump("small_wlsmv", run("SMALL", "accounts_steps", ordered = items, estimator = "WLSMV"))

# Indirect and total effects
eff <- "
commitment ~ a*shared_values + b*trust
trust ~ c*shared_values
cooperation ~ d*commitment + e*trust
"
withlabels <- gsub("commitment ~ termination_costs \\+ relationship_benefits \\+ shared_values \\+ trust",
  "commitment ~ termination_costs + relationship_benefits + a*shared_values + b*trust", tx("RELATIONS"))
withlabels <- gsub("trust ~ shared_values", "trust ~ c*shared_values", withlabels)
withlabels <- gsub("cooperation ~ commitment \\+ trust", "cooperation ~ d*commitment + e*trust", withlabels)
withlabels <- paste(withlabels, "
sv_commitment_indirect := c*b
sv_commitment_total := a + c*b
sv_cooperation := a*d + c*b*d + c*e
trust_cooperation_indirect := b*d
trust_cooperation_total := e + b*d", sep = "\n")
f <- sem(withlabels, rd("accounts"))
dump("effects", f, keep = ":=")

# Modification indices
mi <- function(case, f, least) {
  m <- modindices(f, minimum.value = least)
  for (w in c("mi", "epc", "sepc.all")) add(case, sub("[.]", "_", w), m$lhs, m$op, m$rhs, "", m[[w]])
}
mi("mi_hs", hs, 3)
mi("mi_relations", rel, 7)

# Measurement
z <- as.data.frame(scale(rd("hs")[, paste0("x", 1:9)]))
add("measurement", "omega", names(compRelSEM(hs)), value = as.numeric(compRelSEM(hs, obs.var = FALSE)))
ave <- AVE(sem(tx("HS"), z)); add("measurement", "ave", names(ave), value = as.numeric(ave))
h <- htmt(tx("HS"), rd("hs"), htmt2 = FALSE)
for (p in list(c("visual", "textual"), c("visual", "speed"), c("textual", "speed")))
  add("measurement", "htmt", p[1], "", p[2], value = h[p[2], p[1]])
for (m in c("regression", "Bartlett")) {
  s <- lavPredict(hs, method = m)
  for (k in 1:5) for (j in colnames(s)) add("measurement", tolower(m), j, "", as.character(k), value = s[k, j])
}
r <- lavInspect(pd, "rsquare"); add("measurement", "r2_pd", names(r), value = as.numeric(r))
v <- lavInspect(pd, "cov.lv")
for (i in rownames(v)) for (j in colnames(v)) add("measurement", "latent_cov", i, "", j, value = v[i, j])
r <- resid(hs, type = "cor")$cov
for (i in rownames(r)) for (j in colnames(r)) if (i < j) add("measurement", "residual", i, "", j, value = r[i, j])
b <- lavInspect(run("HS", "hs_gaps", missing = "fiml"), "patterns"); add("measurement", "patterns", value = nrow(b))

write.csv(do.call(rbind, out), args[2], row.names = FALSE, quote = TRUE)
cat(length(out), "blocks written;", R.version.string, "lavaan", as.character(packageVersion("lavaan")),
    "semTools", as.character(packageVersion("semTools")), "\n")
