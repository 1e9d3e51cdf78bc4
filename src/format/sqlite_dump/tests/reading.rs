//! Cutting dumps into events.

use super::*;

#[test]
fn every_cut_of_the_tricky_dump_gives_the_same_bytes() {
    for block_size in (1..200).chain([4096, 1 << 20]) {
        let (events, end) = events(reader(TRICKY.as_bytes(), block_size, true).unwrap().as_mut());
        end.unwrap();
        assert!(concatenated(&events) == TRICKY.as_bytes(), "blocks of {block_size}");
        rows(&events).into_iter().for_each(rewrites);
    }
    let slow = Dripping(Cursor::new(TRICKY.as_bytes().to_vec()));
    let mut reader = open(Input::new("t", slow), &ReaderOptions::default()).unwrap();
    assert!(concatenated(&events(reader.as_mut()).0) == TRICKY.as_bytes());
}

#[test]
fn rows_of_one_table_are_one_block() {
    let (events, _) = events(reader(TRICKY.as_bytes(), 1 << 20, true).unwrap().as_mut());
    let tables: Vec<(&str, u64)> = rows(&events)
        .iter()
        .map(|block| (block.head.table.table.as_str(), SqliteCodec.count(block)))
        .collect();
    assert_eq!(tables, [("Order Details", 5), ("t", 3), ("it's", 2), ("f_data", 1)]);
    let sequence = events.iter().find_map(|event| match event {
        Event::Sequence(set) => Some((set.sequence.table.clone(), set.value, set.digits.clone())),
        _ => None,
    });
    let (table, value, digits) = sequence.unwrap();
    assert_eq!((table.as_str(), value, digits.len()), ("Order Details", 5, 1));
}

#[test]
fn a_dump_that_is_cut_anywhere_is_an_error() {
    let commit = TRICKY.find("COMMIT;").unwrap() + "COMMIT;".len();
    for len in 0..TRICKY.len() {
        let result =
            reader(&TRICKY.as_bytes()[..len], 64, true).and_then(|mut reader| events(reader.as_mut()).1);
        assert_eq!(result.is_ok(), len >= commit, "cut at {len}");
    }
}

#[test]
fn dumps_without_a_transaction_need_the_users_word() {
    for text in ["INSERT INTO t VALUES(1);\n", "CREATE TABLE t(a);\n"] {
        assert!(events(reader(text.as_bytes(), 64, true).unwrap().as_mut()).1.is_err());
        events(reader(text.as_bytes(), 64, false).unwrap().as_mut()).1.unwrap();
    }
}

#[test]
fn a_dump_that_says_it_failed_is_an_error() {
    for text in [
        "BEGIN TRANSACTION;\nINSERT INTO t VALUES(1);\nROLLBACK; -- due to errors\n",
        "BEGIN TRANSACTION;\n/****** CORRUPTION ERROR *******/\nCOMMIT;\n",
        "BEGIN TRANSACTION;\n/**** ERROR: (11) database disk image is malformed *****/\nCOMMIT;\n",
    ] {
        let (_, end) = events(reader(text.as_bytes(), 64, true).unwrap().as_mut());
        assert!(end.unwrap_err().to_string().contains("met errors"), "{text}");
    }
}

#[test]
fn statistics_are_dropped_and_unknown_statements_end_the_run() {
    let dump = |statement: &str| format!("BEGIN TRANSACTION;\n{statement}\nCOMMIT;\n");
    let text = dump("INSERT INTO sqlite_stat4 VALUES('t','i','1','1','1',X'6a616e65');");
    let (list, end) = events(reader(text.as_bytes(), 64, true).unwrap().as_mut());
    end.unwrap();
    assert!(!String::from_utf8(concatenated(&list)).unwrap().contains("6a61"));
    for statement in
        ["UPDATE t SET a = 'jane';", ".shell x;", "# comment;", "SELECT 1;", "INSERT INTO t SELECT 'x';"]
    {
        let (_, end) = events(reader(dump(statement).as_bytes(), 64, true).unwrap().as_mut());
        let error = end.unwrap_err().to_string();
        assert!(error.contains("line 2") && !error.contains("jane"), "{error}");
        let options =
            ReaderOptions { drop_unparsed: true, format: Some("sqlite_dump"), ..Default::default() };
        let mut reader = open(Input::new("t", Cursor::new(dump(statement))), &options).unwrap();
        let (list, end) = events(reader.as_mut());
        end.unwrap();
        assert!(list.iter().any(|event| matches!(event, Event::Dropped { class: "unparsed" })));
    }
    let zero = dump("INSERT INTO t VALUES('a\0b');");
    assert!(events(reader(zero.as_bytes(), 64, true).unwrap().as_mut()).1.is_err());
}

#[test]
fn dumps_are_told_from_those_of_other_tools() {
    for (start, expected) in [
        ("PRAGMA foreign_keys=OFF;\n", true),
        ("\u{feff}BEGIN TRANSACTION;\n", true),
        ("INSERT INTO Album VALUES(1,'x');", true),
        ("CREATE TABLE [a] (b);", true),
        ("CREATE TABLE a (b INTEGER PRIMARY KEY AUTOINCREMENT);", true),
        ("CREATE TABLE public.a (b integer);", false),
        ("INSERT INTO public.a VALUES (1);", false),
        ("--\n-- PostgreSQL database dump\n--\nBEGIN;", false),
        ("-- MySQL dump\nINSERT INTO a VALUES(1);", false),
        ("{\"a\": 1}\n", false),
        ("a,b\n", false),
    ] {
        assert_eq!((super::super::FORMAT.sniff)(start.as_bytes()), expected, "{start}");
    }
}
