//! What we take collations for, held against what the server does with them.

use scrub::base::Equality;
use scrub::table::Collation;

use crate::support::mariadb::mariadb;

/// Letters that differ in an accent.
const ACCENTS: [(&str, &str); 6] = [("e", "é"), ("n", "ñ"), ("o", "ö"), ("a", "å"), ("c", "č"), ("u", "ü")];

#[test]
fn every_collation_of_the_server_is_what_we_take_it_for() {
    let Some(server) = mariadb() else { return };
    let list = server.query(
        "",
        "SELECT full_collation_name, character_set_name FROM information_schema.collation_character_set_applicability \
         WHERE character_set_name <> 'binary' ORDER BY 1",
    );
    let collations: Vec<(&str, &str)> = list.lines().filter_map(|line| line.split_once('\t')).collect();
    assert!(collations.len() > 300, "{}", collations.len());
    let probes = collations.iter().map(|(collation, charset)| {
        let text = |letter: &str| format!("CONVERT(_utf8mb4'{letter}' USING {charset}) COLLATE {collation}");
        // What a character set lacks becomes a question mark, which equals no letter.
        let accents = ACCENTS.map(|(plain, accented)| format!("{} = {}", text(plain), text(accented)));
        format!("SELECT {} = {}, ({}) > 0;", text("a"), text("A"), accents.join(") + ("))
    });
    let answers = server.query("", &probes.collect::<Vec<_>>().join("\n"));
    assert_eq!(answers.lines().count(), collations.len());
    for (answer, (name, charset)) in answers.lines().zip(collations) {
        let expected = match answer {
            "0\t0" => Some(Equality::Exact),
            "1\t0" => Some(Equality::CaseInsensitive),
            "1\t1" => Some(Equality::CaseAccentInsensitive),
            "0\t1" => None,
            other => panic!("{name}: {other}"),
        };
        let found = Collation::of(name).unwrap_or_else(|| panic!("{name} is not known"));
        assert_eq!((found.charset, found.equality), (charset, expected), "{name}");
    }
}
