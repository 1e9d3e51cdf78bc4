//! Which columns hold the same values: foreign keys as a graph over columns.
//!
//! Two columns that a foreign key links must be masked alike, and so must the columns of a parent table and those of
//! its partitions and inheriting tables. All columns that are linked so, over any number of steps, form a group, and
//! each group has one root: the column that the others get their values from. The root names a key domain, so that
//! it depends on nothing but the names of tables and columns.

use std::collections::{BTreeMap, BTreeSet};

use super::name::TableName;
use super::schema::Schema;

/// A foreign key, declared in the schema or in a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edge {
    /// The referencing table.
    pub from: TableName,
    /// Its columns.
    pub columns: Vec<String>,
    /// The referenced table.
    pub to: TableName,
    /// Its columns, in the order of `columns`.
    pub to_columns: Vec<String>,
}

impl Edge {
    /// A foreign key from `columns` of `from` to `to_columns` of `to`.
    pub fn new(from: TableName, columns: Vec<String>, to: TableName, to_columns: Vec<String>) -> Self {
        Self { from, columns, to, to_columns }
    }
}

/// A column of a table.
type ColumnName = (TableName, String);

/// The foreign keys of a schema, and which columns they link.
///
/// ```
/// use scrub::table::{ForeignKeyGraph, SchemaBuilder, Session, TableName};
/// let mut builder = SchemaBuilder::new();
/// let session = Session::default();
/// builder.statement(b"CREATE TABLE a (id int PRIMARY KEY)", &session);
/// builder.statement(b"CREATE TABLE b (a_id int PRIMARY KEY REFERENCES a)", &session);
/// builder.statement(b"CREATE TABLE c (b_id int REFERENCES b)", &session);
/// let graph = ForeignKeyGraph::new(&builder.finish());
/// assert_eq!(graph.root(&TableName::new("public", "c"), "b_id"), (TableName::new("public", "a"), "id".into()));
/// ```
#[derive(Clone, Debug, Default)]
pub struct ForeignKeyGraph {
    edges: Vec<Edge>,
    parents: BTreeMap<TableName, TableName>,
    /// Columns that are linked to another one, and the group of each.
    group_of: BTreeMap<TableName, BTreeMap<String, usize>>,
    groups: Vec<Group>,
}

#[derive(Clone, Debug)]
struct Group {
    root: ColumnName,
    members: Vec<ColumnName>,
}

impl ForeignKeyGraph {
    /// The graph of the foreign keys that a schema declares.
    pub fn new(schema: &Schema) -> Self {
        Self::with_relations(schema, [])
    }

    /// The graph of the foreign keys that a schema declares, and of those that a policy adds.
    pub fn with_relations(schema: &Schema, relations: impl IntoIterator<Item = Edge>) -> Self {
        let mut edges = Vec::new();
        let mut parents = BTreeMap::new();
        for (name, table) in &schema.tables {
            edges.extend(table.foreign_keys.iter().map(|key| {
                Edge::new(name.clone(), key.columns.clone(), key.to.clone(), key.to_columns.clone())
            }));
            let parent = table.partition_of.as_ref().map(|partition| &partition.parent);
            if let Some(parent) = parent.or(table.inherits.first()) {
                parents.insert(name.clone(), parent.clone());
            }
        }
        edges.extend(relations);
        let mut links = Links::default();
        for edge in &edges {
            for (column, to_column) in edge.columns.iter().zip(&edge.to_columns) {
                let from = links.node(&edge.from, column);
                let to = links.node(&edge.to, to_column);
                links.references.push((from, to));
            }
        }
        links.tie_children(schema);
        let groups = links.groups();
        let mut group_of: BTreeMap<TableName, BTreeMap<String, usize>> = BTreeMap::new();
        for (at, group) in groups.iter().enumerate() {
            for (table, column) in &group.members {
                group_of.entry(table.clone()).or_default().insert(column.clone(), at);
            }
        }
        Self { edges, parents, group_of, groups }
    }

    /// All foreign keys: those of the schema by table, then the added ones.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The column at the root of a column's foreign keys; the column itself where nothing is linked to it.
    ///
    /// Every column of a group has the same root: of the columns that reference no other, the first by name; where
    /// all reference another, the first by name of those that are on a circle. A partition's column counts as its
    /// topmost parent's.
    pub fn root(&self, table: &TableName, column: &str) -> (TableName, String) {
        self.group(table, column)
            .map_or_else(|| (table.clone(), column.to_owned()), |group| group.root.clone())
    }

    /// All columns that hold the same values as this one, itself included, by name; empty where it is linked to none.
    pub fn members(&self, table: &TableName, column: &str) -> &[(TableName, String)] {
        self.group(table, column).map_or(&[], |group| &group.members)
    }

    /// The groups of columns that hold the same values, by the first member's name.
    pub fn groups(&self) -> impl Iterator<Item = &[(TableName, String)]> {
        self.groups.iter().map(|group| group.members.as_slice())
    }

