/* style.c -- the style sheet: light and dark by the reader's choice, paper by @media print. The
 * colours of series are those of svg.c, lighter in the dark. Text contrasts with its ground by 4.5
 * to 1 or more; colour never stands alone: series have names and numbers beside them. */
#include "report/style.h"

#include <stddef.h>

/* clang-format off */
const char *const hone_report_style[] = {
    ":root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d8dce2;"
    "--grid:#d5d9df;--tint:#f5f7f9;--best:#0b6b4f;--warn:#8a4b00;--warnbg:#fff5e5;"
    "--c1:#0072b2;--c2:#d55e00;--c3:#009e73;--c4:#9a3fa0;--c5:#b8860b;"
    "--c6:#3fa7d6;--c7:#cc3366;--c8:#6b7280;--c9:#7a9a01;--c10:#4b3fbf}\n",
    "@media (prefers-color-scheme:dark){:root{--paper:#14171c;--ink:#e6e9ee;--soft:#a2abb7;"
    "--line:#343a43;--grid:#3a414b;--tint:#1c2027;--best:#5fd6ae;--warn:#ffc476;--warnbg:#33270f;"
    "--c1:#5bb0ee;--c2:#ff9a57;--c3:#3fcf9f;--c4:#d68be0;--c5:#e6bd4c;"
    "--c6:#8fd6ff;--c7:#ff7ba6;--c8:#aab2bd;--c9:#b7d44a;--c10:#a399ff}}\n",
    "*{box-sizing:border-box}\n",
    "html{font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;"
    "background:var(--paper);color:var(--ink);scroll-behavior:smooth}\n",
    "body{margin:0 auto;max-width:74rem;padding:2.5rem 1.5rem 4rem}\n",
    "h1{font-size:2rem;line-height:1.2;margin:.2rem 0 1rem;letter-spacing:-.015em;"
    "overflow-wrap:anywhere}\n",
    "h2{font-size:1.3rem;margin:3.2rem 0 .6rem;padding-top:1rem;border-top:1px solid var(--line)}\n",
    "h3{font-size:1rem;margin:1.6rem 0 .4rem;overflow-wrap:anywhere}\n",
    "p,ul{margin:.5rem 0;max-width:46rem}\n",
    "a{color:var(--c1)}\n",
    "code,pre{font:.86em/1.5 ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace}\n",
    "pre{background:var(--tint);border:1px solid var(--line);border-radius:6px;padding:.8rem 1rem;"
    "white-space:pre-wrap;overflow-wrap:anywhere}\n",
    ".eyebrow{color:var(--soft);font-size:.85rem;letter-spacing:.06em;margin:0}\n",
    ".verdict{font-size:1.15rem;line-height:1.5;border-left:4px solid var(--c1);"
    "padding:.2rem 0 .2rem 1rem;margin:1rem 0;max-width:52rem;overflow-wrap:anywhere}\n",
    ".facts{display:flex;flex-wrap:wrap;gap:.4rem 2.2rem;margin:1.4rem 0 0}\n",
    ".facts div{min-width:5rem}.facts dt{color:var(--soft);font-size:.8rem}\n",
    ".facts dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}\n",
    "nav{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;margin:1.6rem 0 0;font-size:.9rem}\n",
    "nav a{text-decoration:none}nav a:hover,nav a:focus{text-decoration:underline}\n",
    ".note{color:var(--soft);font-size:.9rem}\n",
    ".warn{background:var(--warnbg);color:var(--warn);border-radius:6px;padding:.6rem .9rem;"
    "overflow-wrap:anywhere}\n",
    ".wide{overflow-x:auto;margin:.9rem 0}\n",
    "table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}\n",
    "caption{text-align:left;color:var(--soft);padding:0 0 .45rem;font-size:.85rem}\n",
    "th,td{padding:.38rem .6rem;text-align:left;border-bottom:1px solid var(--line);"
    "vertical-align:top}\n",
    "thead th{color:var(--soft);font-weight:600;border-bottom:2px solid var(--line);"
    "vertical-align:bottom;white-space:nowrap}\n",
    "tbody th{font-weight:600;max-width:20rem;overflow-wrap:break-word}\n",
    "tbody tr:hover{background:var(--tint)}\n",
    ".s{white-space:nowrap}.n{text-align:right;white-space:nowrap}.n small,td small{white-space:nowrap;display:block;color:var(--soft);"
    "font-size:.8em}\n",
    "thead th.n{text-align:right}\n",
    ".best{font-weight:700;color:var(--best)}.best::before{content:'\\2605  ';font-size:.8em}\n",
    ".best small{font-weight:400}\n",
    ".key{display:inline-block;width:1.1em;margin-right:.5em;vertical-align:.25em;"
    "border-top:3px solid}\n",
    ".dash{border-top-style:dashed}.area{border-top-width:.75em;vertical-align:-.05em;opacity:.55}"
    ".dot{width:.6em;border-top-width:.6em;border-radius:50%;vertical-align:0}\n",
    ".k1{border-color:var(--c1)}.k2{border-color:var(--c2)}.k3{border-color:var(--c3)}"
    ".k4{border-color:var(--c4)}.k5{border-color:var(--c5)}.k6{border-color:var(--c6)}"
    ".k7{border-color:var(--c7)}.k8{border-color:var(--c8)}.k9{border-color:var(--c9)}"
    ".k10{border-color:var(--c10)}.k0{border-color:currentColor}\n",
    ".figures{display:flex;flex-wrap:wrap;gap:1rem 1.6rem;align-items:flex-start}\n",
    "figure{margin:1rem 0;flex:1 1 27rem;max-width:34rem;min-width:0}\n",
    "figure.long{max-width:46rem;flex-basis:100%}figure.small{flex:1 1 19rem;max-width:22rem}\n",
    "figure h3{margin:.2rem 0 .1rem;font-size:.95rem}\n",
    "figcaption{color:var(--soft);font-size:.85rem}\n",
    ".legend{list-style:none;padding:0;margin:.3rem 0;font-size:.85rem;display:flex;flex-wrap:wrap;"
    "gap:.1rem 1.1rem;color:var(--ink)}\n",
    ".legend li{overflow-wrap:anywhere}.legend b{font-variant-numeric:tabular-nums}\n",
    "svg.plot{display:block;width:100%;height:auto;overflow:visible}\n",
    "svg.plot text{fill:currentColor;stroke:none}\n",
    "svg.plot path,svg.plot polyline{stroke-linejoin:round}\n",
    ".dots{fill:none;stroke-linecap:round;stroke-opacity:.55}\n",
    "details{margin:.7rem 0}\n",
    "summary{cursor:pointer;color:var(--c1);font-size:.92rem}\n",
    "summary:focus-visible,a:focus-visible{outline:2px solid var(--c1);outline-offset:2px}\n",
    ".cells small{color:inherit}.card td{text-align:left}\n",
    ".cells td{text-align:right;min-width:5.2rem;border:1px solid var(--line)}\n",
    ".share{display:flex;height:.7rem;border-radius:4px;overflow:hidden;max-width:46rem;"
    "margin:.6rem 0 .3rem}\n",
    ".share span{display:block;border-right:1px solid var(--paper)}\n",
    "footer{margin-top:4rem;color:var(--soft);font-size:.85rem}\n",
    "@media (max-width:40rem){body{padding:1.4rem 1rem 3rem}h1{font-size:1.55rem}"
    "th,td{padding:.32rem .5rem}}\n",
    "@media print{:root{color-scheme:light;--paper:#fff;--ink:#000;--soft:#444;--line:#bbb;"
    "--grid:#ccc;--tint:#fff;--best:#0b6b4f;--warn:#5a3200;--warnbg:#fff;"
    "--c1:#0072b2;--c2:#d55e00;--c3:#009e73;--c4:#9a3fa0;--c5:#b8860b;"
    "--c6:#3fa7d6;--c7:#cc3366;--c8:#6b7280;--c9:#7a9a01;--c10:#4b3fbf}\n",
    "html{font-size:10.5pt}body{max-width:none;padding:0}nav{display:none}summary{list-style:none;color:var(--ink);font-weight:600}\n",
    "details::details-content{content-visibility:visible;display:block}\n",
    ".wide{overflow:visible}table{font-size:.82em}th,td{padding:.25rem .45rem}h2{margin-top:1.8rem}footer{margin-top:1.5rem}\n",
    "figure,tr,pre{break-inside:avoid}h2,h3,caption,.note{break-after:avoid}"
    ".figures{display:block}figure{display:inline-block;vertical-align:top;width:48%;"
    "margin:.5rem .5%}figure.long{width:100%}figure.small{width:31%}}\n",
    NULL};
/* clang-format on */
