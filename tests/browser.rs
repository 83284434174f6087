//! What a browser makes of the HTML report. It is a target of its own, because it needs Chromium, and `cargo test` needs no browser:
//! `cargo test --test browser`. The browser is `chromium` of the path, or what the environment variable `CHROMIUM` names.
//!
//! The page holds no script, so it is looked at from outside: it stands in a frame, and a page around it measures what was laid out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod chromium;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// A phone, a small laptop.
const WIDTHS: [u32; 3] = [360, 390, 1280];

/// A folder with the report of three implementations and one with hostile text; made once.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let program = env!("CARGO_BIN_EXE_countersign");
        let adapter = |name: &str, deviate: &str| format!("{name}='{program}' adapter serve {deviate}");
        let made = Command::new(program)
            .args(["test", "sign.uri", "sign.interop", "base_uri.*", "percent_encode.*", "verify.header", "parse_authorization.grammar", "-q"])
            .args(["--adapter", &adapter("keeps-ports", "--deviate uri.default-port-kept")])
            .args(["--adapter", &adapter("right", "")])
            .args(["--adapter", &adapter("an-implementation-with-a-name-that-is-long-enough-to-break-a-narrow-page", "--deviate encode.space-plus")])
            .arg("--html")
            .arg(folder.path().join("report.html"))
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(made.code(), Some(1));
        let long = "x".repeat(3000);
        let cases = format!(
            r#"{{ "format": 1, "suite": "made", "operation": "percent_encode", "cases": [
  {{ "id": "{id}", "rev": 1, "status": "active", "level": "must", "title": "<script>document.title='owned'</script><img src=x onerror=alert(1)>{long}",
    "spec": [{{ "doc": "RFC5849", "section": "3.6" }}],
    "input": {{ "text": "<b>&amp;{long}" }}, "expect": {{ "encoded": "</code></details><style>*{{{{display:none}}}}</style>{long}" }},
    "source": {{ "kind": "rfc", "ref": "RFC 5849 section 3.6, https://www.rfc-editor.org/rfc/rfc5849#section-3.6" }} }}
] }}"#,
            id = "i".repeat(120),
        )
        .replace("{{", "{")
        .replace("}}", "}");
        let vectors = folder.path().join("hostile.json");
        std::fs::write(&vectors, cases).unwrap();
        let made = Command::new(program)
            .arg("test")
            .arg("--vectors")
            .arg(&vectors)
            .arg("--html")
            .arg(folder.path().join("hostile.html"))
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(made.code(), Some(1));
        folder
    });
    FOLDER.get().unwrap().path()
}

