# Writes logistic_inference.json: standard errors, tests and profile intervals of logistic regression
# by glm, and Firth's penalty by brglm2, with its profiles by brute force.
#     Rscript tests/golden/make_logistic_inference.R data > tests/golden/logistic_inference.json
# The endometrial cancer data of Heinze & Schemper 2002 are those of brglm2; their table 3 has, for
# NV, PI and EH: 2.93, -0.03, -2.60 with intervals 0.61 .. 7.85, -0.12 .. 0.04, -4.37 .. -1.23.
suppressMessages(library(brglm2))
digits <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
tight <- glm.control(epsilon = 1e-14, maxit = 100)
q <- qchisq(0.95, 1)

# sqrt of D(b) - sqrt of the quantile, for a function that gives the best value with term j held at b
ends <- function(deviance_at, best, b, se) {
    f <- function(at) sqrt(max(0, deviance_at(at) - best)) - sqrt(q)
    side <- function(step) {
        far <- b + step
        while (f(far) < 0) far <- far + step
        uniroot(f, sort(c(b, far)), tol = 1e-12)$root
    }
    c(side(-2 * se), side(2 * se))
}

report <- function(name, coef, se, z, p, low, high, more = "")
    sprintf(paste0("{\"name\": \"%s\",%s\n\"coef\": %s,\n\"std_err\": %s,\n\"z\": %s,\n\"p_value\": %s,\n",
                   "\"conf_low\": %s,\n\"conf_high\": %s}"),
            name, more, digits(coef), digits(se), digits(z), digits(p), digits(low), digits(high))

# Terms with the intercept last, as hone has them.
last <- function(v) c(v[-1], v[1])

by_glm <- function(name, x, y, w, profile) {
    full <- cbind(1, x)
    fit <- glm.fit(full, y, w, family = binomial(), control = tight)
    se <- sqrt(diag(summary.glm(fit)$cov.unscaled))
    z <- coef(fit) / se
    p <- 2 * pnorm(-abs(z))
    low <- coef(fit) - qnorm(0.975) * se
    high <- coef(fit) + qnorm(0.975) * se
    if (profile) {
        for (j in seq_along(coef(fit))) {
            held <- function(b) glm.fit(full[, -j, drop = FALSE], y, w, offset = full[, j] * b,
                                        family = binomial(), control = tight)$deviance
            both <- ends(held, fit$deviance, coef(fit)[j], se[j])
            low[j] <- both[1]; high[j] <- both[2]
            z[j] <- sign(coef(fit)[j]) * sqrt(held(0) - fit$deviance)
            p[j] <- pchisq(z[j]^2, 1, lower.tail = FALSE)
        }
    }
    report(name, last(coef(fit)), last(se), last(z), last(p), last(low), last(high))
}

# - 2 (log L + log det I / 2)
penalised <- function(full, y, v) {
    eta <- drop(full %*% v)
    p <- plogis(eta)
    -2 * (sum(plogis(ifelse(y == 1, eta, -eta), log.p = TRUE)) +
          as.numeric(determinant(crossprod(full * sqrt(p * (1 - p))))$modulus) / 2)
}

by_firth <- function(name, x, y) {
    full <- cbind(1, x)
    fit <- glm(y ~ x, family = binomial(), method = brglm_fit, type = "AS_mean",
               control = list(epsilon = 1e-13, maxit = 10000))
    at <- unname(coef(fit))
    scale <- sqrt(colMeans(full^2))
    best <- penalised(full, y, at)
    se <- unname(sqrt(diag(vcov(fit))))
    low <- high <- z <- p <- at
    for (j in seq_along(at)) {
        held <- function(b) {
            f <- function(rest) {
                value <- penalised(full, y, append(rest / scale[-j], b, j - 1))
                if (is.finite(value)) value else 1e10
            }
            rest <- (at * scale)[-j]
            for (again in 1:4) {
                rest <- optim(rest, f, method = "Nelder-Mead", control = list(reltol = 1e-16, maxit = 5000))$par
                rest <- optim(rest, f, method = "BFGS", control = list(reltol = 1e-16, maxit = 1000))$par
            }
            f(rest)
        }
        both <- ends(held, best, at[j], se[j])
        low[j] <- both[1]; high[j] <- both[2]
        z[j] <- sign(at[j]) * sqrt(held(0) - best)
        p[j] <- pchisq(z[j]^2, 1, lower.tail = FALSE)
    }
    report(name, last(at), last(se), last(z), last(p), last(low), last(high),
           sprintf("\n\"x\": %s,\n\"y\": %s,", digits(t(x)), digits(y)))
}

cancer <- read.csv(file.path(commandArgs(TRUE)[1], "breast_cancer.csv"))
x <- as.matrix(cancer[, setdiff(names(cancer), "diagnosis")])[, 1:3]
y <- as.numeric(cancer$diagnosis == "M")
w <- 1 + seq_along(y) %% 3
data(endometrial)
cases <- c(suppressWarnings(by_glm("wald", x, y, rep(1, length(y)), FALSE)),
           suppressWarnings(by_glm("wald, weighted", x, y, w, FALSE)),
           suppressWarnings(by_glm("profile", x, y, rep(1, length(y)), TRUE)),
           by_firth("firth", as.matrix(endometrial[, c("NV", "PI", "EH")]), endometrial$HG))
cat(sprintf("{\"made_by\": {\"tool\": \"R %s, glm and brglm2 %s\", \"script\": \"make_logistic_inference.R\", \"seed\": \"no random numbers\"},\n\"cases\": [%s]}\n",
            getRversion(), packageVersion("brglm2"), paste(cases, collapse = ",\n")))
