# Writes delong.json: AUCs, intervals and tests of pROC on random scores with ties.
#     Rscript tests/golden/make_delong.R > tests/golden/delong.json
suppressMessages(library(pROC))
seed <- 7
set.seed(seed)
digits <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
case <- function(n, step) {
    truth <- as.numeric(runif(n) < 0.4)
    shared <- truth + rnorm(n)
    a <- round((shared + 0.3 * rnorm(n)) / step) * step
    b <- round((shared + 0.9 * rnorm(n)) / step) * step
    first <- roc(truth, a, quiet = TRUE, direction = "<", levels = c(0, 1))
    second <- roc(truth, b, quiet = TRUE, direction = "<", levels = c(0, 1))
    paired <- roc.test(first, second, method = "delong", paired = TRUE)
    unpaired <- suppressWarnings(roc.test(first, second, method = "delong", paired = FALSE))
    sprintf(paste0("{\"truth\": %s,\n\"score\": %s,\n\"wald\": %s, \"covariance\": %s,\n",
                   "\"paired\": %s, \"unpaired\": %s}"),
            digits(truth), digits(c(a, b)), digits(ci.auc(first, method = "delong")),
            digits(c(var(first), cov(first, second), var(second))),
            digits(c(paired$statistic, paired$p.value)),
            digits(c(unpaired$statistic, unpaired$parameter, unpaired$p.value)))
}
cases <- c(case(30, 0.5), case(80, 0.1), case(150, 1e-9))
cat(sprintf("{\"made_by\": {\"tool\": \"pROC %s, R %s\", \"script\": \"make_delong.R\", \"seed\": %d},\n\"cases\": [%s]}\n",
            packageVersion("pROC"), getRversion(), seed, paste(cases, collapse = ",\n")))
