//! Real dumps, when they are at hand.

use std::path::{Path, PathBuf};

use super::*;

/// Where the sample databases are, if they are anywhere.
fn corpora() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    std::env::var_os("SCRUB_SHARED").map_or(beside, PathBuf::from).join("data/corpora")
}

#[test]
fn real_dumps_come_back_byte_for_byte() {
    let corpora = corpora();
    let mut dumps = 0;
    for folder in ["my_sakila", "my_employee", "my_civi_wikimedia"] {
        let Ok(files) = std::fs::read_dir(corpora.join(folder)) else { continue };
        for path in
            files.map(|file| file.unwrap().path()).filter(|path| path.to_string_lossy().ends_with(".sql.zst"))
        {
            let original = zstd::decode_all(std::fs::File::open(&path).unwrap()).unwrap();
            // Those that were made without comments have no trailer.
            let name = path.to_string_lossy();
            let trailer = !name.contains("compact") && !name.contains("insertignore");
            for block_size in [4 << 10, 256 << 10] {
                let options = ReaderOptions { block_size, trailer, ..Default::default() };
                let mut reader = open(Input::path(&path), &options).unwrap();
                let (events, end) = events(reader.as_mut());
                end.unwrap_or_else(|error| panic!("{error}"));
                assert!(concatenated(&events) == original, "{name}");
                assert!(rows(&events).len() > 10, "{name}");
                for block in rows(&events) {
                    let columns = width(block);
                    assert!(splice(block, columns, |_, _, _, built| built.keep()).unwrap() == block.bytes);
                    // Every value, written again, reads as the same value.
                    let again = splice(block, columns, |_, _, value, built| match value {
                        Some(value) => built.value(value),
                        None => built.keep(),
                    });
                    let again = Block { head: block.head.clone(), bytes: again.unwrap(), ..*block };
                    assert!(again.bytes == block.bytes, "the tools' own escapes are written");
                    assert!(cells(&again, columns).unwrap() == cells(block, columns).unwrap());
                }
            }
            dumps += 1;
        }
    }
    if dumps == 0 {
        // Said in the test's own output, for whoever runs it.
        io::Write::write_all(&mut io::stderr(), b"SKIPPED: no corpora beside the checkout\n").unwrap();
    }
}