    /// The table that a partition or inheriting table belongs to; the first of several.
    pub fn parent_of(&self, table: &TableName) -> Option<&TableName> {
        self.parents.get(table)
    }

    fn group(&self, table: &TableName, column: &str) -> Option<&Group> {
        self.group_of.get(table)?.get(column).map(|&at| &self.groups[at])
    }
}

/// The columns of a graph under construction, by number.
#[derive(Default)]
struct Links<'a> {
    numbers: BTreeMap<(&'a TableName, &'a str), usize>,
    names: Vec<(&'a TableName, &'a str)>,
    /// From a referencing column to the referenced one.
    references: Vec<(usize, usize)>,
    /// From a child's column to its parent's.
    ties: Vec<(usize, usize)>,
}

impl<'a> Links<'a> {
    fn node(&mut self, table: &'a TableName, column: &'a str) -> usize {
        *self.numbers.entry((table, column)).or_insert_with(|| {
            self.names.push((table, column));
            self.names.len() - 1
        })
    }

    /// Ties the columns of partitions and inheriting tables to their parents'.
    fn tie_children(&mut self, schema: &'a Schema) {
        for (name, table) in &schema.tables {
            let partition = table.partition_of.iter().map(|partition| &partition.parent);
            for parent in partition.chain(&table.inherits).filter(|parent| *parent != name) {
                let Some(declared) = schema.tables.get(parent) else { continue };
                let columns: BTreeSet<&str> =
                    table.columns.iter().map(|column| column.name.as_str()).collect();
                for column in declared.columns.iter().filter(|column| columns.contains(column.name.as_str()))
                {
                    let tie = (self.node(name, &column.name), self.node(parent, &column.name));
                    self.ties.push(tie);
                }
            }
        }
    }

    fn groups(&self) -> Vec<Group> {
        let mut same_column = Sets::new(self.names.len());
        for &(child, parent) in &self.ties {
            same_column.join(child, parent);
        }
        let mut linked = same_column.clone();
        // How often each column, taken together with its children's, references another and is referenced.
        let mut targets = vec![Vec::new(); self.names.len()];
        let mut referenced = vec![0_usize; self.names.len()];
        for &(from, to) in &self.references {
            linked.join(from, to);
            let (from, to) = (same_column.find(from), same_column.find(to));
            if from != to {
                targets[from].push(to);
                referenced[to] += 1;
            }
        }
        let circles = in_or_behind_circles(&targets, referenced);
        let mut is_child = vec![false; self.names.len()];
        for &(child, _) in &self.ties {
            is_child[child] = true;
        }
        let column: Vec<usize> = (0..self.names.len()).map(|node| same_column.find(node)).collect();
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for &node in self.numbers.values() {
            members.entry(linked.find(node)).or_default().push(node);
        }
        let name = |node: &usize| (self.names[*node].0.clone(), self.names[*node].1.to_owned());
        let mut groups: Vec<Group> = members
            .values()
            .filter(|nodes| nodes.len() > 1)
            .map(|nodes| {
                // Nodes are in order of their names, so that the least of these tuples is the first by name.
                let rank = |&node: &usize| {
                    (!targets[column[node]].is_empty(), !circles[column[node]], is_child[node])
                };
                let root = nodes.iter().min_by_key(|node| rank(node)).map_or_else(|| name(&nodes[0]), name);
                Group { root, members: nodes.iter().map(name).collect() }
            })
            .collect();
        groups.sort_by(|a, b| a.members.cmp(&b.members));
        groups
    }
}

/// Which columns are on a circle of references, or are reached from one: those that stay when columns that nothing
/// references are taken away one after the other.
fn in_or_behind_circles(targets: &[Vec<usize>], mut referenced: Vec<usize>) -> Vec<bool> {
    let mut stays = vec![true; targets.len()];
    let mut free: Vec<usize> = (0..targets.len()).filter(|&node| referenced[node] == 0).collect();
    while let Some(node) = free.pop() {
        stays[node] = false;
        for &to in &targets[node] {
            referenced[to] -= 1;
            if referenced[to] == 0 {
                free.push(to);
            }
        }
    }
    stays
}

/// Disjoint sets of numbers.
#[derive(Clone)]
struct Sets {
    up: Vec<usize>,
}

impl Sets {
    fn new(len: usize) -> Self {
        Self { up: (0..len).collect() }
    }

