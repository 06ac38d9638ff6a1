/* machine.c -- from a problem of rows and targets to a machine, by either solver.
 *
 * Every kind as a problem of smo.h, W the bounds, n_+ rows of y = 1:
 *     classes     b = y a, p = -y, 0 <= a <= W
 *     values      b = a - a*, p = eps - y and -eps - y, 0 <= a, a* <= W
 *     nu classes  b = y a, p = 0, 0 <= a <= W, sum of a = nu sum W / 2 in each class; the values
 *                 are divided by the margin that comes out
 *     nu values   p = -y, 0 <= a, a* <= W, sums of a and of a* = nu sum W / 2; eps comes out
 *     one class   b = a, p = 0, 0 <= a <= W, sum of a = nu sum W
 * Shapes: n rows, n or 2 n variables.   Cost: that of the solver; the gap of a machine of libsvm
 * is measured in O(n n_sv).
 * Reference: Chang & Lin 2011, LIBSVM. */
#include "classic/svm/smo.h"

#include "core/parallel.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { BLOCK = 64 };
#define MOST_STEPS   1e8   /* or 100 n: beyond, rounding keeps the gap above tol */
#define HARD_STEPS   1e7   /* of a hard margin, which need not exist */
#define LEAST_MARGIN 1e-12 /* beside the values that it lies between */

const char *const hone_svm_solver_words[] = {"auto", "libsvm", "smo", NULL};

struct hone_svm_rows {
    struct hone_svm_source source;
    struct hone_libsvm_rows *libsvm; /* or NULL */
};

/* ---- rows ------------------------------------------------------------------------------- */

/* libsvm keeps kernel values in float, and an infinite one makes it run without end. */
static hone_status check_range(const struct hone_svm_source *source, const char *who,
                               hone_error *err) {
    for (size_t i = 0; i < source->n; i++) {
        double k = 0;
        hone_status status = hone_svm_source_self(source, i, &k, err);
        if (status != HONE_OK)
            return status;
        if (!(fabs(k) <= (double)FLT_MAX))
            return hone_fail(err, HONE_ENUMERIC,
                             "%s: the %s kernel of a row with itself is %g, out of the solver's "
                             "range; scale the columns",
                             who, hone_svm_kernel_words[source->kernel.kind], k);
    }
    return HONE_OK;
}

/* Both solvers give the same machines; smo is the faster one everywhere, so libsvm works where it
 * is asked to. */
static hone_status choose_solver(struct hone_svm_settings *settings, bool uniform,
                                 hone_error *err) {
    bool needed = !uniform || isfinite(settings->max_iter) || isfinite(settings->time_limit) ||
                  settings->kind > HONE_SVM_VALUES;
    if (settings->solver == HONE_SVM_LIBSVM && needed)
        return hone_fail(
            err, HONE_EUNSUPPORTED,
            "%s: solver=libsvm takes no sample weights and no limits (C=inf, max_iter, "
            "time_limit); take solver=smo",
            settings->who);
    if (settings->solver == HONE_SVM_AUTO)
        settings->solver = HONE_SVM_SMO;
    return HONE_OK;
}

/* Kernel values of all pairs serve several problems at a time best, where they are dear; a single
 * one asks for rows. */
static bool wants_gram(const struct hone_svm_source *source,
                       const struct hone_svm_settings *settings) {
    double n = (double)source->n;
    return settings->tasks > 1 && !hone_smo_tiles_suit(source) &&
           (source->n <= HONE_SVM_ONE_BLOCK || !source->by_rows) &&
           n * n * sizeof(float) <= settings->cache_size * 0x1p20;
}

/* Problems that are solved at the same time. */
static size_t at_a_time(const struct hone_svm_settings *settings, const hone_monitor *mon) {
    size_t threads = (size_t)hone_monitor_threads(mon);
    return settings->tasks < threads ? settings->tasks : threads;
}

