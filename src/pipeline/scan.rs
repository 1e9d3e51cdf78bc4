//! A scan: one pass over an input that says of every column what it holds.
//!
//! Each thread adds its blocks to a set of profiles that it takes from the table and puts back; at the end the sets are
//! merged. What comes out does not depend on threads, blocks or the order in which the sets were taken. With a sample,
//! the rows with the smallest hashes of their numbers are kept until the end, and only those are looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::copies;
use super::ordered::ordered;
use super::pool::Pool;
use super::scan_report::{ScanColumn, ScanTable};
use crate::base::{ErrorKind, Result};
use crate::detect::score::{ColumnContext, ColumnProfile, Profiler, is_about_persons, judge, value_hash};
use crate::detect::{Catalogue, Scope};
use crate::format::{Block, Cells, Codec, Event, Head, Reader, RowShape, SequenceValue};
use crate::plan::{DistinctCounter, Statistics, TableStatistics};
use crate::table::{ForeignKeyGraph, Schema, SchemaBuilder, SqlType, Table, TableName};

/// How an input is scanned.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ScanOptions {
    /// Threads. The result does not depend on it.
    pub threads: usize,
    /// Rows of each table that are looked at; all if there is no number.
    pub sample: Option<usize>,
    /// Countries or locales that the data is from; more are inferred from what is found.
    pub locales: Vec<String>,
    /// Ends the scan with [`ErrorKind::Cancelled`] once it is set.
    pub cancelled: Arc<AtomicBool>,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self { threads: 1, sample: None, locales: Vec::new(), cancelled: Arc::default() }
    }
}

/// What a scan found.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Scan {
    /// The verdicts, by table; columns in the table's order.
    pub tables: Vec<ScanTable>,
    /// What the input declares.
    pub schema: Schema,
    /// Rows and different values; no values.
    pub statistics: Statistics,
    /// Profiles of the columns that have rows.
    pub profiles: BTreeMap<(TableName, String), ColumnProfile>,
    /// Bytes of rows.
    pub bytes: u64,
}

impl Scan {
    /// Columns with an entity.
    pub fn findings(&self) -> usize {
        self.tables.iter().flat_map(|table| &table.columns).filter(|column| column.finding.is_found()).count()
    }
}

/// Reads an input to its end and judges its columns.
///
/// # Errors
/// Input that cannot be read; a scan that was cancelled.
pub fn scan(mut reader: Box<dyn Reader>, catalogue: &Catalogue, options: &ScanOptions) -> Result<Scan> {
    let codec = reader.codec();
    let scope = Scope::of(options.locales.iter().map(String::as_str));
    let mut source = Source::default();
    let pool = Pool::default();
    ordered(
        options.threads,
        || source.pull(reader.as_mut(), codec.as_ref(), &pool, options),
        || (Cells::default(), Profiler::new(catalogue, scope.clone())),
        |(cells, profiler), item: Item| {
            item.open.add(&item.block, item.first_row, codec.as_ref(), cells, profiler, options.sample)?;
            pool.put(item.block.bytes);
            Ok(())
        },
        |()| Ok(()),
    )?;
    let Source { schema, open, bytes, .. } = source;
    let mut profiler = Profiler::new(catalogue, scope);
    let mut scan = Scan { schema: schema.finish(), bytes, ..Scan::default() };
    for table in open {
        table.close(&mut scan, &mut profiler, options.sample);
    }
    verdicts(catalogue, &mut scan, options);
    Ok(scan)
}

struct Item {
    block: Block,
    open: Arc<Open>,
    /// Rows of the table before the block; counted only for samples.
    first_row: u64,
}

/// The reading side: events to blocks with the table that they belong to.
#[derive(Default)]
struct Source {
    schema: SchemaBuilder,
    /// The schema so far, until more DDL comes.
    finished: Option<Schema>,
    open: Vec<Arc<Open>>,
    rows: BTreeMap<TableName, u64>,
    bytes: u64,
}

