//! Real dumps, when they are at hand.

use std::path::Path;

use super::*;

#[test]
fn real_dumps_come_back_byte_for_byte() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/corpora");
    let corpora =
        std::env::var_os("SCRUB_SHARED").map_or(corpora, |dir| Path::new(&dir).join("data/corpora"));
    let mut dumps = 0;
    for folder in ["sqlite_chinook", "sqlite_northwind"] {
        let Ok(files) = std::fs::read_dir(corpora.join(folder)) else { continue };
        for path in
            files.map(|file| file.unwrap().path()).filter(|path| path.to_string_lossy().ends_with(".sql.zst"))
        {
            let original = zstd::decode_all(std::fs::File::open(&path).unwrap()).unwrap();
            let trailer = !path.to_string_lossy().contains("dataonly");
            for block_size in [700, 4 << 10, 256 << 10] {
                let options = ReaderOptions { block_size, trailer, ..Default::default() };
                let mut reader = open(Input::path(&path), &options).unwrap();
                let (events, end) = events(reader.as_mut());
                end.unwrap();
                assert!(concatenated(&events) == original, "{}", path.display());
                assert!(rows(&events).len() > 10, "{}", path.display());
                rows(&events).into_iter().for_each(rewrites);
            }
            dumps += 1;
        }
    }
    if dumps == 0 {
        // Said in the test's own output, for whoever runs it.
        io::Write::write_all(&mut io::stderr(), b"SKIPPED: no corpora beside the checkout\n").unwrap();
    }
}
