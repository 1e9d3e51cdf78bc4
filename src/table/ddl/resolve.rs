//! The last step: types get their meaning, children their parents' columns, foreign keys their targets.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::SchemaBuilder;
use super::draft::{ColumnDraft, Expression, TableDraft, UsingIndex};
use super::sql_type::Types;
use crate::table::{Check, ColumnDef, DomainType, Schema, Table, TableName, Unique};

/// Columns and checks that children get from their parents, in all. A chain of many tables that all inherit would
/// otherwise grow with the square of the input.
const INHERITED_LIMIT: usize = 1 << 19;

/// Everything that the builder read.
pub(super) fn schema(builder: SchemaBuilder) -> Schema {
    let SchemaBuilder { tables: mut drafts, mysql, whole, part, types, sequences, warnings } = builder;
    let mut schema = Schema { sequences, warnings, part: part && drafts.is_empty(), ..Schema::default() };
    let mut resolver = Resolver {
        types: &types,
        tables: BTreeMap::new(),
        private_checks: BTreeSet::new(),
        left: INHERITED_LIMIT,
    };
    for name in parents_first(&drafts) {
        if let Some(draft) = drafts.remove(&name) {
            let complete = resolver.add(&name, draft);
            if !complete {
                schema.warnings.push(format!("CREATE TABLE {name} names columns that are not known"));
            }
        }
    }
    schema.tables = resolver.tables;
    schema.tables.extend(whole);
    // Attributes of composite types were kept among the tables, under names without a table.
    schema.tables.retain(|name, _| !name.table.is_empty());
    super::sqlite::match_names(&mut schema);
    let mut of_mysql = Schema::default();
    mysql.finish(&mut of_mysql);
    schema.tables.append(&mut of_mysql.tables);
    complete_foreign_keys(&mut schema);
    for (name, domain) in &types.domains {
        let mut entry = DomainType::new(types.resolve(&domain.base));
        entry.not_null = domain.not_null;
        entry.checks.clone_from(&domain.checks);
        schema.domains.insert(name.clone(), entry);
    }
    schema.enums = types.enums;
    schema.enums.append(&mut of_mysql.enums);
    schema
}

/// All tables, each after those that it takes something from; a table that inherits from itself comes somewhere.
fn parents_first(drafts: &BTreeMap<TableName, TableDraft>) -> Vec<TableName> {
    let mut order = Vec::with_capacity(drafts.len());
    let mut seen = BTreeSet::new();
    for start in drafts.keys() {
        let mut path = vec![(start, false)];
        while let Some((name, parents_done)) = path.pop() {
            if parents_done {
                order.push(name.clone());
                continue;
            }
            let Some(draft) = drafts.get(name).filter(|_| seen.insert(name)) else { continue };
            path.push((name, true));
            path.extend(parents(draft).map(|parent| (parent, false)));
        }
    }
    order
}

fn parents(draft: &TableDraft) -> impl Iterator<Item = &TableName> {
    let like = draft.like.iter().map(|(_, other)| other);
    let partition = draft.partition_of.iter().map(|partition| &partition.parent);
    draft.columns_from.iter().chain(like).chain(partition).chain(&draft.inherits)
}

/// Resolves tables one after the other, parents first.
struct Resolver<'a> {
    types: &'a Types,
    tables: BTreeMap<TableName, Table>,
    /// Checks, by position, that children do not have.
    private_checks: BTreeSet<(TableName, usize)>,
    left: usize,
}