impl Source {
    fn pull(
        &mut self,
        reader: &mut dyn Reader,
        codec: &dyn Codec,
        pool: &Pool,
        options: &ScanOptions,
    ) -> Result<Option<Item>> {
        loop {
            if options.cancelled.load(Ordering::Relaxed) {
                return Err(ErrorKind::Cancelled.into());
            }
            match reader.next(pool.take())? {
                None => return Ok(None),
                Some(
                    Event::Ddl { bytes, session }
                    | Event::Sequence(SequenceValue { bytes, ddl: Some(session), .. }),
                ) => {
                    self.schema.statement(&bytes, &session);
                    self.finished = None;
                    pool.put(bytes);
                }
                Some(Event::Table { name, table }) => {
                    self.schema.file(name, &table);
                    self.finished = None;
                }
                Some(Event::Rows(block)) => {
                    self.bytes += block.bytes.len() as u64;
                    let open = self.table(&block.head, codec);
                    let mut first_row = 0;
                    if options.sample.is_some() {
                        let rows = self.rows.entry(block.head.table.clone()).or_default();
                        first_row = *rows;
                        *rows += codec.count(&block);
                    }
                    return Ok(Some(Item { block, open, first_row }));
                }
                Some(Event::Verbatim { bytes, .. }) => pool.put(bytes),
                Some(_) => {}
            }
        }
    }

    fn table(&mut self, head: &Arc<Head>, codec: &dyn Codec) -> Arc<Open> {
        let same = |open: &&Arc<Open>| {
            Arc::ptr_eq(&open.head, head)
                || open.head.table == head.table && open.head.columns == head.columns
        };
        if let Some(known) = self.open.iter().rev().find(same) {
            return Arc::clone(known);
        }
        let schema = self.finished.get_or_insert_with(|| self.schema.clone().finish());
        let open = Arc::new(Open::new(head, schema.tables.get(&head.table), codec));
        self.open.push(Arc::clone(&open));
        open
    }
}

/// A table whose rows come in, with one list of columns.
struct Open {
    head: Arc<Head>,
    /// The columns that are looked at, in the order of the shape's wanted ones.
    columns: Vec<OpenColumn>,
    shape: RowShape,
    /// Profiles that no thread has at the moment.
    parts: Mutex<Vec<Part>>,
    /// Rows of the sample.
    sample: Mutex<Vec<SampledRow>>,
    /// The hash that a row must not be above to enter the sample.
    limit: AtomicU64,
}

struct OpenColumn {
    name: String,
    sql_type: SqlType,
    /// The level of arrays that its cells lie in; 0 has one in each row.
    level: usize,
}

/// Profiles of some of a table's rows.
struct Part {
    rows: u64,
    columns: Vec<ColumnProfile>,
}

/// A row of the sample: the hash of its number, and its cells with the columns that they are of.
struct SampledRow {
    hash: u64,
    cells: Vec<(usize, Option<Vec<u8>>)>,
}

impl Open {
    fn new(head: &Arc<Head>, declared: Option<&Table>, codec: &dyn Codec) -> Self {
        let names: Vec<String> = head.columns.clone().unwrap_or_else(|| {
            let columns = declared.into_iter().flat_map(|table| &table.columns);
            let carried = columns.filter(|column| !(column.generated && codec.omits_generated()));
            carried.map(|column| column.name.clone()).collect()
        });
        let definition = |name: &str| declared.and_then(|table| table.column(name));
        let type_of = |name: &str| definition(name).map_or(SqlType::TEXT, |column| column.sql_type.clone());
        // The row's own number is no column.
        let is_column = |name: &str| definition(name).is_some() || !codec.is_row_number(name);
        let wanted: Vec<usize> = (0..names.len()).filter(|at| is_column(&names[*at])).collect();
        let shape = if codec.is_nested() {
            let whole = names.iter().map(|name| has_parts(&type_of(name))).collect();
            RowShape::nested(names, wanted, whole)
        } else {
            let mut shape = RowShape::new(names, wanted);
            shape.binary =
                (0..shape.columns.len()).filter(|at| type_of(&shape.columns[*at]).is_bytes()).collect();
            shape
        };
        let columns = shape.wanted.iter().map(|at| {
            let name = shape.columns[*at].clone();
            let level = shape.levels.get(*at).map_or(0, |level| *level as usize);
            OpenColumn { sql_type: type_of(&name), name, level }
        });
        Self {
            head: Arc::clone(head),
            columns: columns.collect(),
            shape,
            parts: Mutex::default(),
            sample: Mutex::default(),
            limit: AtomicU64::new(u64::MAX),
        }
    }

