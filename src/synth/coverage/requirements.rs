//! The requirements of a model, and what became of each.

use super::accumulator::{Accumulator, TableBits};
use super::model::{Model, TableModel};

/// A family of requirements. Definitions: Kuhn, Kacker, Lei, NIST IR 7878 (pairs); Myers, The Art of Software Testing
/// (partitions, boundaries); `McMinn` and others, integrity constraint testing, ICST 2013 (NULLs).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Criterion {
    /// A row in each partition of each column.
    Vpc,
    /// A row at each boundary of each column.
    Bvc,
    /// Each nullable column NULL and not, each two of them in all four ways, a row with all and one with none.
    Nc,
    /// Each two partitions of each two columns of a table in one row.
    Twc,
    /// For each foreign key a parent with no, one, two and more children, a child without parent, a row that is its own.
    Fcc,
}

impl Criterion {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Vpc, Self::Bvc, Self::Nc, Self::Twc, Self::Fcc];

    /// Its abbreviation.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vpc => "VPC",
            Self::Bvc => "BVC",
            Self::Nc => "NC",
            Self::Twc => "TWC",
            Self::Fcc => "FCC",
        }
    }

    /// What it asks for, in a few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Vpc => "value partitions",
            Self::Bvc => "boundaries",
            Self::Nc => "NULLs",
            Self::Twc => "pairs of values",
            Self::Fcc => "foreign key fan-out",
        }
    }

    /// The one of that abbreviation, whatever its case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|criterion| criterion.name().eq_ignore_ascii_case(name))
    }
}

/// What became of a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// Some row does it.
    Satisfied,
    /// No row does, and one could.
    Open,
    /// No row can; why.
    Infeasible(String),
    /// No row was seen to, and whether one does or can is not known; why.
    Unknown(String),
}

/// One thing that the rows of a table should do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Requirement {
    /// Its family.
    pub criterion: Criterion,
    /// The table.
    pub table: usize,
    /// The columns that it is about, by position; none for a whole row.
    pub columns: Vec<usize>,
    /// For each column the partition, where it is about partitions.
    pub partitions: Vec<u8>,
    /// What it asks for, by rule: `at:0`, `null`, `a parent with 2 children`.
    pub what: String,
    /// What became of it.
    pub status: Status,
}

impl Requirement {
    /// Its name, stable while the declarations of its columns are: `VPC:public.film.length:at:0`.
    pub fn id(&self, model: &Model) -> String {
        let table = &model.tables[self.table];
        let columns: Vec<&str> =
            self.columns.iter().map(|column| table.columns[*column].column.as_str()).collect();
        let dot = if columns.is_empty() { "" } else { "." };
        format!("{}:{}{dot}{}:{}", self.criterion.name(), table.name, columns.join("+"), self.what)
    }
}

/// A model held against what rows did.
#[derive(Clone, Copy)]
pub struct Coverage<'a> {
    /// What is asked for.
    pub model: &'a Model,
    seen: &'a Accumulator,
}

impl<'a> Coverage<'a> {
    /// What `seen` does of `model`.
    pub fn new(model: &'a Model, seen: &'a Accumulator) -> Self {
        Self { model, seen }
    }

    /// Rows of a table.
    pub fn rows(&self, table: usize) -> u64 {
        self.bits(table).map_or(0, |bits| bits.rows)
    }