hone_status hone_svm_rows_create(const struct hone_svm_source *source,
                                 struct hone_svm_settings *settings, bool uniform,
                                 const hone_monitor *mon, struct hone_svm_rows **out,
                                 hone_error *err) {
    struct hone_svm_rows *rows = NULL;
    hone_status status;
    if ((status = choose_solver(settings, uniform, err)) ||
        (status = check_range(source, settings->who, err)) || (status = hone_new(&rows, 1, err)))
        return status;
    rows->source = *source;
    if (settings->solver == HONE_SVM_LIBSVM)
        status = hone_libsvm_rows_create(&rows->source, settings, mon, &rows->libsvm, err);
    else if (wants_gram(source, settings))
        status = hone_svm_source_fill(&rows->source, mon, err);
    else if (source->by_rows)
        status = hone_smo_pool_create(source, at_a_time(settings, mon), &rows->source.pool, err);
    if (status == HONE_OK)
        *out = rows, rows = NULL;
    hone_svm_rows_free(rows);
    return status;
}

void hone_svm_rows_free(struct hone_svm_rows *rows) {
    if (!rows)
        return;
    hone_libsvm_rows_free(rows->libsvm);
    hone_svm_source_free(&rows->source);
    hone_smo_pool_free(rows->source.pool);
    hone_release(rows);
}

/* ---- posing a problem ---------------------------------------------------------------------- */

/* The arrays of a hone_smo_problem, owned. */
struct posed {
    double *p, *lo, *hi, *b;
    size_t n_vars;
};

static void posed_free(struct posed *posed) {
    hone_release(posed->p);
    hone_release(posed->lo);
    hone_release(posed->hi);
    hone_release(posed->b);
}

static bool has_two_sides(int kind) {
    return kind == HONE_SVM_VALUES || kind == HONE_SVM_NU_VALUES;
}

static double linear_term(const struct hone_svm_settings *settings, double y, bool falling) {
    switch (settings->kind) {
    case HONE_SVM_CLASSES:
        return -y;
    case HONE_SVM_VALUES:
        return (falling ? -settings->epsilon : settings->epsilon) - y;
    case HONE_SVM_NU_VALUES:
        return -y;
    default:
        return 0;
    }
}

/* Sum of the bounds of one sign. */
static double room_of(const struct posed *posed, bool falling) {
    double sum = 0;
    for (size_t v = 0; v < posed->n_vars; v++)
        if ((posed->lo[v] < 0) == falling)
            sum += posed->hi[v] - posed->lo[v];
    return sum;
}

/* A sum that is given to the first rows of one sign, as far as their bounds go: where the nu kinds
 * begin. */
static void begin_with(const struct posed *posed, bool falling, double sum) {
    for (size_t v = 0; v < posed->n_vars && sum > 0; v++) {
        double most = posed->hi[v] - posed->lo[v], a = sum < most ? sum : most;
        if ((posed->lo[v] < 0) != falling)
            continue;
        posed->b[v] = falling ? -a : a;
        sum -= a;
    }
}

/* Each class takes nu / 2 of all bounds. */
static hone_status begin_classes(const struct posed *posed,
                                 const struct hone_svm_settings *settings, hone_error *err) {
    double up = room_of(posed, false), down = room_of(posed, true), all = up + down;
    double most = 2 * fmin(up, down) / all, nu = settings->nu;
    if (nu > most && !settings->clip_nu)
        return hone_fail(err, HONE_EDATA,
                         "%s: nu must be at most %g for these classes (twice the share of the "
                         "smaller of two), got %g",
                         settings->who, most, nu);
    nu = fmin(nu, most);
    begin_with(posed, false, nu * all / 2);
    begin_with(posed, true, nu * all / 2);
    return HONE_OK;
}

static hone_status pose(const struct hone_svm_settings *settings,
                        const struct hone_svm_problem *problem, struct posed *out,
                        hone_error *err) {
    size_t n = problem->n;
    int kind = settings->kind;
    hone_status status;
    out->n_vars = has_two_sides(kind) ? 2 * n : n;
    if ((status = hone_new(&out->p, out->n_vars, err)) ||
        (status = hone_new(&out->lo, out->n_vars, err)) ||
        (status = hone_new(&out->hi, out->n_vars, err)) ||
        (status = hone_new(&out->b, out->n_vars, err)))
        return status;
    for (size_t v = 0, i = 0; v < out->n_vars; v++, i = v < n ? v : v - n) {
        double y = problem->y ? problem->y[i] : 0, bound = problem->bound[problem->index[i]];
        bool falling = has_two_sides(kind) ? v >= n : y < 0;
        out->p[v] = linear_term(settings, y, falling);
        out->lo[v] = falling ? -bound : 0;
        out->hi[v] = falling ? 0 : bound;
    }
    if (kind == HONE_SVM_NU_CLASSES)
        return begin_classes(out, settings, err);
    double room = room_of(out, false);
    if (kind == HONE_SVM_NU_VALUES)
        begin_with(out, true, settings->nu * room / 2);
    if (kind == HONE_SVM_NU_VALUES || kind == HONE_SVM_ONE_CLASS)
        begin_with(out, false, settings->nu * room / (kind == HONE_SVM_ONE_CLASS ? 1 : 2));
    return HONE_OK;
}

