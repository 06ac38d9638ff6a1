/* style.h -- the style sheet of a report, in pieces; NULL ends them. */
#ifndef HONE_REPORT_STYLE_H
#define HONE_REPORT_STYLE_H

extern const char *const hone_report_style[];

#endif
