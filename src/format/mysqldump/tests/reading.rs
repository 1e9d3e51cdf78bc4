//! Events: what a dump is cut into, and what ends the run.

use super::*;

#[test]
fn events_join_to_the_input_at_any_block_size_and_any_read_size() {
    for block_size in (1..64).chain([1 << 18]) {
        let options = options(block_size, true);
        for input in [Input::new("t", Cursor::new(TRICKY)), Input::new("t", Dripping(Cursor::new(TRICKY)))] {
            let mut reader = open(input, &options).unwrap();
            let (events, end) = events(reader.as_mut());
            end.unwrap();
            assert_eq!(String::from_utf8(concatenated(&events)).unwrap(), TRICKY, "{block_size}");
            let marks: Vec<_> = events
                .iter()
                .filter_map(|event| {
                    if let Event::Verbatim { mark: Some(mark), .. } = event { Some(mark) } else { None }
                })
                .collect();
            assert_eq!(marks, [&Mark::Delimiter(";;".into()), &Mark::Delimiter(";".into())]);
        }
    }
}

#[test]
fn a_dump_cut_anywhere_is_an_error_and_what_was_read_is_its_beginning() {
    for len in 0..TRICKY.len() {
        let bytes = &TRICKY.as_bytes()[..len];
        for block_size in [7, 1 << 16] {
            let Ok(mut reader) = reader(bytes, block_size, true) else { continue };
            let (events, result) = events(reader.as_mut());
            assert!(result.is_err(), "cut at {len}");
            assert!(bytes.starts_with(&concatenated(&events)), "cut at {len}");
        }
    }
}

#[test]
fn a_long_statement_is_cut_between_rows() {
    let row = "(12345,'),(\\'x\\\\'),\n";
    let text = dump(&format!("INSERT INTO `t` VALUES\n{}(1,'last');", row.repeat(50_000)));
    let mut reader = reader(text.as_bytes(), 4096, true).unwrap();
    let (events, end) = events(reader.as_mut());
    end.unwrap();
    let blocks = rows(&events);
    assert!(blocks.len() > 200);
    assert!(blocks.iter().all(|block| block.bytes.len() <= 4096));
    assert!(blocks.iter().all(|block| std::sync::Arc::ptr_eq(&block.head, &blocks[0].head)));
    let rows: usize = blocks.iter().map(|block| cells(block, 2).unwrap().len()).sum();
    assert_eq!(rows, 50_001);
    assert_eq!(blocks.iter().map(|block| MySqlCodec.count(block)).sum::<u64>(), 50_001);
    for block in blocks {
        let start = usize::try_from(block.byte).unwrap();
        assert!(text.as_bytes()[start..].starts_with(&block.bytes));
        assert_eq!(text[..start].matches('\n').count() as u64 + 1, block.line);
    }
}

#[test]
fn statements_that_are_not_on_the_list_end_the_run_or_are_dropped() {
    for statement in [
        "CALL p();",
        "INSERT INTO t SELECT 'x';",
        "INSERT INTO t SET a = 'x';",
        "DELETE FROM t;",
        "LOAD DATA INFILE 'x' INTO TABLE t;",
        "SET @a = (SELECT 1);",
    ] {
        let text = dump(&format!("SET a = 1;\n{statement}\n"));
        let error = read(&text).1.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Statement { .. }), "{error}");
        assert_eq!(error.position().line, Some(4));
        let options = ReaderOptions { drop_unparsed: true, ..Default::default() };
        let mut reader = open(Input::new("t", Cursor::new(text.clone())), &options).unwrap();
        let (events, end) = events(reader.as_mut());
        end.unwrap();
        assert_eq!(String::from_utf8(concatenated(&events)).unwrap(), text.replace(statement, ""));
    }
}

#[test]
fn what_cannot_be_dropped_always_ends_the_run() {
    let options = ReaderOptions { drop_unparsed: true, ..Default::default() };
    for statement in [
        "\\! ls",
        "SET a = 1 \\! ls\n;",
        "/*!999999\\! ls */;",
        "SET NAMES gbk;",
        "DELIMITER x\n",
        "DELIMITER ;;\n",
        "SET a \0;",
        "/*!40101 SET a; */;",
        "INSERT INTO t VALUES (\"a\", \\g);",
    ] {
        let text = dump(&format!("{statement}\n"));
        let mut reader = open(Input::new("t", Cursor::new(text)), &options).unwrap();
        assert!(events(reader.as_mut()).1.is_err(), "{statement}");
    }
}