/* ---- smo ------------------------------------------------------------------------------------- */

/* Rows whose coefficient is not zero; those of the two sides of a value are added up. */
static hone_status keep(const struct hone_svm_problem *problem, const struct posed *posed,
                        double scale, struct hone_svm_machine *out, hone_error *err) {
    size_t n = problem->n;
    hone_status status;
    bool finite = true;
    for (int pass = 0; pass < 2; pass++) {
        out->n_sv = 0;
        for (size_t i = 0; i < n; i++) {
            double coef = scale * (posed->b[i] + (posed->n_vars > n ? posed->b[i + n] : 0));
            if (coef == 0)
                continue;
            if (pass)
                out->sv[out->n_sv] = problem->index[i], out->coef[out->n_sv] = coef;
            finite = finite && isfinite(coef);
            out->n_sv++;
        }
        if (pass == 0 && ((status = hone_new(&out->sv, out->n_sv, err)) ||
                          (status = hone_new(&out->coef, out->n_sv, err))))
            return status;
    }
    return finite ? HONE_OK : hone_fail(err, HONE_ENUMERIC, "coefficients are not finite");
}

static hone_status out_of_range(const char *who, hone_error *err) {
    return hone_fail(err, HONE_ENUMERIC,
                     "%s: the solver met numbers out of its range; scale the columns or choose "
                     "another kernel",
                     who);
}

/* Threshold, objective and gap as the kind of problem defines them; returns what to multiply the
 * variables by. A kernel that cannot tell the classes of nu_svc apart leaves no margin to divide
 * by: then 0, and so are all values. */
static double interpret(int kind, const struct hone_smo_result *got, struct hone_svm_machine *out) {
    const double *rho = got->rho;
    double margin;
    out->n_iter = got->steps, out->converged = got->converged;
    out->rho = rho[0], out->objective = got->objective, out->gap = got->gap;
    if (kind == HONE_SVM_NU_CLASSES || kind == HONE_SVM_NU_VALUES)
        out->rho = (rho[0] + rho[1]) / 2;
    if (kind != HONE_SVM_NU_CLASSES)
        return 1;
    margin = (rho[0] - rho[1]) / 2;
    if (!(margin > LEAST_MARGIN * (fabs(rho[0]) + fabs(rho[1])))) {
        out->rho = 0;
        return 0;
    }
    out->rho /= margin, out->objective /= margin * margin, out->gap /= margin;
    return 1 / margin;
}

static hone_status solve_smo(const struct hone_svm_rows *rows,
                             const struct hone_svm_settings *settings,
                             const struct hone_svm_problem *problem, const hone_monitor *mon,
                             struct hone_svm_machine *out, hone_error *err) {
    struct posed posed = {.n_vars = 0};
    struct hone_smo_result got = {.steps = 0};
    size_t tasks = at_a_time(settings, mon);
    bool hard = isinf(problem->bound[problem->index[0]]);
    hone_status status = pose(settings, problem, &posed, err);
    struct hone_smo_problem smo = {
        .source = &rows->source,
        .index = problem->index,
        .n = problem->n,
        .n_vars = posed.n_vars,
        .p = posed.p,
        .lo = posed.lo,
        .hi = posed.hi,
        .b = posed.b,
        .split = settings->kind == HONE_SVM_NU_CLASSES || settings->kind == HONE_SVM_NU_VALUES,
        .tol = settings->tol,
        .cache_bytes = settings->cache_size * 0x1p20 / (double)(tasks ? tasks : 1),
        .max_steps = fmin(settings->max_iter,
                          hard ? HARD_STEPS : fmax(MOST_STEPS, 100 * (double)problem->n)),
        .time_limit = settings->time_limit,
    };
    if (status == HONE_OK)
        status = hone_smo_solve(&smo, mon, &got, err);
    if (status == HONE_OK) {
        double scale = interpret(settings->kind, &got, out);
        status = keep(problem, &posed, scale, out, err);
        if (status == HONE_ENUMERIC || (status == HONE_OK && !isfinite(out->rho)))
            status = out_of_range(settings->who, err);
    }
    posed_free(&posed);
    return status;
}

