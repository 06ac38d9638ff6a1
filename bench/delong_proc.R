# Times pROC's DeLong test on the scores that inference_speed wrote to FOLDER:
#     Rscript bench/delong_proc.R FOLDER
suppressMessages(library(pROC))
runs <- 3
path <- file.path(commandArgs(TRUE)[1], "hundred_thousand.bin")
data <- matrix(readBin(path, "double", file.info(path)$size / 8), ncol = 3)
best <- Inf
for (i in seq_len(runs)) {
    start <- proc.time()[["elapsed"]]
    a <- roc(data[, 1], data[, 2], quiet = TRUE, direction = "<", levels = c(0, 1))
    b <- roc(data[, 1], data[, 3], quiet = TRUE, direction = "<", levels = c(0, 1))
    test <- roc.test(a, b, method = "delong", paired = TRUE)
    best <- min(best, proc.time()[["elapsed"]] - start)
}
cat(sprintf("pROC %-11s %8d rows, 2 models %9.4f s   z %.9f\n",
            as.character(packageVersion("pROC")), nrow(data), best, test$statistic))
