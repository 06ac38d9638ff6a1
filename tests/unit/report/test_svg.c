/* test_svg.c -- what passes from gnuplot's files into a page. */
#include "report/plot.h"

#include "core/alloc.h"

#include <criterion/criterion.h>
#include <string.h>

static void check(const char *inside, const char *want) {
    char text[2048], whole[2048], *out = NULL;
    snprintf(text, sizeof text, "<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 520 400\">%s</svg>",
             inside);
    snprintf(whole, sizeof whole,
             "<svg class=\"plot\" viewBox=\"0 0 520 400\" aria-hidden=\"true\">\n%s</svg>\n", want);
    cr_assert_eq(hone_svg_clean(text, strlen(text), &out, NULL), HONE_OK);
    cr_assert_str_eq(out, whole);
    hone_release(out);
}

Test(svg, shapes_pass_with_few_attributes) {
    check("<g id='a' fill=\"none\" color=\"black\" stroke=\"currentColor\" stroke-width=\"2.00\">"
          "<path stroke='rgb(  0, 114, 178)' class='x' d='M54.53,-342.46 L 1,0.04'/></g>",
          "<g fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\">"
          "<path stroke=\"var(--c1)\" d=\"M54.5,-342.5 L 1,0\"/>\n</g>\n");
}

Test(svg, empty_groups_and_background_go) {
    check("<rect x='0' y='0' fill='none'/><g><g></g></g><g><title>t</title></g>", "");
}

Test(svg, scripts_links_and_definitions_go) {
    check("<defs><circle id='gpDot' r='0.5'/></defs><script>alert(1)</script>"
          "<a href='x'><image href='elsewhere'/></a><path d='M1,1' onclick='x()' style='a'/>"
          "<foreignObject/>",
          "<path d=\"M1,1\"/>\n");
}

Test(svg, texts_keep_their_entities) {
    check("<g transform=\"translate(1.26,2)\" font-family=\"sans\" font-size=\"12.00\">"
          "<text> a&lt;b </text></g>",
          "<g transform=\"translate(1.3,2)\" font-size=\"12\"><text>a&lt;b</text></g>\n");
}

Test(svg, points_become_one_path) {
    check("<use xlink:href='#gpPt6' transform='translate(54.53,342.40) scale(2.00)' "
          "color='rgb(213,  94,   0)'/>\n"
          "<use xlink:href='#gpPt6' transform='translate(1,2) scale(2.00)' "
          "color='rgb(213,  94,   0)'/>\n",
          "<path class=\"dots\" stroke-width=\"4\" stroke=\"var(--c2)\" "
          "d=\"M54.5,342.4h0M1,2h0\"/>\n");
}

static size_t count(const char *text, const char *word) {
    size_t n = 0;
    while (text && (text = strstr(text, word)))
        n++, text++;
    return n;
}

/* Files that break off give something whole, or nothing. */
Test(svg, every_prefix_is_survived) {
    static const char TEXT[] =
        "<svg viewBox=\"0 0 1 1\"><g a='b'><path d='M1,1'/><text>x &amp; y</text><g><use "
        "transform='translate(1,2) scale(1)' color='black'/></g></g></svg>";
    for (size_t n = 0; n <= strlen(TEXT); n++) {
        char *out = NULL, *copy = NULL;
        cr_assert_eq(hone_alloc((void **)&copy, n ? n : 1, 1, NULL), HONE_OK);
        memcpy(copy, TEXT, n);
        cr_assert_eq(hone_svg_clean(copy, n, &out, NULL), HONE_OK);
        cr_assert_eq(count(out, "<g"), count(out, "</g>"));
        cr_assert_eq(count(out, "<text"), count(out, "</text>"));
        cr_assert_eq(count(out, "<svg"), count(out, "</svg>"));
        hone_release(copy);
        hone_release(out);
    }
}
