//! What stands where in a text: whatever the bytes, what is found lies within them, in order and apart, begins and ends
//! where characters do, and is the same when the text is read again.

use scrub::detect::{Catalogue, Category, Scope};

/// Checks the input; its first byte picks the scope.
pub fn check(data: &[u8]) {
    let Some((&choice, text)) = data.split_first() else { return };
    let catalogue = Catalogue::builtin();
    let scope = match choice % 4 {
        0 => Scope::default(),
        1 => Scope::of(["US", "DE", "JP"]),
        2 => Scope::of(["BR"]),
        _ => Scope::everywhere(),
    };
    let mut hits = Vec::new();
    catalogue.spans(text, &scope, &mut hits);
    let mut before = 0;
    for hit in &hits {
        assert!(before <= hit.start && hit.start < hit.end && hit.end <= text.len(), "a span out of place");
        before = hit.end;
        let category = catalogue.detector(hit.detector).category;
        assert!(category != Category::NotPersonal, "a span of what is not personal");
        assert!(hit.strength.is_finite() && hit.strength >= 0.0, "evidence that is no number");
        if let Ok(text) = std::str::from_utf8(text) {
            let whole = text.is_char_boundary(hit.start) && text.is_char_boundary(hit.end);
            assert!(whole, "a span that cuts a character");
        }
    }
    let mut again = Vec::new();
    catalogue.spans(text, &scope, &mut again);
    assert!(hits == again, "another answer for the same text");
    let mut cells = Vec::new();
    catalogue.whole(text, &scope, &mut cells);
    let mut ids: Vec<usize> = cells.iter().map(|cell| cell.detector.index()).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert!(ids.len() == count, "one detector twice for a cell");
    if let Ok(name) = std::str::from_utf8(text) {
        catalogue.names(name, name, &scrub::table::SqlType::TEXT);
    }
}
