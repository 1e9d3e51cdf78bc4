//! The laws of the format, on small dumps that hold every trap, and on real ones when they are at hand.

mod cells;
mod corpora;
mod laws;
mod reading;

use std::io::{self, Cursor, Read};

use super::{Layout, MySqlCodec};
use crate::base::{ErrorKind, Result};
use crate::format::{Block, Cells, Codec, Event, Input, Mark, Reader, ReaderOptions, RowShape, open};
use crate::table::{Cell, ColumnBuilder};

/// A dump with the traps that a splitter falls into.
pub(super) const TRICKY: &str = concat!(
    "/*M!999999\\- enable the sandbox mode */ \n",
    "-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)\n--\n",
    "/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n/*!40101 SET NAMES utf8mb4 */;\n",
    "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;\n",
    "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `d ;b` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;\n\nUSE `d ;b`;\n",
    "DROP TABLE IF EXISTS `Müller T`;\n/*!50503 SET character_set_client = utf8mb4 */;\n",
    "CREATE TABLE `Müller T` (\n  `id` int(11) NOT NULL AUTO_INCREMENT,\n  `B c` varchar(40) DEFAULT 'a;\\'' COMMENT '-- /* ',\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4;\n",
    "LOCK TABLES `Müller T` WRITE;\n/*!40000 ALTER TABLE `Müller T` DISABLE KEYS */;\n",
    "INSERT INTO `Müller T` VALUES\n(1,'one\\ttab'),\n(2,NULL),\n(3,'),(4,\\'INSERT INTO `x` VALUES (1);'),\n(5,'\\\\'),\n(6,'it''s\\0\\Z\\%'),\n(-7,'é;--#/*');\n",
    "/*!40000 ALTER TABLE `Müller T` ENABLE KEYS */;\nUNLOCK TABLES;\n",
    "INSERT  IGNORE INTO `c` (`x`, `it's`, `z`) VALUES (1,0x41FF,_binary 'a\\0\\''),(2.5e-3,b'101',''),(-0.5,X'00',\"d\"\"q'\");\n",
    "REPLACE INTO `d`.`e` VALUES (1);\nREPLACE INTO `d`.`e` VALUES (2);\nREPLACE INTO `f` VALUES (DEFAULT);\n",
    "INSERT INTO `none` () VALUES (),();\n",
    "/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;\n/*!50003 SET sql_mode              = 'STRICT_TRANS_TABLES' */ ;\n",
    "DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `t` BEFORE INSERT ON `c` FOR EACH ROW BEGIN\n  INSERT INTO x VALUES (1); -- ;;\n  SET NEW.x = ';;';\nEND */;;\nDELIMITER ;\n",
    "/*!50003 SET sql_mode              = @saved_sql_mode */ ;\n",
    "/*!50001 DROP VIEW IF EXISTS `v`*/;\n/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */\n/*!50001 VIEW `v` AS select 1 AS `a` */;\n",
    "DO SETVAL(`s q`, 42, 0);\n# comment ; '\n/* another ; ` */\n",
    "/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;\n/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;\n\n",
    "-- Dump completed on 2026-11-22 18:57:27\n",
);

/// Gives one byte at a time.
struct Dripping<R>(R);

impl<R: Read> Read for Dripping<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = buffer.len().min(1);
        self.0.read(&mut buffer[..len])
    }
}

fn options(block_size: usize, trailer: bool) -> ReaderOptions {
    ReaderOptions { block_size, trailer, format: Some("mysqldump"), ..Default::default() }
}

fn reader(bytes: &[u8], block_size: usize, trailer: bool) -> Result<Box<dyn Reader>> {
    open(Input::new("t", Cursor::new(bytes.to_vec())), &options(block_size, trailer))
}

pub(super) fn bytes_of(event: &Event) -> &[u8] {
    match event {
        Event::Verbatim { bytes, .. } | Event::Ddl { bytes, .. } | Event::LargeObject(bytes) => bytes,
        Event::Rows(block) => &block.bytes,
        Event::Sequence(value) => &value.bytes,
        Event::Table { .. } | Event::Dropped { .. } => &[],
    }
}

/// All events up to the end or an error.
fn events(reader: &mut dyn Reader) -> (Vec<Event>, Result<()>) {
    let mut events = Vec::new();
    loop {
        match reader.next(b"what a buffer held before".to_vec()) {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return (events, Ok(())),
            Err(error) => return (events, Err(error)),
        }
    }
}

fn concatenated(events: &[Event]) -> Vec<u8> {
    events.iter().flat_map(|event| bytes_of(event).to_vec()).collect()
}

fn read(text: &str) -> (Vec<Event>, Result<()>) {
    match reader(text.as_bytes(), 1 << 16, true) {
        Ok(mut reader) => events(reader.as_mut()),
        Err(error) => (Vec::new(), Err(error)),
    }
}

/// A dump of one statement or more, with the marks around it.
fn dump(text: &str) -> String {
    format!("-- MySQL dump 10.13\n--\n{text}\n-- Dump completed on 2026-01-01  0:00:00\n")
}

fn rows(events: &[Event]) -> Vec<&Block> {
    events
        .iter()
        .filter_map(|event| if let Event::Rows(block) = event { Some(block) } else { None })
        .collect()
}

/// How many values the first row of a block has.
fn width(block: &Block) -> usize {
    match tokenized(block, 0) {
        Ok(_) => 0,
        Err(error) => match error.kind() {
            ErrorKind::ColumnCount { found, .. } => *found,
            _ => panic!("{error}"),
        },
    }
}

fn tokenized(block: &Block, columns: usize) -> Result<Cells> {
    let mut cells = Cells::default();
    let wanted: Vec<usize> = (0..columns).collect();
    MySqlCodec.tokenize(block, &RowShape::unnamed(columns, &wanted), &mut cells)?;
    Ok(cells)
}

/// The cells of all columns of a block, row by row; NULL is `None`.
fn cells(block: &Block, columns: usize) -> Result<Vec<Vec<Option<String>>>> {
    let cells = tokenized(block, columns)?;
    let text = |row, column| {
        cells.column(block, column).value(row).map(|value| String::from_utf8(value.to_vec()).unwrap())
    };
    Ok((0..cells.rows).map(|row| (0..columns).map(|column| text(row, column)).collect()).collect())
}

fn splice(
    block: &Block,
    columns: usize,
    new: impl Fn(usize, usize, Option<&[u8]>, &mut ColumnBuilder),
) -> Result<Vec<u8>> {
    let cells = tokenized(block, columns)?;
    let mut built: Vec<ColumnBuilder> = (0..columns).map(|_| ColumnBuilder::default()).collect();
    for (column, builder) in built.iter_mut().enumerate() {
        for row in 0..cells.rows {
            new(row, column, cells.column(block, column).value(row), builder);
        }
    }
    let built: Vec<Option<&ColumnBuilder>> = built.iter().map(Some).collect();
    let mut out = b"what a buffer held before".to_vec();
    MySqlCodec.splice(block, &cells, &built, &mut out)?;
    Ok(out)
}
