//! How fast detectors read: texts of several kinds, by CPU time of one thread.

use std::hint::black_box;

use scrub::detect::score::{ColumnProfile, Profiler};
use scrub::detect::{Catalogue, Scope};
use scrub::table::SqlType;

/// Bytes of each kind of text, and seconds for which it is read at least.
const BYTES: usize = 8_000_000;

/// Prints megabytes for each CPU-second, for spans in texts and for a scan that profiles cells.
pub(crate) fn measure(seconds: f64) {
    let bytes = if seconds > 0.0 { BYTES } else { BYTES / 100 };
    let catalogue = Catalogue::builtin();
    println!("== speed: MB for each CPU-second of one thread, {} detectors", catalogue.detectors().len());
    println!("   (research/pii.md section 1, other machine: DataFog-core 16.4, pii 10.3, redact-core 4.8)");
    for (name, make) in KINDS {
        let texts = texts(bytes, *make);
        let mut hits = Vec::new();
        let mut found = 0;
        let spans = time(&texts, seconds, |text| {
            hits.clear();
            catalogue.spans(text.as_bytes(), &Scope::default(), &mut hits);
            found += hits.len();
        });
        let mut profiler = Profiler::new(catalogue, Scope::default());
        let mut profile = ColumnProfile::default();
        let scan = time(&texts, seconds, |text| {
            profiler.add(&mut profile, &SqlType::TEXT, Some(text.as_bytes()));
        });
        let mut matches = Vec::new();
        let whole = time(&texts, seconds, |text| {
            matches.clear();
            catalogue.whole(text.as_bytes(), &Scope::everywhere(), &mut matches);
            black_box(&matches);
        });
        println!("   {name:12} spans {spans:7.1}   scan {scan:7.1}   whole {whole:7.1}");
        black_box((found, profile.values()));
    }
}

fn time(texts: &[String], seconds: f64, mut each: impl FnMut(&str)) -> f64 {
    let bytes: usize = texts.iter().map(String::len).sum();
    // Tables are read when they are first needed.
    for text in texts.iter().take(200) {
        each(text);
    }
    let start = cpu();
    let mut rounds = 0;
    loop {
        for text in texts {
            each(black_box(text));
        }
        rounds += 1;
        let spent = cpu() - start;
        if spent >= seconds {
            return (bytes * rounds) as f64 / spent.max(1e-9) / 1e6;
        }
    }
}

/// Seconds of CPU time of this process.
#[cfg(unix)]
fn cpu() -> f64 {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;
    let usage = getrusage(UsageWho::RUSAGE_SELF).unwrap();
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6
}

#[cfg(not(unix))]
fn cpu() -> f64 {
    use std::sync::LazyLock;
    use std::time::Instant;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64()
}

fn texts(bytes: usize, make: fn(&mut Random) -> String) -> Vec<String> {
    let mut random = Random(7);
    let mut texts = Vec::new();
    let mut all = 0;
    while all < bytes {
        let text = make(&mut random);
        all += text.len();
        texts.push(text);
    }
    texts
}

type Make = fn(&mut Random) -> String;

const KINDS: &[(&str, Make)] = &[
    ("prose", prose),
    ("notes", note),
    ("json", json),
    ("log lines", log),
    ("names", |random| format!("{} {}", random.pick(NAMES), random.pick(NAMES))),
    ("numbers", |random| (random.next() % 10_000_000_000).to_string()),
    ("e-mails", |random| format!("{}{}@example.com", random.pick(NAMES), random.next() % 1000)),
];

fn prose(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..20 + random.next() % 60 {
        text.push_str(random.pick(WORDS));
        text.push(if random.next().is_multiple_of(12) { '.' } else { ' ' });
    }
    text
}

fn note(random: &mut Random) -> String {
    let front = prose(random);
    let (one, two) = (random.next(), random.next());
    match one % 8 {
        0 => format!("{front}Call {}-{}-{:04}", 201 + one % 700, 200 + two % 700, two % 10_000),
        1 => format!(
            "{front}mail {}{}@example.org about order {}",
            random.pick(NAMES),
            one % 99,
            two % 100_000
        ),
        2 => format!(
            "{front}on 2024-{:02}-{:02} paid {}.{:02}",
            1 + one % 12,
            1 + two % 28,
            one % 999,
            two % 100
        ),
        _ => front,
    }
}

fn json(random: &mut Random) -> String {
    let (one, two) = (random.next(), random.next());
    format!(
        r#"{{"customer_id": {}, "name": "{} {}", "tags": ["{}", "{}"], "plan": {{"tier": "{}", "since": "2023-{:02}-{:02}"}}, "total": {}.{:02}, "active": true, "note": "{} {} {}"}}"#,
        one % 1_000_000,
        random.pick(NAMES),
        random.pick(NAMES),
        random.pick(WORDS),
        random.pick(WORDS),
        random.pick(WORDS),
        1 + one % 12,
        1 + two % 28,
        one % 1000,
        two % 100,
        random.pick(WORDS),
        random.pick(WORDS),
        random.pick(WORDS),
    )
}

fn log(random: &mut Random) -> String {
    let (one, two) = (random.next(), random.next());
    format!(
        "2024-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z INFO [worker-{}] request {:08x}-{:04x}-4{:03x}-a{:03x}-{:012x} {} took {} ms",
        1 + one % 12,
        1 + two % 28,
        one % 24,
        two % 60,
        one % 60,
        two % 1000,
        one % 16,
        one as u32,
        two & 0xffff,
        one & 0xfff,
        two & 0xfff,
        two & 0xffff_ffff_ffff,
        random.pick(WORDS),
        one % 5000,
    )
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 20
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[(self.next() % list.len() as u64) as usize]
    }
}

const NAMES: &[&str] = &[
    "Jane", "John", "Anna", "Peter", "Maria", "Lukas", "Aisha", "Olga", "Smith", "Miller", "Schmidt",
    "Novak", "Rossi", "Silva", "Tanaka", "Kim",
];
const WORDS: &[&str] = &[
    "the",
    "customer",
    "asked",
    "about",
    "delivery",
    "of",
    "an",
    "item",
    "which",
    "did",
    "not",
    "arrive",
    "and",
    "wants",
    "to",
    "return",
    "it",
    "next",
    "week",
    "because",
    "colour",
    "was",
    "wrong",
    "we",
    "offered",
    "refund",
    "agreed",
    "with",
    "manager",
    "please",
    "check",
    "stock",
    "before",
    "sending",
    "another",
    "parcel",
    "address",
    "confirmed",
    "by",
    "support",
    "team",
    "invoice",
    "attached",
    "waiting",
    "for",
    "answer",
    "since",
    "Monday",
];