    fn add(
        &self,
        block: &Block,
        first_row: u64,
        codec: &dyn Codec,
        cells: &mut Cells,
        profiler: &mut Profiler<'_>,
        sample: Option<usize>,
    ) -> Result<()> {
        let mut part = lock(&self.parts).pop().unwrap_or_else(|| self.part());
        if self.columns.is_empty() {
            part.rows += codec.count(block);
        } else {
            codec.tokenize(block, &self.shape, cells)?;
            part.rows += cells.rows as u64;
            match sample {
                Some(wanted) => self.sample(block, first_row, cells, wanted),
                None => {
                    for (index, column) in self.columns.iter().enumerate() {
                        for value in cells.column(block, index).iter() {
                            profiler.add(&mut part.columns[index], &column.sql_type, value);
                        }
                    }
                }
            }
        }
        lock(&self.parts).push(part);
        Ok(())
    }

    fn part(&self) -> Part {
        Part { rows: 0, columns: vec![ColumnProfile::default(); self.columns.len()] }
    }

    fn sample(&self, block: &Block, first_row: u64, cells: &Cells, wanted: usize) {
        let limit = self.limit.load(Ordering::Relaxed);
        let chosen = (0..cells.rows).filter_map(|row| {
            let hash = value_hash(&(first_row + row as u64).to_le_bytes());
            (hash <= limit).then_some((row, hash))
        });
        let mut rows: Vec<(usize, SampledRow)> =
            chosen.map(|(row, hash)| (row, SampledRow { hash, cells: Vec::new() })).collect();
        for (index, of) in self.columns.iter().enumerate() {
            let column = cells.column(block, index);
            let value = |at: usize| (index, column.value(at).map(<[u8]>::to_vec));
            let Some(array) = of.level.checked_sub(1) else {
                for (row, sampled) in &mut rows {
                    sampled.cells.push(value(*row));
                }
                continue;
            };
            for (entry, row) in cells.rows_of[array].iter().enumerate() {
                if let Ok(at) = rows.binary_search_by_key(&(*row as usize), |(row, _)| *row) {
                    rows[at].1.cells.push(value(entry));
                }
            }
        }
        let mut sample = lock(&self.sample);
        sample.extend(rows.into_iter().map(|(_, sampled)| sampled));
        if sample.len() > 2 * wanted {
            self.trim(&mut sample, wanted);
        }
    }

    /// Leaves the `wanted` rows with the smallest hashes.
    fn trim(&self, sample: &mut Vec<SampledRow>, wanted: usize) {
        sample.sort_unstable_by_key(|row| row.hash);
        sample.truncate(wanted);
        if let Some(last) = sample.last().filter(|_| sample.len() == wanted) {
            self.limit.store(last.hash, Ordering::Relaxed);
        }
    }

    /// Merges the parts into the scan.
    fn close(&self, scan: &mut Scan, profiler: &mut Profiler<'_>, sample: Option<usize>) {
        let mut whole = self.part();
        for part in lock(&self.parts).drain(..) {
            whole.rows += part.rows;
            for (column, profile) in whole.columns.iter_mut().zip(part.columns) {
                column.merge(profile);
            }
        }
        if let Some(wanted) = sample {
            let mut rows = lock(&self.sample);
            self.trim(&mut rows, wanted);
            for (index, value) in rows.drain(..).flat_map(|row| row.cells) {
                profiler.add(&mut whole.columns[index], &self.columns[index].sql_type, value.as_deref());
            }
        }
        let counts: &mut TableStatistics = scan.statistics.tables.entry(self.head.table.clone()).or_default();
        counts.rows += whole.rows;
        for (column, profile) in self.columns.iter().zip(whole.columns) {
            if sample.is_none() {
                let known = counts.distinct.entry(column.name.clone()).or_default();
                let seen = profile.distinct() + u64::from(profile.empty() > 0);
                *known = (*known).max(seen.min(DistinctCounter::LIMIT.into()) as u32);
            }
            let key = (self.head.table.clone(), column.name.clone());
            scan.profiles.entry(key).or_default().merge(profile);
        }
    }
}