    fn bits(&self, table: usize) -> Option<&'a TableBits> {
        self.seen.tables.get(table).filter(|bits| !bits.columns.is_empty())
    }

    /// Hands each requirement of `criteria` to `visit`, in a fixed order.
    pub fn each(&self, criteria: &[Criterion], visit: &mut dyn FnMut(Requirement)) {
        for table in 0..self.model.tables.len() {
            for criterion in criteria {
                match criterion {
                    Criterion::Vpc => self.partitions(table, visit),
                    Criterion::Bvc => self.boundaries(table, visit),
                    Criterion::Nc => self.nulls(table, visit),
                    Criterion::Twc => self.pairs(table, visit),
                    Criterion::Fcc => self.references(table, visit),
                }
            }
        }
    }

    fn partitions(&self, table: usize, visit: &mut dyn FnMut(Requirement)) {
        for column in 0..self.model.tables[table].columns.len() {
            let rule = &self.model.tables[table].columns[column];
            let seen = self.bits(table).map(|bits| &bits.columns[column]);
            for (number, partition) in rule.partitions.iter().enumerate() {
                let status = if seen.is_some_and(|seen| seen.has(number)) {
                    Status::Satisfied
                } else if let Some(reason) = self.impossible(table, column, number) {
                    reason
                } else {
                    Status::Open
                };
                visit(Requirement {
                    criterion: Criterion::Vpc,
                    table,
                    columns: vec![column],
                    partitions: vec![number as u8],
                    what: partition.id.clone(),
                    status,
                });
            }
        }
    }

    /// Why a partition without rows is not open.
    fn impossible(&self, table: usize, column: usize, partition: usize) -> Option<Status> {
        let rule = &self.model.tables[table].columns[column];
        let infeasible = rule.partitions[partition].infeasible.clone().map(Status::Infeasible);
        infeasible.or_else(|| rule.unsure.clone().map(Status::Unknown))
    }

    fn boundaries(&self, table: usize, visit: &mut dyn FnMut(Requirement)) {
        for (column, rule) in self.model.tables[table].columns.iter().enumerate() {
            let seen = self.bits(table).map_or(0, |bits| bits.columns[column].boundaries);
            for (number, boundary) in rule.boundaries.iter().enumerate() {
                let status = match (&boundary.infeasible, &rule.unsure) {
                    _ if seen & (1 << number) != 0 => Status::Satisfied,
                    (Some(reason), _) => Status::Infeasible(reason.clone()),
                    (None, Some(reason)) => Status::Unknown(reason.clone()),
                    (None, None) => Status::Open,
                };
                let what = boundary.id.clone();
                let (columns, partitions) = (vec![column], Vec::new());
                visit(Requirement { criterion: Criterion::Bvc, table, columns, partitions, what, status });
            }
        }
    }

    /// The partitions that column `first` and `second` were seen in together.
    fn matrix(&self, table: usize, first: usize, second: usize) -> [u16; 16] {
        let pair = TableModel::pair(first, second);
        self.bits(table).map_or([0; 16], |bits| bits.pairs[pair])
    }

    fn nulls(&self, table: usize, visit: &mut dyn FnMut(Requirement)) {
        let own = &self.model.tables[table];
        let nullable: Vec<usize> =
            (0..own.columns.len()).filter(|column| own.columns[*column].nullable).collect();
        let mut hand = |columns: Vec<usize>, what: &str, seen: bool| {
            let unsure = columns.iter().find_map(|column| own.columns[*column].unsure.clone());
            let status = match unsure {
                _ if seen => Status::Satisfied,
                Some(reason) => Status::Unknown(reason),
                None => Status::Open,
            };
            let what = what.to_owned();
            visit(Requirement {
                criterion: Criterion::Nc,
                table,
                columns,
                partitions: Vec::new(),
                what,
                status,
            });
        };
        for column in &nullable {
            let seen = self.bits(table).map_or([0; 4], |bits| bits.columns[*column].partitions);
            hand(vec![*column], "null", seen[0] & 1 != 0);
            hand(vec![*column], "not null", seen[0] & !1 != 0 || seen[1..] != [0; 3]);
        }
        let plain: Vec<usize> = nullable.into_iter().filter(|column| own.plain[*column]).collect();
        for (place, second) in plain.iter().enumerate() {
            for first in &plain[..place] {
                let matrix = self.matrix(table, *first, *second);
                let other = matrix[1..].iter().fold(0, |all, row| all | row);
                let columns = || vec![*first, *second];
                hand(columns(), "null, null", matrix[0] & 1 != 0);
                hand(columns(), "null, not null", matrix[0] & !1 != 0);
                hand(columns(), "not null, null", other & 1 != 0);
                hand(columns(), "not null, not null", other & !1 != 0);
            }
        }
        if !plain.is_empty() {
            hand(
                Vec::new(),
                "a row with all NULL that may be",
                self.bits(table).is_some_and(|bits| bits.all_null),
            );
            hand(Vec::new(), "a row without NULL", self.bits(table).is_some_and(|bits| bits.no_null));
        }
    }

    fn pairs(&self, table: usize, visit: &mut dyn FnMut(Requirement)) {
        let own = &self.model.tables[table];
        let plain: Vec<usize> = (0..own.columns.len()).filter(|column| own.plain[*column]).collect();
        // Of each column the name and the state of each partition as pairs know them.
        let faces: Vec<Vec<(String, Option<Status>)>> =
            (0..own.columns.len()).map(|column| self.faces(table, column)).collect();
        for (place, second) in plain.iter().enumerate() {
            for first in &plain[..place] {
                let matrix = self.matrix(table, *first, *second);
                for (one, (one_name, one_state)) in faces[*first].iter().enumerate() {
                    for (two, (two_name, two_state)) in faces[*second].iter().enumerate() {
                        let status = if matrix[one] & (1 << two) != 0 {
                            Status::Satisfied
                        } else {
                            worse(one_state.as_ref(), two_state.as_ref())
                        };
                        visit(Requirement {
                            criterion: Criterion::Twc,
                            table,
                            columns: vec![*first, *second],
                            partitions: vec![one as u8, two as u8],
                            what: format!("{one_name}, {two_name}"),
                            status,
                        });
                    }
                }
            }
        }
    }

    fn faces(&self, table: usize, column: usize) -> Vec<(String, Option<Status>)> {
        let own = &self.model.tables[table];
        let (partitions, paired) = (&own.columns[column].partitions, own.paired(column));
        let face = |number: usize| {
            let name = if number + 1 == paired && partitions.len() > paired {
                "any other".to_owned()
            } else {
                partitions[number].id.clone()
            };
            // A partition that holds several is impossible only if all are.
            let last = if number + 1 == paired { partitions.len() } else { number + 1 };
            let states: Vec<Option<Status>> =
                (number..last).map(|partition| self.impossible(table, column, partition)).collect();
            let open = states.iter().any(Option::is_none);
            let state = states.into_iter().flatten().max_by_key(|state| matches!(state, Status::Unknown(_)));
            (name, if open { None } else { state })
        };
        (0..paired).map(face).collect()
    }

    fn references(&self, table: usize, visit: &mut dyn FnMut(Requirement)) {
        let own = &self.model.tables[table];
        for (number, reference) in self.model.references.iter().enumerate() {
            if reference.table != table {
                continue;
            }
            let seen = self.seen.references.get(number);
            let parents = self.seen.targets.get(reference.target);
            let (fan_outs, whole) = match (seen, parents) {
                (Some(seen), Some(parents)) => {
                    let whole = parents.is_whole() && seen.children.is_whole();
                    (parents.fan_outs(&seen.children), whole)
                }
                _ => ([false; 4], true),
            };
            let mut hand = |what: String, done: bool, whole: bool| {
                let status = match (done, whole) {
                    (true, _) => Status::Satisfied,
                    (false, true) => Status::Open,
                    (false, false) => {
                        Status::Unknown("there are more keys than are counted, and none of those does".into())
                    }
                };
                visit(Requirement {
                    criterion: Criterion::Fcc,
                    table,
                    columns: reference.columns.clone(),
                    partitions: Vec::new(),
                    what: format!("{}:{what}", self.model.tables[reference.to].name),
                    status,
                });
            };
            for (children, done) in
                ["no child", "1 child", "2 children", "3 or more children"].iter().zip(fan_outs)
            {
                hand(format!("a parent with {children}"), done, whole);
            }
            let nullable = reference.columns.iter().filter(|column| own.columns[**column].nullable).count();
            if nullable == reference.columns.len() {
                hand("no parent".into(), seen.is_some_and(|seen| seen.null), true);
            }
            if nullable > 0 && reference.columns.len() > 1 {
                hand("partly NULL".into(), seen.is_some_and(|seen| seen.partly_null), true);
            }
            if reference.to == table {
                hand("a row that is its own parent".into(), seen.is_some_and(|seen| seen.to_itself), true);
            }
        }
    }
}

/// The state of a pair that no row shows.
fn worse(one: Option<&Status>, two: Option<&Status>) -> Status {
    let infeasible = [one, two].into_iter().flatten().find(|state| matches!(state, Status::Infeasible(_)));
    infeasible.or(one).or(two).cloned().unwrap_or(Status::Open)
}