/// Runs the browser on a page of the folder, with no way to any network.
fn browse(page: &str, width: u32, more: &[&str]) -> Vec<u8> {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(chromium::chromium())
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--allow-file-access-from-files"])
        .args(["--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=10000", &format!("--window-size={width},900")])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(more)
        .arg(format!("file://{}", folder().join(page).display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Lays a report out in a frame of this width, and gives what `script` makes of its document `page` and its window `view`.
fn measure(report: &str, width: u32, more: &[&str], script: &str) -> Value {
    let around = format!(
        r##"<!doctype html><meta charset="utf-8"><body style="margin:0">
<iframe src="{report}" style="border:0;width:{width}px;height:900px"></iframe><pre id="told"></pre>
<script>
document.querySelector("iframe").onload = (event) => {{
  const view = event.target.contentWindow, page = event.target.contentDocument;
  setTimeout(() => {{
    let told;
    try {{ told = (() => {{ {script} }})(); }} catch (error) {{ told = "error: " + error; }}
    document.getElementById("told").textContent = encodeURIComponent(JSON.stringify(told));
  }}, 100);
}};
</script>"##
    );
    static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let name = format!("around-{}.html", NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    std::fs::write(folder().join(&name), around).unwrap();
    let dom = String::from_utf8(browse(&name, width.max(500), &[more, &["--dump-dom"]].concat())).unwrap();
    let told = dom.split_once("<pre id=\"told\">").and_then(|(_, rest)| rest.split_once("</pre>")).unwrap_or_else(|| panic!("{dom}")).0;
    assert!(!told.is_empty(), "nothing was measured");
    let told: Value = serde_json::from_str(&unescaped(told)).unwrap();
    assert!(!told.is_string(), "{told}");
    told
}

/// Takes percent-encoding away.
fn unescaped(text: &str) -> String {
    let mut octets = Vec::new();
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        let mut digit = || char::from(rest.next().unwrap()).to_digit(16).unwrap() as u8;
        octets.push(if octet == b'%' { digit() * 16 + digit() } else { octet });
    }
    String::from_utf8(octets).unwrap()
}

#[test]
fn nothing_is_wider_than_the_page_at_any_width_folded_or_not() {
    for report in ["report.html", "hostile.html"] {
        for width in WIDTHS {
            let told = measure(
                report,
                width,
                &[],
                "const width = () => page.documentElement.scrollWidth;
                 const folded = width();
                 page.querySelectorAll('details').forEach((one) => one.open = true);
                 // What is inside of a part that scrolls by itself may be wider.
                 const wide = [...page.querySelectorAll('body *')].filter((one) => !one.closest('.scroll') && one.getBoundingClientRect().right > view.innerWidth + 0.5);
                 return {view: view.innerWidth, folded, open: width(), wide: wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 200))};",
            );
            assert_eq!(told["view"], width);
            assert!(told["folded"].as_u64().unwrap() <= u64::from(width), "{report} at {width}: {told}");
            assert!(told["open"].as_u64().unwrap() <= u64::from(width), "{report} at {width}: {told}");
            assert_eq!(told["wide"], serde_json::json!([]), "{report} at {width}");
        }
    }
}

#[test]
fn a_link_to_a_case_opens_it_where_it_stands() {
    for case in ["keeps-ports/sign.uri/default-port-http", "right/sign.uri/plain"] {
        let told = measure(
            &format!("report.html#{case}"),
            1280,
            &[],
            "const target = page.querySelector(':target'), box = target.getBoundingClientRect();
             return {id: target.id, visible: target.checkVisibility(), top: box.top, height: box.height, text: target.innerText.slice(0, 4000)};",
        );
        assert_eq!((&told["id"], &told["visible"]), (&case.into(), &true.into()), "{told}");
        let top = told["top"].as_f64().unwrap();
        assert!((0.0..900.0).contains(&top) && told["height"].as_f64().unwrap() > 10.0, "{told}");
    }
}

#[test]
fn a_failure_shows_its_cause_both_values_and_the_request() {
    let told = measure(
        "report.html#keeps-ports/sign.uri/default-port-http",
        1280,
        &[],
        "const target = page.querySelector(':target'), wrong = target.querySelector('del'), style = view.getComputedStyle(wrong);
         return {text: target.innerText, wrong: wrong.innerText, marked: style.backgroundColor != view.getComputedStyle(target).backgroundColor};",
    );
    let text = told["text"].as_str().unwrap();
    for part in [
        "uri.default-port-kept",
        "RFC5849 section 3.4.1.2",
        "GET http://api.example.com:80/v1/items",
        "countersign explain sign.uri/default-port-http",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.contains("http://api.example.com/v1/items") && text.contains("http://api.example.com:80/v1/items"));
    assert_eq!((&told["wrong"], &told["marked"]), (&":80".into(), &true.into()));
}

#[test]
fn causes_come_before_cases_and_the_summary_before_both() {
    let told = measure(
        "report.html",
        1280,
        &[],
        "const top = (what) => page.querySelector(what).getBoundingClientRect().top;
         return [top('.cards'), top('.splits'), top('.matrix'), top('.causes'), top('.case')];",
    );
    let tops: Vec<f64> = told.as_array().unwrap().iter().map(|top| top.as_f64().unwrap()).collect();
    assert!(tops.is_sorted() && tops[0] < 900.0, "{tops:?}");
}

#[test]
fn the_heads_of_the_table_stay_in_sight_and_are_legible() {
    let told = measure(
        "report.html",
        390,
        &[],
        "const part = page.querySelector('.scroll'), head = part.querySelector('thead th'), name = part.querySelector('tbody th');
         part.style.maxHeight = '200px'; part.scrollTop = 300; part.scrollLeft = 200;
         const box = part.getBoundingClientRect();
         const lines = [...part.querySelectorAll('tbody th')].map((one) => one.getBoundingClientRect().height / 21);
         return {lines: Math.max(...lines), scrolled: [part.scrollTop > 0, part.scrollLeft > 0], head: head.getBoundingClientRect().top - box.top, name: name.getBoundingClientRect().left - box.left};",
    );
    assert!(told["lines"].as_f64().unwrap() < 4.0, "a name of a suite is broken into many lines: {told}");
    assert_eq!(told["scrolled"], serde_json::json!([true, true]));
    assert!(told["head"].as_f64().unwrap().abs() < 3.0 && told["name"].as_f64().unwrap().abs() < 3.0, "{told}");
}

#[test]
fn it_is_light_or_dark_as_the_reader_wants_and_legible_in_both() {
    let script = "page.querySelectorAll('details').forEach((one) => one.open = true);
        const rgb = (text) => { const part = text.match(/[\\d.]+/g).map(Number); return part.length > 3 && part[3] == 0 ? null : part; };
        const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const behind = (one) => { for (; one; one = one.parentElement) { const c = rgb(view.getComputedStyle(one).backgroundColor); if (c) return c; } return [255, 255, 255]; };
        const worst = {};
        for (const one of page.querySelectorAll('body *')) {
            if (![...one.childNodes].some((node) => node.nodeType == 3 && node.textContent.trim())) continue;
            const [a, b] = [light(rgb(view.getComputedStyle(one).color)), light(behind(one))].sort((x, y) => y - x);
            const ratio = (a + 0.05) / (b + 0.05), name = one.tagName + '.' + one.className;
            if (ratio < 4.5) worst[name] = Math.round(ratio * 100) / 100;
        }
        return {paper: view.getComputedStyle(page.body).backgroundColor, worst};";
    let told = ["1", "0"].map(|scheme| measure("report.html", 1280, &[&format!("--blink-settings=preferredColorScheme={scheme}")], script));
    assert_ne!(told[0]["paper"], told[1]["paper"], "it does not ask which scheme the reader wants");
    for told in told {
        // WCAG 2.2, success criterion 1.4.3: 4.5 to 1.
        assert_eq!(told["worst"], serde_json::json!({}), "{}", told["paper"]);
    }
}

#[test]
fn it_loads_nothing_and_runs_nothing() {
    for report in ["report.html", "hostile.html"] {
        let told = measure(
            report,
            1280,
            &[],
            "const owned = page.createElement('script'); owned.textContent = 'window.ran = 1'; page.body.append(owned);
             return {loaded: view.performance.getEntriesByType('resource').map((entry) => entry.name), ran: view.ran ?? null, title: page.title};",
        );
        assert_eq!((&told["loaded"], &told["ran"]), (&serde_json::json!([]), &Value::Null));
        assert!(told["title"].as_str().unwrap().ends_with("OAuth 1.0a conformance"));
    }
}

#[test]
fn hostile_text_is_seen_and_does_nothing() {
    let told = measure(
        "hostile.html",
        390,
        &[],
        "page.querySelectorAll('details').forEach((one) => one.open = true);
         return {text: page.body.innerText, images: page.images.length, styles: page.querySelectorAll('style').length, seen: page.querySelector('main').checkVisibility()};",
    );
    let text = told["text"].as_str().unwrap();
    assert!(text.contains("<script>document.title='owned'</script><img src=x onerror=alert(1)>"), "{text}");
    assert!(text.contains("</code></details><style>"), "{text}");
    assert_eq!((&told["images"], &told["styles"], &told["seen"]), (&0.into(), &1.into(), &true.into()));
}

#[test]
fn it_is_drawn_on_a_phone_and_unfolded_on_paper() {
    let paper = folder().join("report.pdf");
    browse("report.html", 1280, &["--no-pdf-header-footer", &format!("--print-to-pdf={}", paper.display())]);
    let printed = std::fs::read(&paper).unwrap();
    assert!(printed.starts_with(b"%PDF-"));
    // What is folded on the screen is unfolded on paper: that takes many pages.
    let pages = printed.windows(11).filter(|octets| octets == b"/Type /Page").count();
    assert!(pages > 20, "{pages} pages");
    let picture = folder().join("report.png");
    browse("report.html", 390, &[&format!("--screenshot={}", picture.display())]);
    // An empty page is a few kilobytes.
    assert!(std::fs::metadata(&picture).unwrap().len() > 30_000);
}