    fn find(&mut self, mut node: usize) -> usize {
        while self.up[node] != node {
            self.up[node] = self.up[self.up[node]];
            node = self.up[node];
        }
        node
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        self.up[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::table::{SchemaBuilder, Session};

    fn graph(sql: &str) -> ForeignKeyGraph {
        let mut builder = SchemaBuilder::new();
        for statement in sql.split(';') {
            builder.statement(statement.as_bytes(), &Session::default());
        }
        let schema = builder.finish();
        assert_eq!(schema.warnings, Vec::<String>::new());
        ForeignKeyGraph::new(&schema)
    }

    fn root(graph: &ForeignKeyGraph, table: &str, column: &str) -> String {
        let (table, column) = graph.root(&TableName::new("public", table), column);
        format!("{}.{column}", table.table)
    }

    #[test]
    fn chains_and_composite_keys_lead_to_their_root() {
        let graph = graph(
            "CREATE TABLE a (x int, y int, PRIMARY KEY (x, y)); CREATE TABLE b (p int, q int, PRIMARY KEY (p, q), \
             FOREIGN KEY (q, p) REFERENCES a); CREATE TABLE c (m int, n int, o int, FOREIGN KEY (m, n) REFERENCES b)",
        );
        assert_eq!((root(&graph, "c", "m"), root(&graph, "c", "n")), ("a.y".into(), "a.x".into()));
        assert_eq!(root(&graph, "a", "x"), "a.x");
        assert_eq!(root(&graph, "c", "o"), "c.o");
        assert_eq!(graph.members(&TableName::new("public", "b"), "p").len(), 3);
        assert!(graph.members(&TableName::new("public", "c"), "o").is_empty());
        assert_eq!((graph.groups().count(), graph.edges().len()), (2, 2));
    }

    #[test]
    fn circles_and_references_to_oneself_end() {
        let graph = graph(
            "CREATE TABLE e (id int PRIMARY KEY, boss int REFERENCES e); \
             CREATE TABLE b (id int PRIMARY KEY REFERENCES c); CREATE TABLE c (id int PRIMARY KEY REFERENCES b); \
             CREATE TABLE a (id int PRIMARY KEY REFERENCES c); CREATE TABLE s (id int REFERENCES s (id))",
        );
        assert_eq!(root(&graph, "e", "boss"), "e.id");
        assert_eq!((root(&graph, "a", "id"), root(&graph, "c", "id")), ("b.id".into(), "b.id".into()));
        assert_eq!(root(&graph, "s", "id"), "s.id");
    }

    #[test]
    fn a_column_that_references_two_links_both() {
        let graph = graph(
            "CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY); \
             CREATE TABLE a (id int REFERENCES c REFERENCES b)",
        );
        for table in ["a", "b", "c"] {
            assert_eq!(root(&graph, table, "id"), "b.id");
        }
    }

    #[test]
    fn keys_of_partitions_and_parents_count_for_each_other() {
        let graph = graph(
            "CREATE TABLE zz (id int PRIMARY KEY); CREATE TABLE p (a int, b int) PARTITION BY LIST (b); \
             CREATE TABLE p1 PARTITION OF p DEFAULT PARTITION BY LIST (b); CREATE TABLE p2 PARTITION OF p1 DEFAULT; \
             ALTER TABLE p2 ADD FOREIGN KEY (a) REFERENCES zz; CREATE TABLE f (x int REFERENCES p1 (b)); \
             CREATE TABLE aa () INHERITS (zz)",
        );
        for (table, column, expected) in [
            ("p2", "a", "zz.id"),
            ("p", "a", "zz.id"),
            ("p2", "b", "p.b"),
            ("f", "x", "p.b"),
            ("aa", "id", "zz.id"),
        ] {
            assert_eq!(root(&graph, table, column), expected);
        }
        let p2 = TableName::new("public", "p2");
        let parent = graph.parent_of(&p2).expect("a parent");
        assert_eq!(
            (parent.table.as_str(), graph.parent_of(parent).map(|name| name.table.as_str())),
            ("p1", Some("p"))
        );
    }

    #[test]
    fn relations_of_a_policy_are_keys_like_others() {
        let name = |table: &str| TableName::new("", table);
        let relation =
            Edge::new(name("orders"), vec!["email".into()], name("customer"), vec!["email".into()]);
        let graph = ForeignKeyGraph::with_relations(&Schema::default(), [relation]);
        assert_eq!(graph.root(&name("orders"), "email"), (name("customer"), "email".into()));
    }

    proptest! {
        #[test]
        fn columns_have_one_root_exactly_when_they_are_in_one_group(links in proptest::collection::vec((0..12_u8, 0..12_u8), 0..14)) {
            let name = |number: u8| TableName::new("s", format!("t{number:02}"));
            let edge = |&(from, to): &(u8, u8)| Edge::new(name(from), vec!["c".into()], name(to), vec!["c".into()]);
            let graph = ForeignKeyGraph::with_relations(&Schema::default(), links.iter().map(edge));
            let reversed = ForeignKeyGraph::with_relations(&Schema::default(), links.iter().rev().map(edge));
            for a in 0..12 {
                prop_assert_eq!(graph.root(&name(a), "c"), reversed.root(&name(a), "c"));
                for b in 0..12 {
                    let together = a == b || graph.members(&name(a), "c").contains(&(name(b), "c".into()));
                    prop_assert_eq!(together, graph.root(&name(a), "c") == graph.root(&name(b), "c"));
                }
            }
            for &(from, to) in &links {
                prop_assert_eq!(graph.root(&name(from), "c"), graph.root(&name(to), "c"));
            }
        }
    }
}
