//! The report of `scrub coverage` as one page without anything from elsewhere: no script, no font, no picture.

use std::fmt::Write as _;

use crate::synth::coverage::{Counts, Criterion, Requirement, Status};

use super::coverage_report::Report;
use super::html::escaped;
use super::print;

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.2rem; } h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
table { border-collapse: collapse; } th, td { padding: .2rem .7rem; text-align: left; border-bottom: 1px solid var(--line);
vertical-align: top; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .6rem 0; padding: .4rem .9rem; }
summary { cursor: pointer; font-weight: 600; } summary span { font-weight: 400; opacity: .75; margin-left: .6rem; }
meter { width: 7rem; vertical-align: middle; }
.wide { overflow-x: auto; } .heat td { width: 1.15rem; height: 1.15rem; padding: 0; border: 1px solid #fff3; }
.heat th { font-weight: 400; font-size: .8rem; border: 0; padding: .1rem .4rem; white-space: nowrap; }
.heat th.v { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; padding: .4rem .1rem; }
.none { background: var(--soft); } code { font-size: .9em; background: var(--soft); padding: 0 .25rem; border-radius: .2rem; }
.key { opacity: .75; font-size: .9rem; } .scale span { display: inline-block; width: 1.6rem; height: .8rem; }
@media print { details { break-inside: avoid; } }
";

/// The page.
pub(super) fn page(report: &Report<'_>) -> String {
    let mut html = String::from(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>scrub coverage</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\"><style>",
    );
    let total = &report.tally.total;
    let _ = write!(
        html,
        "{STYLE}</style></head><body>\n<h1>Coverage: {:.1} % of what is feasible</h1>\n<p>Rows: {}. Values are named by \
         rule; nothing on this page is a value of a row.</p>\n",
        total.percent(),
        escaped(report.rows.words())
    );
    html.push_str("<table><tr><th>Criterion</th><th>Asks for</th>");
    html.push_str(HEAD);
    for criterion in report.criteria {
        let counts = report.tally.criteria.get(criterion).copied().unwrap_or_default();
        let _ =
            write!(html, "<tr><td>{}</td><td>{}</td>{}", criterion.name(), criterion.title(), cells(&counts));
    }
    let _ =
        write!(html, "<tr><th>All</th><td></td>{}</table>\n<h2>Tables, most rows first</h2>\n", cells(total));
    for (place, table) in report.tables().into_iter().enumerate() {
        one_table(report, table, place == 0, &mut html);
    }
    html.push_str("</body></html>\n");
    html
}

const HEAD: &str = "<th class=n>satisfied</th><th class=n>open</th><th class=n>infeasible</th><th class=n>unknown</th>\
                    <th>covered</th></tr>\n";

fn cells(counts: &Counts) -> String {
    let numbers = [counts.satisfied, counts.open, counts.infeasible, counts.unknown];
    let numbers: String =
        numbers.iter().map(|number| format!("<td class=n>{}</td>", print::count(*number))).collect();
    let percent = counts.percent();
    format!("{numbers}<td><meter max=100 value={percent:.1}></meter> {percent:.1} %</td></tr>\n")
}

fn one_table(report: &Report<'_>, table: usize, open: bool, html: &mut String) {
    let (own, found) = (&report.coverage.model.tables[table], &report.tally.tables[table]);
    let _ = writeln!(
        html,
        "<details{}><summary>{} <span>{} rows, {:.1} % covered, {} missing</span></summary>",
        if open { " open" } else { "" },
        escaped(&own.name.to_string()),
        print::count(report.coverage.rows(table)),
        found.total.percent(),
        print::count(found.total.missing())
    );
    html.push_str("<h3>Columns</h3><table><tr><th>Column</th>");
    html.push_str(HEAD);
    for (column, counts) in own.columns.iter().zip(&found.columns) {
        let _ = write!(html, "<tr><td>{}</td>{}", escaped(&column.column), cells(&counts.total));
    }
    html.push_str("</table>\n");
    gaps(report, table, html);
    if report.criteria.contains(&Criterion::Twc) && !found.pairs.is_empty() {
        heat_map(report, table, html);
        worst_pairs(report, table, html);
    }
    html.push_str("</details>\n");
}

/// Gaps between columns, and pairs of columns, that the page lists of each table; the heat map shows all.
const LISTED: usize = 40;

/// What is missing, and the row that would fill it.
fn gaps(report: &Report<'_>, table: usize, html: &mut String) {
    let gaps = report.gaps(table);
    if gaps.is_empty() {
        return;
    }
    html.push_str("<h3>Gaps, worst first</h3><table><tr><th>Column</th><th>Missing</th><th>A row that fills it</th></tr>\n");
    let (mut joint, mut left_out) = (0, 0);
    for gap in gaps {
        joint += usize::from(
            gap.missing.iter().any(|one| one.criterion == Criterion::Nc && one.columns.len() > 1),
        );
        if joint > LISTED && gap.missing[0].columns.len() > 1 {
            left_out += gap.missing.len();
            continue;
        }
        let name = escaped(&gap.name);
        for requirement in gap.missing {
            let state = match &requirement.status {
                Status::Unknown(reason) => format!(" <span class=key>(unknown: {})</span>", escaped(reason)),
                _ => String::new(),
            };
            let _ = writeln!(
                html,
                "<tr><td>{name}</td><td>{} <code>{}</code>{state}</td><td>{}</td></tr>",
                requirement.criterion.name(),
                escaped(&requirement.what),
                escaped(&filler(requirement, &gap.name))
            );
        }
    }
    html.push_str("</table>\n");
    more(left_out, html);
}

fn more(left_out: usize, html: &mut String) {
    if left_out > 0 {
        let _ = writeln!(html, "<p class=key>and {} more; --json has all</p>", print::count(left_out as u64));
    }
}

/// The row that would satisfy a requirement, in words.
fn filler(requirement: &Requirement, columns: &str) -> String {
    match requirement.criterion {
        Criterion::Fcc => {
            let what = requirement.what.split_once(':').map_or(&*requirement.what, |(_, what)| what);
            format!("rows so that there is {what}")
        }
        _ if requirement.columns.is_empty() => requirement.what.clone(),
        _ => format!("{columns} = {}", requirement.what),
    }
}

/// How much of each pair of columns is covered.
fn heat_map(report: &Report<'_>, table: usize, html: &mut String) {
    let found = &report.tally.tables[table];
    let columns = report.coverage.model.tables[table].columns.len();
    let mut shares: Vec<Option<&Counts>> = vec![None; columns * columns];
    for pair in &found.pairs {
        let [first, second] = pair.columns;
        shares[first * columns + second] = Some(&pair.counts);
        shares[second * columns + first] = Some(&pair.counts);
    }
    html.push_str("<h3>Pairs of values</h3><p class=\"key scale\">covered: 0 % ");
    for percent in [0.0, 25.0, 50.0, 75.0, 100.0] {
        let _ = write!(html, "<span style=\"background:{}\"></span>", colour(percent));
    }
    html.push_str(" 100 %</p><div class=wide><table class=heat><tr><th></th>");
    for column in 0..columns {
        let _ = write!(html, "<th class=v>{}</th>", escaped(report.column(table, column)));
    }
    html.push_str("</tr>\n");
    for row in 0..columns {
        let _ = write!(html, "<tr><th>{}</th>", escaped(report.column(table, row)));
        for column in 0..columns {
            match shares[row * columns + column] {
                Some(counts) => {
                    let percent = counts.percent();
                    let _ = write!(
                        html,
                        "<td style=\"background:{}\" title=\"{} x {}: {percent:.0} %, {} missing\"></td>",
                        colour(percent),
                        escaped(report.column(table, row)),
                        escaped(report.column(table, column)),
                        counts.missing()
                    );
                }
                None => html.push_str("<td class=none></td>"),
            }
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</table></div>\n");
}

/// From red over yellow to green, and as light as the others to those who see no hue.
fn colour(percent: f64) -> String {
    format!("hsl({:.0} 60% {:.0}%)", percent * 1.3, 42.0 + percent * 0.2)
}

fn worst_pairs(report: &Report<'_>, table: usize, html: &mut String) {
    let pairs = report.worst_pairs(table);
    if pairs.is_empty() {
        return;
    }
    html.push_str(
        "<table><tr><th>Columns</th><th class=n>found</th><th class=n>missing</th><th>A row that fills one</th></tr>\n",
    );
    let left_out = pairs.len().saturating_sub(LISTED);
    for pair in pairs.into_iter().take(LISTED) {
        let [one, two] = pair.columns.map(|column| escaped(report.column(table, column)));
        let example = match &pair.example {
            Some(example) => format!("({one}, {two}) = ({})", escaped(example)),
            None => "not known whether there can be one".to_owned(),
        };
        let _ = writeln!(
            html,
            "<tr><td>{one} x {two}</td><td class=n>{}</td><td class=n>{}</td><td>{example}</td></tr>",
            pair.counts.satisfied,
            pair.counts.missing()
        );
    }
    html.push_str("</table>\n");
    more(left_out, html);
}
