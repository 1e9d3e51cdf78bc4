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
                assert!(!rows(&events).is_empty(), "{name}");
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

#[test]
fn text_files_of_tab_come_back_byte_for_byte() {
    let mut files = 0;
    for (folder, name) in [("my_sakila", "sakila"), ("my_civi_wikimedia", "civi_wikimedia")] {
        let Ok(archive) = std::fs::File::open(corpora().join(folder).join(format!("{name}.tab.tar.zst")))
        else {
            continue;
        };
        let dir = tempfile::tempdir().unwrap();
        let entries = unpacked(&zstd::decode_all(archive).unwrap());
        for (file, bytes) in &entries {
            std::fs::write(dir.path().join(file), bytes).unwrap();
        }
        for (file, original) in entries.iter().filter(|(file, _)| file.strip_suffix(".txt").is_some()) {
            for block_size in [1 << 10, 256 << 10] {
                let options = ReaderOptions { block_size, ..Default::default() };
                let mut reader = open(Input::path(dir.path().join(file)), &options).unwrap();
                let (events, end) = events(reader.as_mut());
                end.unwrap_or_else(|error| panic!("{error}"));
                assert!(concatenated(&events) == *original, "{file}");
                for block in rows(&events) {
                    assert_eq!(Some(block.head.table.table.as_str()), file.strip_suffix(".txt"));
                    rewrite(reader.codec().as_ref(), block);
                }
            }
            files += 1;
        }
    }
    if files == 0 {
        io::Write::write_all(&mut io::stderr(), b"SKIPPED: no corpora beside the checkout\n").unwrap();
    }
}

/// Every value, written again, is written as it was.
fn rewrite(codec: &dyn Codec, block: &Block) {
    let mut cells = Cells::default();
    let columns = match codec.tokenize(block, &RowShape::unnamed(0, &[]), &mut cells) {
        Err(error) => match error.kind() {
            ErrorKind::ColumnCount { found, .. } => *found,
            _ => panic!("{error}"),
        },
        Ok(()) => panic!("a row without cells"),
    };
    let wanted: Vec<usize> = (0..columns).collect();
    codec.tokenize(block, &RowShape::unnamed(columns, &wanted), &mut cells).unwrap();
    assert_eq!(cells.rows as u64, codec.count(block));
    let mut built: Vec<ColumnBuilder> = wanted.iter().map(|_| ColumnBuilder::default()).collect();
    for (column, built) in built.iter_mut().enumerate() {
        for value in cells.column(block, column).iter() {
            match value {
                Some(value) => built.value(value),
                None => built.null(),
            }
        }
    }
    let built: Vec<Option<&ColumnBuilder>> = built.iter().map(Some).collect();
    let mut out = Vec::new();
    codec.splice(block, &cells, &built, &mut out).unwrap();
    assert!(out == block.bytes);
}

/// The files of a tar archive, by their last names.
fn unpacked(mut archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    while archive.first().is_some_and(|first| *first != 0) {
        let text = |range: std::ops::Range<usize>| {
            let field = archive[range].split(|byte| *byte == 0).next().unwrap();
            String::from_utf8(field.to_vec()).unwrap()
        };
        let size = usize::from_str_radix(text(124..136).trim(), 8).unwrap();
        let name = text(0..100);
        if archive[156] == b'0' {
            let name = name.rsplit('/').next().unwrap().to_owned();
            files.push((name, archive[512..512 + size].to_vec()));
        }
        archive = &archive[512 + size.next_multiple_of(512)..];
    }
    files
}