/* ---- libsvm ---------------------------------------------------------------------------------- */

/* Of a machine of libsvm: its dual objective and gap, from its values on its own rows. */
static hone_status measure(const struct hone_svm_rows *rows,
                           const struct hone_svm_settings *settings,
                           const struct hone_svm_problem *problem, struct hone_svm_machine *out,
                           hone_error *err) {
    struct posed posed = {.n_vars = 0};
    double *f = NULL, least = (double)INFINITY, most = -(double)INFINITY;
    hone_status status;
    if ((status = pose(settings, problem, &posed, err)) ||
        (status = hone_new(&f, problem->n, err)) ||
        (status = hone_svm_values(rows, out, problem->index, problem->n, f, err)))
        goto done;
    out->objective = 0;
    for (size_t i = 0, s = 0; i < problem->n; i++) {
        double coef = s < out->n_sv && out->sv[s] == problem->index[i] ? out->coef[s++] : 0;
        for (size_t v = i; v < posed.n_vars; v += problem->n) {
            double b = fmax(fmin(coef, posed.hi[v]), posed.lo[v]);
            double gradient = f[i] + out->rho + posed.p[v];
            if (b < posed.hi[v])
                least = fmin(least, gradient);
            if (b > posed.lo[v])
                most = fmax(most, gradient);
            out->objective += b * (gradient + posed.p[v]) / 2;
        }
    }
    out->gap = fmax(most - least, 0);
done:
    posed_free(&posed);
    hone_release(f);
    return status;
}

hone_status hone_svm_solve(const struct hone_svm_rows *rows,
                           const struct hone_svm_settings *settings,
                           const struct hone_svm_problem *problem, const hone_monitor *mon,
                           struct hone_svm_machine *out, hone_error *err) {
    hone_status status;
    if (!rows->libsvm)
        status = solve_smo(rows, settings, problem, mon, out, err);
    else if ((status = hone_libsvm_solve(rows->libsvm, settings, problem, out, err)) == HONE_OK)
        status = measure(rows, settings, problem, out, err);
    if (status != HONE_OK)
        hone_svm_machine_free(out);
    return status;
}

void hone_svm_machine_free(struct hone_svm_machine *machine) {
    hone_release(machine->sv);
    hone_release(machine->coef);
    *machine = (struct hone_svm_machine){.n_sv = 0};
}

/* ---- values of training rows ---------------------------------------------------------------- */

static void values_by_gram(const struct hone_svm_rows *rows, const struct hone_svm_machine *machine,
                           const size_t *index, size_t n, double *out) {
    for (size_t i = 0; i < n; i++) {
        const double *k = rows->libsvm ? hone_libsvm_gram_row(rows->libsvm, index[i]) : NULL;
        const float *rounded = k ? NULL : rows->source.gram + index[i] * rows->source.gram_ld;
        double sum = 0;
        for (size_t s = 0; s < machine->n_sv; s++)
            sum += machine->coef[s] * (k ? k[2 * machine->sv[s]] : (double)rounded[machine->sv[s]]);
        out[i] = sum - machine->rho;
    }
}

hone_status hone_svm_values(const struct hone_svm_rows *rows,
                            const struct hone_svm_machine *machine, const size_t *index, size_t n,
                            double *out, hone_error *err) {
    size_t n_sv = machine->n_sv;
    double *k = NULL;
    hone_status status;
    if (rows->source.gram || (rows->libsvm && n && hone_libsvm_gram_row(rows->libsvm, 0))) {
        values_by_gram(rows, machine, index, n, out);
        return HONE_OK;
    }
    if ((status = hone_new2(&k, BLOCK, n_sv, err)))
        return status;
    for (size_t first = 0; first < n && status == HONE_OK; first += BLOCK) {
        size_t height = n - first < BLOCK ? n - first : BLOCK;
        if ((status = hone_svm_source_values(&rows->source, index + first, height, machine->sv,
                                             n_sv, k, n_sv, err)))
            break;
        hone_svm_weigh(k, height, n_sv, n_sv, machine->coef, 1, n_sv, out + first);
        for (size_t i = 0; i < height; i++)
            out[first + i] -= machine->rho;
    }
    hone_release(k);
    return status;
}
