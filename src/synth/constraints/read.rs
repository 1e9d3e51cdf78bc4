//! From a schema to [`Rules`]: expressions parsed, columns by their places, ids given.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{Body, ColumnRules, Constraint, ConstraintKind, Key, Reference, Rules, TableRules};
use crate::synth::expression::{CellType, Comparison, Node, Test, Value, elements, parse};
use crate::table::{Dialect, ForeignKey, Schema, SqlType, Table, TableName};

pub(super) fn rules(schema: &Schema, dialect: Dialect) -> Rules {
    let mut tables = BTreeMap::new();
    for (name, table) in &schema.tables {
        tables.insert(name.clone(), Reader { schema, dialect, name, table, found: Vec::new() }.read());
    }
    Rules { dialect, tables }
}

struct Reader<'s> {
    schema: &'s Schema,
    dialect: Dialect,
    name: &'s TableName,
    table: &'s Table,
    found: Vec<Constraint>,
}

impl Reader<'_> {
    fn read(mut self) -> TableRules {
        let key = self.table.primary_key.clone().unwrap_or_default();
        let mut columns = Vec::new();
        let mut types = Vec::new();
        for (at, column) in self.table.columns.iter().enumerate() {
            let alone = key.len() == 1 && key[0] == column.name;
            let numbered = match self.dialect {
                // A timestamp of MariaDB; a datetime cannot be told from one here.
                Dialect::MySql => {
                    let now = column.default.as_ref().map(|text| text.to_ascii_lowercase());
                    let stamped = now.is_some_and(|text| text.contains("current_timestamp"));
                    column.identity
                        || (stamped
                            && column.not_null
                            && matches!(column.sql_type, SqlType::Timestamp { .. }))
                }
                Dialect::Sqlite => alone && column.not_null && column.sql_type.is_integer(),
                Dialect::Postgres => false,
            };
            let domain_not_null = self.domain_not_null(&column.sql_type);
            columns.push(ColumnRules {
                name: column.name.clone(),
                not_null: column.not_null || domain_not_null,
                generated: column.generated,
                numbered,
                identity: column.identity,
            });
            let mut own = CellType::new(column, self.schema, self.dialect);
            if column.generated {
                own.sql_type = SqlType::Other("generated".into());
            }
            types.push(own);
            self.push(ConstraintKind::Type, None, vec![at], Body::Type);
            // A key has its own say about NULL, save that it is said here.
            if (column.not_null || domain_not_null) && !column.generated {
                self.push(ConstraintKind::NotNull, None, vec![at], Body::NotNull);
            }
            self.domain_checks(&column.sql_type, at, 0);
        }
        self.checks();
        self.keys();
        self.foreign_keys();
        self.partition();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for constraint in &mut self.found {
            let times = seen.entry(constraint.id.clone()).or_default();
            *times += 1;
            if *times > 1 {
                constraint.id = format!("{}#{times}", constraint.id);
            }
        }
        TableRules { name: self.name.clone(), columns, types, constraints: self.found, dialect: self.dialect }
    }

    fn push(&mut self, kind: ConstraintKind, name: Option<&str>, columns: Vec<usize>, body: Body) {
        let names: Vec<&str> = columns.iter().map(|at| self.table.columns[*at].name.as_str()).collect();
        let id = match (kind, name) {
            (ConstraintKind::Check | ConstraintKind::Unique | ConstraintKind::ForeignKey, Some(name)) => {
                format!("{kind}({name})")
            }
            _ => format!("{kind}({})", names.join(",")),
        };
        self.found.push(Constraint { id, kind, name: name.map(str::to_owned), columns, body });
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.table.columns.iter().position(|column| column.name == name)
    }

    /// The place of a name in an expression.
    fn resolve(&self, name: &str) -> Option<usize> {
        self.place(name).or_else(|| {
            let any_case = self.dialect != Dialect::Postgres;
            any_case.then(|| self.table.columns.iter().position(|own| own.name.eq_ignore_ascii_case(name)))?
        })
    }

    fn domain_not_null(&self, sql_type: &SqlType) -> bool {
        match sql_type {
            SqlType::Domain(name, inner) => {
                self.schema.domains.get(name).is_some_and(|domain| domain.not_null)
                    || self.domain_not_null(inner)
            }
            _ => false,
        }
    }

    fn domain_checks(&mut self, sql_type: &SqlType, at: usize, depth: usize) {
        let SqlType::Domain(name, inner) = sql_type else { return };
        if depth > 20 {
            return;
        }
        let checks = self.schema.domains.get(name).map(|domain| domain.checks.clone()).unwrap_or_default();
        for text in checks {
            let value = |name: &str, _: bool| name.eq_ignore_ascii_case("value").then_some(at);
            let node = parse(&text, self.dialect, &value);
            let column = self.table.columns[at].name.clone();
            let id = format!("check(domain {name} of {column} {})", digest(&text));
            let body = Body::Check(node);
            self.found.push(Constraint {
                id,
                kind: ConstraintKind::Check,
                name: None,
                columns: vec![at],
                body,
            });
        }
        self.domain_checks(inner, at, depth + 1);
    }

    fn checks(&mut self) {
        for check in &self.table.checks {
            let node = parse(&check.expression, self.dialect, &|name, _| self.resolve(name));
            let columns = match &node {
                Some(node) => node.columns(),
                None => check.columns.iter().filter_map(|column| self.place(column)).collect(),
            };
            let unnamed = digest(&check.expression);
            let id = format!("check({})", check.name.as_ref().unwrap_or(&unnamed));
            let (kind, body) = (ConstraintKind::Check, Body::Check(node));
            self.found.push(Constraint { id, kind, name: check.name.clone(), columns, body });
        }
    }

    fn keys(&mut self) {
        let primary =
            self.table.primary_key.iter().map(|columns| (ConstraintKind::PrimaryKey, None, columns, true));
        let unique = self.table.unique.iter().map(|unique| {
            (ConstraintKind::Unique, unique.name.as_deref(), &unique.columns, unique.nulls_distinct)
        });
        for (kind, name, columns, nulls_distinct) in primary.chain(unique).collect::<Vec<_>>() {
            let places: Option<Vec<usize>> = columns.iter().map(|column| self.place(column)).collect();
            let Some(places) = places.filter(|places| !places.is_empty()) else { continue };
            let elements = places.iter().map(|at| (Node::Column(*at), "=".to_owned())).collect();
            let key = Key { elements, condition: None, nulls_distinct, read: true };
            self.push(kind, name, places, Body::Key(key));
        }
        for index in self.table.expressions.iter().filter(|index| !index.plain) {
            let named =
                || index.columns.iter().filter_map(|column| self.place(column)).collect::<Vec<usize>>();
            let key = match elements(&index.expression, self.dialect, &|name, _| self.resolve(name)) {
                Some((parts, condition)) => {
                    let elements = parts
                        .into_iter()
                        .map(|(node, operator)| (node, operator.unwrap_or_else(|| "=".into())))
                        .collect();
                    Key { elements, condition, nulls_distinct: true, read: true }
                }
                None => Key { elements: Vec::new(), condition: None, nulls_distinct: true, read: false },
            };
            let mut columns: Vec<usize> = key.elements.iter().flat_map(|(node, _)| node.columns()).collect();
            if !key.read {
                columns = named();
            }
            columns.sort_unstable();
            columns.dedup();
            let name = index.name.clone().unwrap_or_else(|| digest(&index.expression));
            let id = format!("unique({name})");
            let (kind, body) = (ConstraintKind::Unique, Body::Key(key));
            self.found.push(Constraint { id, kind, name: index.name.clone(), columns, body });
        }
    }

    /// The table's own foreign keys, and as conditions on its rows those that only its partitions have.
    fn foreign_keys(&mut self) {
        let own = self.table.foreign_keys.iter().map(|key| (key, ConstraintKind::ForeignKey));
        let partitions = self
            .schema
            .tables
            .values()
            .filter(|table| table.partition_of.as_ref().is_some_and(|own| &own.parent == self.name));
        let inner = partitions.flat_map(|table| &table.foreign_keys);
        let mut all: Vec<(&ForeignKey, ConstraintKind)> = own.collect();
        for key in inner {
            let known = all.iter().any(|(own, _)| own.columns == key.columns && own.to == key.to);
            if !known {
                all.push((key, ConstraintKind::Partition));
            }
        }
        for (key, kind) in all {
            let columns: Option<Vec<usize>> = key.columns.iter().map(|column| self.place(column)).collect();
            let Some(parent) = self.schema.tables.get(&key.to) else { continue };
            let place = |name: &String| parent.columns.iter().position(|column| &column.name == name);
            let to_columns: Option<Vec<usize>> = key.to_columns.iter().map(place).collect();
            let (Some(columns), Some(to_columns)) = (columns, to_columns) else { continue };
            if columns.len() != to_columns.len() || columns.is_empty() {
                continue;
            }
            let reference = Reference {
                to: key.to.clone(),
                to_columns,
                match_full: key.match_full,
                deferrable: key.deferrable,
            };
            self.push(kind, key.name.as_deref(), columns, Body::ForeignKey(reference));
        }
    }

    /// The bound of a partition, or that of all partitions of a table, as a condition.
    fn partition(&mut self) {
        let Some(own) = &self.table.partition_of else {
            if self.table.partition_by.is_some() {
                let children: Vec<Option<Node>> = self.bounds_below(self.name);
                let node = children.into_iter().collect::<Option<Vec<Node>>>().map(Node::Or);
                self.add_bound(node);
            }
            return;
        };
        let node = self.bound(&own.parent, &own.bound, Some(self.name));
        self.add_bound(node);
    }

    fn add_bound(&mut self, node: Option<Node>) {
        let columns = node.as_ref().map(Node::columns).unwrap_or_default();
        let (kind, body) = (ConstraintKind::Partition, Body::Check(node));
        self.found.push(Constraint { id: "partition()".into(), kind, name: None, columns, body });
    }

    fn bounds_below(&self, parent: &TableName) -> Vec<Option<Node>> {
        let children = self.schema.tables.iter().filter_map(|(name, table)| {
            let own = table.partition_of.as_ref().filter(|own| &own.parent == parent)?;
            Some(self.bound(parent, &own.bound, Some(name)))
        });
        children.collect()
    }

    /// A bound over one column: RANGE or LIST, or DEFAULT, which is what the others leave.
    fn bound(&self, parent: &TableName, bound: &str, child: Option<&TableName>) -> Option<Node> {
        let by = self.schema.tables.get(parent)?.partition_by.as_ref()?;
        let [column] = by.columns.as_slice() else { return None };
        let column = Node::Column(self.place(column)?);
        let upper = bound.trim().to_ascii_uppercase();
        if upper == "DEFAULT" {
            let others = self.schema.tables.iter().filter(|(name, _)| Some(*name) != child);
            let others = others.filter_map(|(_, table)| table.partition_of.as_ref());
            let bounds = others.filter(|own| &own.parent == parent && own.bound.trim() != bound.trim());
            let all: Option<Vec<Node>> = bounds.map(|own| self.bound(parent, &own.bound, None)).collect();
            return all.map(|all| Node::Not(Box::new(Node::Is(Box::new(Node::Or(all)), Test::True))));
        }
        let lists = |text: &str| {
            let (list, none) = elements(text.trim(), self.dialect, &|_, _| None)?;
            none.is_none().then(|| list.into_iter().map(|(node, _)| node).collect::<Vec<Node>>())
        };
        let not_null = Node::Not(Box::new(Node::Is(Box::new(column.clone()), Test::Null)));
        if let Some(at) = upper.find("FROM") {
            let to = at + upper[at..].find(") TO")?;
            let edge = |text: &str, comparison| {
                let word = text.trim().trim_matches(['(', ')', ' ']).to_ascii_uppercase();
                if word == "MINVALUE" || word == "MAXVALUE" {
                    return Some(None);
                }
                let [value] = <[Node; 1]>::try_from(lists(text)?).ok()?;
                Some(Some(Node::Compare(Box::new(column.clone()), comparison, Box::new(value))))
            };
            let low = edge(&bound[at + 4..=to], Comparison::GreaterOrEqual)?;
            let high = edge(&bound[to + 4..], Comparison::Less)?;
            return Some(Node::And(std::iter::once(not_null).chain(low).chain(high).collect()));
        }
        let at = upper.find(" IN")?;
        let values = lists(&bound[at + 3..])?;
        let null = values.iter().any(|value| matches!(value, Node::Constant(Value::Null)));
        let is_in = Node::In(Box::new(column.clone()), values);
        Some(if null {
            Node::Or(vec![is_in, Node::Is(Box::new(column), Test::Null)])
        } else {
            Node::And(vec![not_null, is_in])
        })
    }
}

fn digest(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes())[..4])
}