impl Resolver<'_> {
    /// Resolves a table whose parents are resolved. Returns whether all its columns are known.
    fn add(&mut self, name: &TableName, mut draft: TableDraft) -> bool {
        use_indexes(&mut draft);
        let mut columns = Columns::default();
        let mut complete = self.inherit_columns(&draft, &mut columns);
        complete &= self.own_columns(&draft, &mut columns);
        for column in draft.primary_key.iter().flatten() {
            columns.with(column, |column| column.not_null = true);
        }
        let mut table = Table {
            primary_key: draft.primary_key.take(),
            checks: draft.checks.iter().map(|check| columns.check(check)).collect(),
            expressions: draft.expressions.iter().map(|expression| columns.check(expression)).collect(),
            partition_by: draft.partition_key(|element| columns.named(element)),
            unique: draft.unique,
            foreign_keys: draft.foreign_keys,
            partition_of: draft.partition_of,
            inherits: draft.inherits,
            columns: columns.list,
        };
        for (at, check) in draft.checks.iter().enumerate() {
            if !check.inherited {
                self.private_checks.insert((name.clone(), at));
            }
        }
        self.inherit_constraints(&mut table);
        self.tables.insert(name.clone(), table);
        complete
    }

    /// The columns that come before a table's own. Returns whether all are known.
    fn inherit_columns(&mut self, draft: &TableDraft, columns: &mut Columns) -> bool {
        let mut complete = true;
        for parent in &draft.columns_from {
            complete &= self.copy_columns(parent, draft.partition_of.is_some(), columns);
        }
        complete
    }

    fn own_columns(&mut self, draft: &TableDraft, columns: &mut Columns) -> bool {
        let mut complete = true;
        let mut like = draft.like.iter().peekable();
        for (at, own) in draft.columns().iter().enumerate() {
            while let Some((_, other)) = like.next_if(|&&(before, _)| before <= at) {
                complete &= self.copy_columns(other, false, columns);
            }
            complete &= self.own_column(own, columns);
        }
        for (_, other) in like {
            complete &= self.copy_columns(other, false, columns);
        }
        complete
    }

    fn own_column(&self, own: &ColumnDraft, columns: &mut Columns) -> bool {
        let mut column = own.column.clone();
        if let Some(written) = &own.written {
            column.sql_type = self.types.resolve(written);
        }
        let change = column.clone();
        let merged = columns.with(&own.column.name, |inherited| {
            if own.written.is_some() {
                inherited.sql_type = change.sql_type;
            }
            inherited.not_null |= change.not_null;
            inherited.generated |= change.generated;
            inherited.identity |= change.identity;
            inherited.default = change.default.or_else(|| inherited.default.take());
            inherited.collation = change.collation.or_else(|| inherited.collation.take());
        });
        if !merged && own.written.is_some() {
            columns.push(column);
        }
        merged || own.written.is_some()
    }

    /// Adds the columns of another table. Identities are the other's own, except in a partition.
    fn copy_columns(&mut self, from: &TableName, partition: bool, columns: &mut Columns) -> bool {
        let Some(parent) = self.tables.get(from) else { return false };
        let cost = parent.columns.iter().map(|column| weight(column.default.as_ref())).sum::<usize>();
        if cost > self.left {
            return false;
        }
        self.left -= cost;
        for column in &parent.columns {
            if !columns.with(&column.name, |own| own.not_null |= column.not_null) {
                columns.push(ColumnDef { identity: column.identity && partition, ..column.clone() });
            }
        }
        true
    }

    /// Checks hold in children, keys in partitions, though a dump need not repeat them there.
    fn inherit_constraints(&mut self, table: &mut Table) {
        let partition = table.partition_of.iter().map(|partition| (true, partition.parent.clone()));
        let parents: Vec<_> =
            partition.chain(table.inherits.iter().map(|name| (false, name.clone()))).collect();
        if parents.is_empty() {
            return;
        }
        let mut checks: HashSet<String> = table.checks.iter().map(|check| check.expression.clone()).collect();
        let mut keys: HashSet<Vec<String>> = table.unique.iter().map(|key| key.columns.clone()).collect();
        for (partition, name) in parents {
            let Some(parent) = self.tables.get(&name) else { continue };
            let texts =
                parent.checks.iter().map(|check| weight(Some(&check.expression)) + check.columns.len());
            let cost = texts.sum::<usize>() + parent.keys().map(<[String]>::len).sum::<usize>();
            if cost > self.left {
                continue;
            }
            self.left -= cost;
            for (at, check) in parent.checks.iter().enumerate() {
                let private = self.private_checks.contains(&(name.clone(), at));
                if !private && checks.insert(check.expression.clone()) {
                    table.checks.push(check.clone());
                }
            }
            if partition {
                let new = parent.unique.iter().filter(|key| keys.insert(key.columns.clone()));
                table.unique.extend(new.map(|key| Unique::new(None, key.columns.clone())));
                if table.primary_key.is_none() {
                    table.primary_key.clone_from(&parent.primary_key);
                }
            }
        }
    }
}

/// What copying a text counts for.
fn weight(text: Option<&String>) -> usize {
    1 + text.map_or(0, |text| text.len() / 64)
}

/// The columns of one table, by position and by name.
#[derive(Default)]
struct Columns {
    list: Vec<ColumnDef>,
    index: HashMap<String, usize>,
}

impl Columns {
    fn push(&mut self, column: ColumnDef) {
        self.index.insert(column.name.clone(), self.list.len());
        self.list.push(column);
    }

    /// Changes the column of that name. Returns whether there is one.
    fn with(&mut self, name: &str, change: impl FnOnce(&mut ColumnDef)) -> bool {
        match self.index.get(name) {
            Some(&at) => change(&mut self.list[at]),
            None => return false,
        }
        true
    }

    /// The columns that an expression names.
    fn named(&self, expression: &Expression) -> Vec<String> {
        expression.names.iter().filter(|name| self.index.contains_key(*name)).cloned().collect()
    }

    fn check(&self, expression: &Expression) -> Check {
        let mut check = Check::new(expression.name.clone(), self.named(expression), expression.text.clone());
        check.plain = expression.plain;
        check
    }
}

/// Turns unique indexes into the constraints that were declared `USING INDEX`.
fn use_indexes(draft: &mut TableDraft) {
    if draft.using_index.is_empty() {
        return;
    }
    let mut used: HashMap<String, UsingIndex> =
        draft.using_index.drain(..).map(|using| (using.index.clone(), using)).collect();
    let mut rest = Vec::with_capacity(draft.unique.len());
    for mut unique in draft.unique.drain(..) {
        match unique.name.as_deref().and_then(|name| used.remove(name)) {
            Some(using) if using.primary => draft.primary_key = Some(unique.columns),
            Some(using) => {
                unique.name = using.constraint.or(unique.name);
                rest.push(unique);
            }
            None => rest.push(unique),
        }
    }
    draft.unique = rest;
}

/// Gives foreign keys without columns those of the primary key that they reference.
fn complete_foreign_keys(schema: &mut Schema) {
    let mut found: Vec<(TableName, usize, Vec<String>)> = Vec::new();
    for (name, table) in &schema.tables {
        for (at, key) in table.foreign_keys.iter().enumerate() {
            let target = schema.tables.get(&key.to).and_then(|target| target.primary_key.as_ref());
            if key.to_columns.is_empty()
                && let Some(columns) = target.filter(|columns| columns.len() == key.columns.len())
            {
                found.push((name.clone(), at, columns.clone()));
            }
        }
    }
    for (name, at, columns) in found {
        if let Some(table) = schema.tables.get_mut(&name) {
            table.foreign_keys[at].to_columns = columns;
        }
    }
    for (name, table) in &schema.tables {
        for key in table.foreign_keys.iter().filter(|key| key.columns.len() != key.to_columns.len()) {
            schema
                .warnings
                .push(format!("FOREIGN KEY of {name} to {} names columns that are not known", key.to));
        }
    }
}