#[test]
fn secrets_and_statistics_leave_the_dump_and_are_counted() {
    let text = dump(
        "CREATE USER a IDENTIFIED BY 'CANARY';\nGRANT ALL ON *.* TO a IDENTIFIED BY PASSWORD 'CANARY';\n\
         CHANGE MASTER TO MASTER_PASSWORD='CANARY';\nUSE `mysql`;\nINSERT INTO `column_stats` VALUES ('d','CANARY');\n\
         REPLACE INTO mysql.global_priv VALUES ('CANARY'),('x;');\nINSERT INTO `help_topic` VALUES (1);\n\
         CREATE TABLE f (a int) ENGINE=FEDERATED CONNECTION='CANARY';\n",
    );
    let (events, end) = read(&text);
    end.unwrap();
    assert!(!String::from_utf8(concatenated(&events)).unwrap().contains("CANARY"));
    let dropped: Vec<_> = events
        .iter()
        .filter_map(|event| if let Event::Dropped { class } = event { Some(*class) } else { None })
        .collect();
    assert_eq!(dropped, ["account", "account", "replication", "statistics", "account", "connection"]);
    assert_eq!(rows(&events).len(), 1);
}

#[test]
fn the_session_gives_tables_their_database_and_encoding() {
    let text = dump(
        "INSERT INTO `t` VALUES (1);\nUSE `a`;\nSET NAMES latin1;\nINSERT INTO `t` VALUES (1);\nINSERT INTO `b`.`t` \
         VALUES (1);\nSET character_set_client = utf8mb4;\nCREATE TABLE `x` (`a` int);\n",
    );
    let (events, end) = read(&text);
    end.unwrap();
    let heads: Vec<_> =
        rows(&events).iter().map(|block| (block.head.table.to_string(), block.head.encoding)).collect();
    assert_eq!(
        heads,
        [
            ("t".to_owned(), encoding_rs::UTF_8),
            ("a/t".to_owned(), encoding_rs::WINDOWS_1252),
            ("b/t".to_owned(), encoding_rs::WINDOWS_1252),
        ]
    );
    let session = events
        .iter()
        .find_map(|event| if let Event::Ddl { session, .. } = event { Some(session) } else { None })
        .unwrap();
    assert_eq!(session.database.as_deref(), Some("a"));
    assert_eq!((session.encoding, session.dialect), (encoding_rs::UTF_8, crate::table::Dialect::MySql));
}

#[test]
fn counters_come_with_their_table_and_column() {
    let (events, _) = read(TRICKY);
    let counters: Vec<_> = events
        .iter()
        .filter_map(|event| if let Event::Sequence(value) = event { Some(value) } else { None })
        .map(|value| (value.sequence.to_string(), value.column.as_deref(), value.value, value.ddl.is_some()))
        .collect();
    let expected =
        [("d ;b/Müller T".to_owned(), Some("id"), 7, true), ("d ;b/s q".to_owned(), None, 42, false)];
    assert_eq!(counters, expected);
}

#[test]
fn the_completion_mark_must_be_there_and_count() {
    assert!(read("-- MySQL dump 10.13\nSET a = 1;\n").1.is_err());
    assert!(read(&(dump("") + &dump(""))).1.is_ok());
    assert!(read(&(dump("") + "-- MySQL dump 10.13\nSET a = 1;\n")).1.is_err());
    assert!(read("SET a = '\n-- Dump completed\n';").1.is_err());
    assert!(read("SET a = 1;\n-- Dump completed").1.is_err());
    let mut without = reader(b"SET a = 1;\n", 99, false).unwrap();
    assert!(events(without.as_mut()).1.is_ok());
}

#[test]
fn dumps_are_recognised_and_told_from_others() {
    for text in [
        TRICKY,
        "-- MySQL dump 10.13  Distrib 8.0.36\n",
        "/*!40101 SET NAMES utf8 */;\n",
        "\n# a comment\n\nDROP TABLE IF EXISTS `t`;\n",
        "INSERT INTO `t` VALUES (1);\n",
        "LOCK TABLES t WRITE;\n",
        "-- phpMyAdmin SQL Dump\n-- version 5.2.1\n\nSET SQL_MODE = \"NO_AUTO_VALUE_ON_ZERO\";\n",
    ] {
        assert!(super::super::sniff(text.as_bytes()), "{text}");
        // No other format takes it first.
        let options = ReaderOptions { trailer: false, ..Default::default() };
        let mut reader = open(Input::new("t", Cursor::new(text)), &options).unwrap();
        assert!(events(reader.as_mut()).1.is_ok(), "{text}");
    }
    for text in [
        "--\n-- PostgreSQL database dump\n--\n",
        "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n",
        "CREATE TABLE \"t\" (a int);",
        "INSERT INTO t VALUES (1);",
        "id,name\n1,x\n",
        "{\"a\": 1}\n",
        "SET client_encoding = 'UTF8';",
        "",
    ] {
        assert!(!super::super::sniff(text.as_bytes()), "{text}");
    }
}

#[test]
fn a_byte_order_mark_passes() {
    let text = format!("\u{feff}{}", dump("SET a = 1;"));
    let (events, end) = read(&text);
    end.unwrap();
    assert_eq!(String::from_utf8(concatenated(&events)).unwrap(), text);
}
