/* outputs.c -- results as text, JSON, page and predictions, each whole or not there. */
#include "cli/outputs.h"
#include "cli/report.h"

hone_status cli_outputs_open(cli_outputs *out, cli_session *session, hone_error *err) {
    const cli_settings *set = &session->set;
    const struct {
        const char *path;
        cli_sink *sink;
    } files[] = {{set->json, &out->json}, {set->oof, &out->oof}, {set->report, &out->page}};
    hone_status status = HONE_OK;
    out->session = session;
    if (cli_is_standard(set->json) && cli_is_standard(set->oof))
        status = cli_misuse(session, err, "--json - and --oof - cannot share standard output");
    if (status == HONE_OK)
        status = cli_check_report(session, err);
    for (size_t i = 0; i < sizeof files / sizeof *files && status == HONE_OK; i++)
        if (files[i].path)
            status = cli_sink_open(files[i].sink, files[i].path, err);
    return status;
}

static hone_status write_page(cli_outputs *out, const cli_results *results, hone_json **tables,
                              const hone_monitor *mon, hone_error *err) {
    const cli_settings *set = &out->session->set;
    hone_status status = HONE_OK;
    if (set->report)
        status = results->page(results->run, &out->page, set->json ? tables : NULL, mon, err);
    return status == HONE_OK ? cli_sink_close(&out->page, err) : status;
}

/* Takes the tables over. */
static hone_status write_json(cli_outputs *out, const cli_results *results, hone_json *tables,
                              hone_error *err) {
    hone_status status = HONE_OK;
    if (out->session->set.json)
        status =
            cli_write_json(&out->json, cli_with_tables(results->json(results->run), tables), err);
    return status == HONE_OK ? cli_sink_close(&out->json, err) : status;
}

hone_status cli_outputs_write(cli_outputs *out, const cli_results *results, cli_watch *watch,
                              hone_error *err) {
    const cli_settings *set = &out->session->set;
    const hone_monitor mon = {.user = watch, .warn = watch->monitor.warn};
    hone_json *tables = NULL;
    cli_sink text = {0};
    if (set->oof)
        results->oof(results->run, &out->oof);
    hone_status status = cli_sink_close(&out->oof, err);
    if (status == HONE_OK)
        status = write_page(out, results, &tables, &mon, err);
    if (status == HONE_OK)
        status = write_json(out, results, tables, err);
    else
        hone_json_free(tables);
    if (status != HONE_OK || cli_is_standard(set->json) || cli_is_standard(set->oof) ||
        cli_is_standard(set->report))
        return status;
    if ((status = cli_sink_open(&text, "-", err)) == HONE_OK) {
        results->text(results->run, &text);
        status = cli_sink_close(&text, err);
    }
    return status;
}

void cli_outputs_discard(cli_outputs *out) {
    cli_sink_discard(&out->json);
    cli_sink_discard(&out->oof);
    cli_sink_discard(&out->page);
}
