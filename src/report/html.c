/* html.c -- escaping, numbers and tables. */
#include "report/html.h"

#include <math.h>
#include <string.h>

/* ---- text ------------------------------------------------------------------------------------ */

/* Bytes of the UTF-8 character at `c`; 0 if there is none (overlong forms, surrogates and what
 * XML does not allow included). */
static size_t character(const unsigned char *c) {
    static const unsigned LEAST[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = *c < 0x80 ? 1 : *c >= 0xf0 ? 4 : *c >= 0xe0 ? 3 : *c >= 0xc2 ? 2 : 0;
    if (n <= 1)
        return *c < 0x20 && *c != '\t' && *c != '\n' ? 0 : *c == 0x7f ? 0 : n;
    unsigned code = *c & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((c[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (c[i] & 0x3f);
    }
    bool fits = code >= LEAST[n] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    bool allowed = (code & 0xfffe) != 0xfffe && code >= 0xa0;
    return fits && allowed ? n : 0;
}

static const char *entity(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void hone_html_text(FILE *file, const char *text) {
    while (*text) {
        size_t n = character((const unsigned char *)text);
        const char *replaced = n == 0 ? "\xef\xbf\xbd" : entity(*text);
        if (replaced)
            fputs(replaced, file);
        else
            fwrite(text, 1, n, file);
        text += n ? n : 1;
    }
}

void hone_html_element(FILE *file, const char *tag, const char *text) {
    fprintf(file, "<%s>", tag);
    hone_html_text(file, text);
    fprintf(file, "</%s>\n", tag);
}

/* ---- numbers --------------------------------------------------------------------------------- */

int hone_html_decimals(double size) {
    size = fabs(size);
    if (size >= 1e4)
        return 1;
    return size >= 1e3 ? 2 : size >= 10 ? 3 : 4;
}

char *hone_html_number(double value, int decimals, char out[HONE_HTML_NUMBER]) {
    char digits[48];
    if (isnan(value)) {
        strcpy(out, "\xe2\x80\x93"); /* an en dash */
        return out;
    }
    if (isinf(value)) {
        strcpy(out, value < 0 ? "\xe2\x88\x92\xe2\x88\x9e" : "\xe2\x88\x9e");
        return out;
    }
    double size = fabs(value);
    bool small = size > 0 && decimals > 0 && size < 0.5 * pow(10, -decimals);
    if (size >= 1e9 || small)
        snprintf(digits, sizeof digits, "%.2e", size);
    else
        snprintf(digits, sizeof digits, "%.*f", decimals, size);
    for (char *c = digits; *c; c++) /* whatever the locale takes for a point */
        if (!strchr("0123456789e+-", *c))
            *c = '.';
    bool below = value < 0 && strpbrk(digits, "123456789"); /* what rounds to 0 has no sign */
    snprintf(out, HONE_HTML_NUMBER, "%s%s", below ? "\xe2\x88\x92" : "", digits);
    return out;
}

void hone_html_count(FILE *file, double value) {
    char digits[HONE_HTML_NUMBER];
    hone_html_number(value, value == floor(value) ? 0 : 2, digits);
    size_t whole = strspn(digits, "0123456789");
    for (size_t i = 0; digits[i]; i++) {
        if (i && i < whole && (whole - i) % 3 == 0)
            fputs("\xe2\x80\xaf", file); /* a narrow blank that does not break */
        putc(digits[i], file);
    }
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* Text of any bytes as JSON. */
static hone_json *json_text(const char *text) {
    hone_json *json = hone_json_text(text);
    return json ? json : hone_json_text("?");
}

void hone_html_record(hone_html_table *table, hone_json *value) {
    if (!table->row)
        hone_json_free(value);
    else if (hone_json_append(table->row, value) != HONE_OK)
        *table->failed = true;
}

/* The recorded row, if there is one, is complete. */
static void end_row(hone_html_table *table) {
    if (table->open)
        fputs("</tr>\n", table->file);
    table->open = false;
    if (!table->row)
        return;
    if (table->rows && hone_json_append(table->rows, table->row) != HONE_OK)
        *table->failed = true;
    if (!table->rows)
        hone_json_free(table->row);
    table->row = NULL;
}

void hone_html_table_begin(hone_html_table *table, FILE *file, hone_json *tables, bool *failed,
                           const char *caption, const char *const *titles, size_t n) {
    *table = (hone_html_table){.file = file, .tables = tables, .failed = failed};
    table->caption = caption;
    if (tables) {
        table->columns = hone_json_array();
        table->rows = hone_json_array();
    }
    fputs("<div class=\"wide\"><table>\n<caption>", file);
    hone_html_text(file, caption);
    fputs("</caption>\n<thead><tr>", file);
    for (size_t j = 0; j < n; j++) {
        const char *title = titles[j];
        bool left = j == 0 || *title == '<';
        title += *title == '<' ? 1 : 0;
        fputs(left ? "<th scope=\"col\">" : "<th scope=\"col\" class=\"n\">", file);
        hone_html_text(file, title);
        fputs("</th>", file);
        if (tables && hone_json_append(table->columns, json_text(title)) != HONE_OK)
            *failed = true;
    }
    fputs("</tr></thead>\n<tbody>\n", file);
}

/* Is the text never broken into lines? */
static bool is_brief(const char *text) {
    return strlen(text) <= 32;
}

void hone_html_row(hone_html_table *table, const char *header, int colour) {
    end_row(table);
    table->open = true;
    table->row = hone_json_array();
    if (!table->row)
        *table->failed = true;
    fprintf(table->file, "<tr><th scope=\"row\"%s>", is_brief(header) ? " class=\"s\"" : "");
    if (colour > 0)
        fprintf(table->file, "<span class=\"key k%d\"></span>", colour);
    hone_html_text(table->file, header);
    fputs("</th>", table->file);
    hone_html_record(table, json_text(header));
}

void hone_html_cell(hone_html_table *table, const char *text) {
    fputs(is_brief(text) ? "<td class=\"s\">" : "<td>", table->file);
    hone_html_text(table->file, text);
    fputs("</td>", table->file);
    hone_html_record(table, json_text(text));
}

/* "<td>" for a number, in a style. */
static void open_number(hone_html_table *table, const char *style) {
    fprintf(table->file, "<td class=\"n%s%s\">", style ? " " : "", style ? style : "");
}

void hone_html_cell_number(hone_html_table *table, double value, int decimals, const char *style) {
    char number[HONE_HTML_NUMBER];
    open_number(table, style);
    fprintf(table->file, "%s</td>", hone_html_number(value, decimals, number));
    hone_html_record(table, hone_json_real(value));
}

void hone_html_cell_interval(hone_html_table *table, double value, double low, double high,
                             int decimals, const char *style) {
    char number[HONE_HTML_NUMBER];
    if (isnan(low) || isnan(high)) {
        hone_html_cell_number(table, value, decimals, style);
        return;
    }
    const double ends[] = {value, low, high};
    open_number(table, style);
    fprintf(table->file, "%s<small>", hone_html_number(value, decimals, number));
    fprintf(table->file, "%s to ", hone_html_number(low, decimals, number));
    fprintf(table->file, "%s</small></td>", hone_html_number(high, decimals, number));
    hone_html_record(table, hone_json_reals(ends, 3));
}

void hone_html_cell_count(hone_html_table *table, double value) {
    open_number(table, NULL);
    hone_html_count(table->file, value);
    fputs("</td>", table->file);
    hone_html_record(table, hone_json_real(value));
}

void hone_html_table_end(hone_html_table *table) {
    end_row(table);
    fputs("</tbody></table></div>\n", table->file);
    if (!table->tables)
        return;
    hone_json *json = hone_json_object();
    bool bad = hone_json_set(json, "caption", json_text(table->caption)) != HONE_OK;
    bad |= hone_json_set(json, "columns", table->columns) != HONE_OK;
    bad |= hone_json_set(json, "rows", table->rows) != HONE_OK;
    bad |= hone_json_append(table->tables, json) != HONE_OK;
    if (bad)
        *table->failed = true;
}