/// Judges all columns, twice: what the first time shows of countries, and of tables that are about persons, counts the
/// second time.
fn verdicts(catalogue: &Catalogue, scan: &mut Scan, options: &ScanOptions) {
    let names: BTreeSet<TableName> =
        scan.schema.tables.keys().chain(scan.statistics.tables.keys()).cloned().collect();
    let graph = ForeignKeyGraph::new(&scan.schema);
    let given = Scope::of(options.locales.iter().map(String::as_str));
    let first: Vec<ScanTable> =
        names.iter().map(|name| judged(catalogue, scan, &graph, name, &given, false)).collect();
    let mut countries: BTreeSet<String> = BTreeSet::new();
    for column in first.iter().flat_map(|table| &table.columns) {
        let detector = column.finding.entity.as_deref().and_then(|entity| catalogue.entity(entity));
        if let Some((_, detector)) = detector.filter(|_| column.finding.confidence >= 0.9) {
            // Several countries share a number's form: it points to none of them.
            if let [country] = detector.countries.as_slice() {
                countries.insert(country.clone());
            }
        }
    }
    let all = options.locales.iter().map(String::as_str).chain(countries.iter().map(String::as_str));
    let scope = Scope::of(all);
    let tables = first.iter().map(|table| {
        let about_persons = is_about_persons(table.columns.iter().map(|column| &column.finding));
        judged(catalogue, scan, &graph, &table.name, &scope, about_persons)
    });
    scan.tables = tables.collect();
    copies::find(catalogue, scan);
}

fn judged(
    catalogue: &Catalogue,
    scan: &Scan,
    graph: &ForeignKeyGraph,
    name: &TableName,
    scope: &Scope,
    about_persons: bool,
) -> ScanTable {
    let declared = scan.schema.tables.get(name);
    let mut columns: Vec<(String, SqlType)> = declared.map_or_else(Vec::new, |table| {
        table.columns.iter().map(|column| (column.name.clone(), column.sql_type.clone())).collect()
    });
    // What the input does not declare, and has values: an object that was NULL in the first rows of a file is no column.
    for ((_, column), profile) in scan.profiles.iter().filter(|((table, _), _)| table == name) {
        let has_values = declared.is_none() || profile.values() > 0;
        if has_values && !columns.iter().any(|(known, _)| known == column) {
            columns.push((column.clone(), SqlType::TEXT));
        }
    }
    let columns = columns.into_iter().map(|(column, sql_type)| {
        let profile = scan.profiles.get(&(name.clone(), column.clone()));
        let surrogate = declared.is_some_and(|table| is_surrogate(&scan.schema, graph, name, table, &column));
        let context = ColumnContext {
            table: &name.table,
            column: &column,
            sql_type: &sql_type,
            surrogate,
            about_persons,
            scope,
        };
        let finding = judge(catalogue, &context, profile);
        ScanColumn { name: column, sql_type, finding }
    });
    ScanTable {
        name: name.clone(),
        rows: scan.statistics.tables.get(name).map_or(0, |table| table.rows),
        columns: columns.collect(),
    }
}

/// Whether a column holds numbers that the database gave: the key of its table, or of a table that it references.
pub(super) fn is_surrogate(
    schema: &Schema,
    graph: &ForeignKeyGraph,
    name: &TableName,
    table: &Table,
    column: &str,
) -> bool {
    let (root, key) = graph.root(name, column);
    let owner = schema.tables.get(&root).unwrap_or(table);
    let Some(definition) = owner.column(&key) else { return false };
    let alone = owner.primary_key.as_deref().is_some_and(|columns| columns == [key.clone()]);
    let given = definition.identity
        || definition.default.as_deref().is_some_and(|default| default.contains("nextval"))
        || schema.sequences.values().any(|owner| owner.table == root && owner.column == key);
    match definition.sql_type.base() {
        SqlType::Integer { .. } | SqlType::Unsigned { .. } => given || alone,
        _ => false,
    }
}

/// Whether an object or array may stand for a value of the type.
pub(super) fn has_parts(sql_type: &SqlType) -> bool {
    matches!(
        sql_type.base(),
        SqlType::Json | SqlType::Array(_) | SqlType::Hstore | SqlType::Range(_) | SqlType::Other(_)
    )
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
