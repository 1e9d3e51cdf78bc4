//! The report of a scan as one HTML page: no script from elsewhere, no font, no picture; it can be mailed and printed.

use std::fmt::Write as _;

use serde_json::Value;

use super::html::escaped;

/// The page for a report as [`Scan::to_json`](crate::pipeline::Scan::to_json) gives it.
pub(super) fn page(report: &Value) -> String {
    let empty = Vec::new();
    let tables = report["tables"].as_array().unwrap_or(&empty);
    let mut body = String::new();
    let (mut columns, mut found) = (0, 0);
    for table in tables {
        let list = table["columns"].as_array().unwrap_or(&empty);
        let hits = list.iter().filter(|column| column["entity"].is_string()).count();
        columns += list.len();
        found += hits;
        let _ = write!(
            body,
            "<section><h2>{}</h2><p class=\"facts\">{} rows, {} columns, {hits} found</p><table><thead><tr>\
             <th>Column</th><th>Type</th><th>Entity</th><th>Category</th><th>Confidence</th><th>Evidence</th></tr>\
             </thead><tbody>",
            text(&table["name"]),
            table["rows"],
            list.len()
        );
        for column in list {
            row(&mut body, column);
        }
        body.push_str("</tbody></table></section>\n");
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\
         <title>scrub scan</title><style>{STYLE}</style></head><body><header><h1>What the columns hold</h1>\
         <p>{found} of {columns} columns in {} tables hold something personal or secret. No value of the data is on \
         this page. A scan finds what it knows: people decide.</p><form role=\"search\"><label>Filter <input \
         id=\"filter\" type=\"search\" placeholder=\"table, column, entity\" autocomplete=\"off\"></label><label>\
         <input id=\"only\" type=\"checkbox\"> findings only</label> <output id=\"shown\" aria-live=\"polite\">\
         </output></form></header><main>\n{body}</main><script>{SCRIPT}</script></body></html>\n",
        tables.len()
    )
}

fn row(body: &mut String, column: &Value) {
    let confidence = column["confidence"].as_f64().unwrap_or(0.0).clamp(0.0, 1.0);
    let entity = column["entity"].as_str();
    let empty = Vec::new();
    let evidence = column["evidence"].as_array().unwrap_or(&empty).iter();
    let lines: String = evidence.fold(String::new(), |mut lines, line| {
        let _ = write!(lines, "<li>{}</li>", text(line));
        lines
    });
    let category = column["category"].as_str().unwrap_or("none");
    let _ = write!(
        body,
        "<tr{}><th scope=\"row\">{}</th><td><code>{}</code></td><td>{}</td><td><span class=\"tag {}\">{}</span></td>\
         <td><meter min=\"0\" max=\"1\" value=\"{confidence:.2}\"></meter> {confidence:.2}</td><td><ul>{lines}</ul></td></tr>",
        if entity.is_some() { " class=\"found\"" } else { "" },
        text(&column["name"]),
        text(&column["type"]),
        escaped(entity.unwrap_or("–")),
        escaped(category),
        escaped(if category == "none" { "–" } else { category }),
    );
}

fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

const STYLE: &str = "\
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2126;--soft:#5c6670;--line:#d8dee4;--mark:#fff6da;--tag:#eef1f4}\
@media(prefers-color-scheme:dark){:root{--bg:#14181c;--fg:#e4e8ec;--soft:#9aa5b0;--line:#313a43;--mark:#33301c;--tag:#252d35}}\
*{box-sizing:border-box}body{margin:0 auto;max-width:76rem;padding:1.5rem;background:var(--bg);color:var(--fg);\
font:15px/1.45 system-ui,sans-serif}h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 0;overflow-wrap:anywhere}\
.facts,header p{color:var(--soft);margin:.3rem 0}form{display:flex;gap:1rem;flex-wrap:wrap;align-items:center;margin-top:1rem}\
input[type=search]{font:inherit;padding:.3rem .5rem;min-width:16rem;border:1px solid var(--line);border-radius:4px;\
background:var(--bg);color:var(--fg)}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;\
padding:.35rem .5rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}thead th{color:var(--soft);font-weight:500;\
white-space:nowrap}tbody th{font-weight:600}tr.found{background:var(--mark)}ul{margin:0;padding-left:1rem}meter{width:4rem}\
.tag{background:var(--tag);border-radius:4px;padding:.05rem .4rem;white-space:nowrap}code{font-size:.9em}[hidden]{display:none}\
@media print{form{display:none}body{max-width:none;padding:0;font-size:10pt}tr{break-inside:avoid}h2{break-after:avoid}\
thead{display:table-header-group}}";

const SCRIPT: &str = "\
const filter=document.getElementById('filter'),only=document.getElementById('only'),shown=document.getElementById('shown');\
function apply(){const words=filter.value.toLowerCase().split(/\\s+/).filter(Boolean);let count=0;\
for(const section of document.querySelectorAll('section')){const name=section.querySelector('h2').textContent.toLowerCase();\
let any=false;for(const row of section.querySelectorAll('tbody tr')){const text=name+' '+row.textContent.toLowerCase();\
const show=words.every(word=>text.includes(word))&&(!only.checked||row.classList.contains('found'));row.hidden=!show;\
if(show){any=true;count++}}section.hidden=!any}shown.textContent=count+' columns shown'}\
filter.addEventListener('input',apply);only.addEventListener('change',apply);\
document.querySelector('form').addEventListener('submit',event=>event.preventDefault());apply();";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::page;

    #[test]
    fn names_do_not_become_markup() {
        let report = json!({"tables": [{"name": "<script>alert(1)</script>", "rows": 1, "columns": [
            {"name": "\"><img src=x onerror=y>", "type": "text", "entity": null, "confidence": 0.0, "category": null,
             "evidence": ["name: \"<b>\""]}]}]});
        let page = page(&report);
        assert!(!page.contains("<script>alert") && !page.contains("<img") && !page.contains("<b>"));
        assert!(page.contains("&lt;script&gt;alert(1)"));
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        let page = page(&json!({"tables": []}));
        for outside in ["http://", "https://", "src=", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
    }
}
