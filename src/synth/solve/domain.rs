//! The values that a search tries in a column: regions between the constants of the conditions, and what patterns,
//! lengths and functions suggest.
//!
//! Where a column is only compared with constants and with columns of its own type, one value of each region stands for
//! all values of that region: then the list is complete, and a search that tried all of it has proved that there is
//! no row.

use std::collections::{BTreeMap, BTreeSet};

use super::sample;
use crate::synth::constraints::{Need, TableRules};
use crate::synth::expression::{CellType, DAY, Decimal, Node, SECOND, Scope, Test, Value};
use crate::table::{Dialect, SqlType};

/// The values for a column, the likeliest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Domain {
    pub(super) values: Vec<Option<String>>,
    /// Whether every value of the column behaves like one of these.
    pub(super) complete: bool,
}

/// How conditions use a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// Only whether it is NULL.
    Null,
    Equality,
    Order,
    /// In ways that regions do not describe.
    Other,
}

/// What the conditions of a problem say of their columns.
pub(super) struct Facts {
    uses: BTreeMap<usize, Use>,
    constants: Vec<Value>,
    examples: Vec<String>,
    /// Most columns that are compared with one another.
    linked: usize,
}

impl Facts {
    pub(super) fn new<'n>(table: &TableRules, needs: impl Iterator<Item = &'n Need>) -> Self {
        let mut facts =
            Self { uses: BTreeMap::new(), constants: Vec::new(), examples: Vec::new(), linked: 0 };
        let mut links = BTreeSet::new();
        for need in needs {
            facts.condition(table, &need.node, &mut links);
            facts.collect(table, &need.node);
        }
        facts.linked = links.len();
        facts
    }

    fn mark(&mut self, node: &Node, kind: Use) {
        for at in node.columns() {
            let own = self.uses.entry(at).or_insert(kind);
            *own = (*own).max(kind);
        }
    }

    fn condition(&mut self, table: &TableRules, node: &Node, links: &mut BTreeSet<usize>) {
        match node {
            Node::And(list) | Node::Or(list) => {
                for part in list {
                    self.condition(table, part, links);
                }
            }
            Node::Not(inner) => self.condition(table, inner, links),
            Node::Is(inner, Test::Null) => match &**inner {
                Node::Column(_) => self.mark(inner, Use::Null),
                other => self.condition(table, other, links),
            },
            Node::Is(inner, _) => self.condition(table, inner, links),
            Node::Column(at) if table.types[*at].sql_type == SqlType::Boolean => {
                self.mark(node, Use::Equality);
            }
            Node::Compare(left, comparison, right) => {
                use crate::synth::expression::Comparison::{Equal, NotEqual};
                let kind = if matches!(comparison, Equal | NotEqual) { Use::Equality } else { Use::Order };
                self.sides(table, &[left, right], kind, links);
            }
            Node::Distinct(left, right) => self.sides(table, &[left, right], Use::Equality, links),
            Node::Between(inner, low, high) => {
                self.sides(table, &[inner, low], Use::Order, links);
                self.sides(table, &[inner, high], Use::Order, links);
            }
            Node::In(inner, list) => {
                for item in list {
                    self.sides(table, &[inner, item], Use::Equality, links);
                }
            }
            other => self.mark(other, Use::Other),
        }
    }

    /// Two sides of a comparison: a column and a constant, or two columns of one type.
    fn sides(&mut self, table: &TableRules, sides: &[&Node; 2], kind: Use, links: &mut BTreeSet<usize>) {
        let plain = |node: &Node| plain_column(table, node);
        let simple = match (plain(sides[0]), plain(sides[1])) {
            (Some(a), Some(b)) => {
                links.extend([a, b]);
                table.types[a].sql_type == table.types[b].sql_type
            }
            (Some(_), None) => sides[1].columns().is_empty() && constant(table, sides[1]).is_some(),
            (None, Some(_)) => sides[0].columns().is_empty() && constant(table, sides[0]).is_some(),
            (None, None) => false,
        };
        for side in sides {
            self.mark(side, if simple { kind } else { Use::Other });
        }
    }

    /// All constants, whatever they are compared with.
    fn collect(&mut self, table: &TableRules, node: &Node) {
        if node.columns().is_empty()
            && let Some(value) = constant(table, node)
            && !value.is_null()
            && self.constants.len() < 400
        {
            self.constants.push(value);
        }
        if let Node::Matches(_, Some(pattern)) = node {
            self.examples.extend(pattern.examples());
        }
        for child in node.children() {
            self.collect(table, child);
        }
    }

    /// The values for a column; `others` are texts that count as constants (cells of rows that are there), `seed`
    /// chooses among values that are alike.
    pub(super) fn domain(&self, table: &TableRules, at: usize, others: &[&str], seed: u64) -> Domain {
        let own = &table.types[at];
        let kind = self.uses.get(&at).copied().unwrap_or(Use::Null);
        let kind = if others.is_empty() { kind } else { kind.max(Use::Equality) };
        let mut constants = self.constants.clone();
        constants.extend(others.iter().filter_map(|text| own.decode(text)));
        let mut values: Vec<String> = Vec::new();
        let points = self.linked.clamp(1, 4).max(if others.is_empty() { 1 } else { 2 });
        let complete = match finite(own) {
            Some(all) => {
                values.extend(all);
                true
            }
            None => {
                values.extend((0..3).filter_map(|n| sample::fresh(own, seed.wrapping_add(n * 7919))));
                let regions = ordinals(own, &constants, points, &mut values);
                let texts = matches!(own.sql_type, SqlType::Text { .. } | SqlType::Set(_) | SqlType::Json)
                    || own.dialect == Dialect::Sqlite;
                if texts {
                    self.texts(own, &constants, seed, points, &mut values);
                }
                match kind {
                    Use::Null => !values.is_empty(),
                    Use::Equality => {
                        let text = matches!(own.sql_type, SqlType::Text { .. });
                        self.linked <= 4
                            && (regions || (text && others_than(own, &values, &constants) >= points))
                    }
                    Use::Order => self.linked <= 4 && regions && own.dialect != Dialect::Sqlite,
                    Use::Other => false,
                }
            }
        };
        values.retain(|text| own.accepts(text) != crate::synth::expression::Truth::False);
        let mut seen = BTreeSet::new();
        values.retain(|text| seen.insert(text.clone()));
        let mut values: Vec<Option<String>> = values.into_iter().map(Some).collect();
        values.push(None);
        Domain { values, complete }
    }

    fn texts(&self, own: &CellType, constants: &[Value], seed: u64, points: usize, values: &mut Vec<String>) {
        let width = own.sql_type.width().map_or(usize::MAX, |width| width as usize);
        for value in constants {
            match value {
                Value::Text(text, _) => {
                    values.push(text.clone());
                    for changed in [
                        format!("{text}x"),
                        text.to_uppercase(),
                        text.to_lowercase(),
                        text.chars().skip(1).collect(),
                    ] {
                        values.push(changed);
                    }
                }
                Value::Integer(number) if (0..=100_000).contains(number) => {
                    let number = *number as usize;
                    for length in [number.saturating_sub(1), number, number + 1] {
                        if length <= width {
                            values.push("a".repeat(length));
                        }
                    }
                    values.push(number.to_string());
                }
                _ => {}
            }
        }
        values.extend(self.examples.iter().cloned());
        if self.uses.values().any(|kind| *kind == Use::Other) {
            values.extend(["abc", "ABC", " abc ", "", "a@b.co", "0", "1"].map(str::to_owned));
            values.extend((0..points as u64).filter_map(|n| sample::fresh(own, seed ^ (n + 1))));
        }
    }
}

/// How many of the texts a column may have are none of the constants.
fn others_than(own: &CellType, values: &[String], constants: &[Value]) -> usize {
    let fits = values.iter().filter(|text| own.accepts(text) != crate::synth::expression::Truth::False);
    let mut new: BTreeSet<String> = BTreeSet::new();
    for text in fits {
        let folded = |text: &str| text.trim_end().to_lowercase();
        let same = |value: &Value| matches!(value, Value::Text(other, _) if folded(other) == folded(text));
        if !constants.iter().any(same) {
            new.insert(folded(text));
        }
    }
    new.len()
}

/// The column, if a side is no more than that; casts within the same kind of values do not matter.
fn plain_column(table: &TableRules, node: &Node) -> Option<usize> {
    use crate::synth::expression::Target;
    match node {
        Node::Column(at) => Some(*at),
        Node::Cast(inner, target) => {
            let at = plain_column(table, inner)?;
            let same = matches!(
                (&table.types[at].sql_type, target),
                (SqlType::Text { case_insensitive: false, .. }, Target::Text(None))
                    | (
                        SqlType::Integer { .. } | SqlType::Unsigned { .. },
                        Target::Integer | Target::Numeric(None)
                    )
                    | (SqlType::Numeric { .. }, Target::Numeric(None))
                    | (SqlType::Float, Target::Float)
                    | (SqlType::Date, Target::Date)
            );
            same.then_some(at)
        }
        _ => None,
    }
}

/// The value of an expression without columns.
fn constant(table: &TableRules, node: &Node) -> Option<Value> {
    let cells = |_: usize| None;
    Scope { dialect: table.dialect, types: &[], cells: &cells }.value(node)
}

/// All values of a type that has few.
fn finite(own: &CellType) -> Option<Vec<String>> {
    match (&own.sql_type, own.dialect) {
        (_, Dialect::Sqlite) => None,
        (SqlType::Boolean, Dialect::Postgres) => Some(vec!["t".into(), "f".into()]),
        (SqlType::Enum(_), _) => own.labels.as_ref().map(|labels| labels.to_vec()),
        _ => None,
    }
}

/// 0001-01-01 and 9999-12-31.
const FIRST_DAY: i64 = -719_162;
const LAST_DAY: i64 = 2_932_896;

/// How the values of an ordered type are numbered.
struct Scale {
    low: i128,
    high: i128,
    text: Box<dyn Fn(i128) -> Option<String>>,
}

/// Adds the constants, `points` values after each, one before each, and the ends. Whether the type is one whose values
/// have an order that we know.
fn ordinals(own: &CellType, constants: &[Value], points: usize, values: &mut Vec<String>) -> bool {
    let decimals = constants.iter().filter_map(|value| match value {
        Value::Decimal(number) => Some(number.scale()),
        Value::Float(_) => Some(3),
        Value::Text(text, None) => Decimal::parse(text.trim()).map(Decimal::scale),
        _ => None,
    });
    let finest = decimals.max().unwrap_or(0).min(12);
    let Some((scale, unit)) = scale_of(own, finest + 1) else { return false };
    let mut marks: BTreeSet<i128> = constants.iter().flat_map(|value| ordinal(own, value, unit)).collect();
    if matches!(own.sql_type, SqlType::Date | SqlType::Timestamp { .. }) {
        // Days between dates.
        let near = calendar_base(own);
        let numbers = constants.iter().filter_map(|value| match value {
            Value::Integer(number) if number.abs() <= 100_000 => Some(*number),
            Value::Interval(months, micros) => Some(i128::from(*months) * 30 + i128::from(*micros / DAY)),
            _ => None,
        });
        let step = if own.sql_type == SqlType::Date { 1 } else { i128::from(DAY) };
        marks.extend(numbers.flat_map(|number| [near + number * step, near - number * step]));
        marks.insert(near);
    }
    let mut found: BTreeSet<i128> = BTreeSet::new();
    let mut keep = |number: i128| {
        if (scale.low..=scale.high).contains(&number) {
            found.insert(number);
        }
    };
    for mark in marks.iter().take(300) {
        keep(*mark);
        for step in 1..=points as i128 {
            keep(mark.saturating_add(step));
            keep(mark.saturating_sub(step));
        }
    }
    for step in 0..points as i128 {
        keep(scale.low + step);
        keep(scale.high - step);
    }
    // Without a middle, values beyond the constants would be at the ends only.
    let (least, most) = (marks.first().copied(), marks.last().copied());
    for middle in [
        least.map(|mark| mark.saturating_sub(100)),
        most.map(|mark| mark.saturating_add(100)),
        Some(0),
        Some(1),
        Some(2),
    ] {
        middle.into_iter().for_each(&mut keep);
    }
    // Those near the constants first.
    let mut ordered: Vec<i128> = found.into_iter().collect();
    let distance =
        |number: &i128| marks.iter().map(|mark| (mark - number).abs()).min().unwrap_or(number.abs());
    ordered.sort_by_key(distance);
    values.extend(ordered.into_iter().filter_map(|number| (scale.text)(number)));
    // Types that hold more than we number are known only between their ends.
    let inside = |mark: &i128| *mark > scale.low && *mark < scale.high;
    let bounded = own.sql_type.is_integer()
        || matches!(
            own.sql_type,
            SqlType::Year | SqlType::Time | SqlType::Boolean | SqlType::Numeric { precision: Some(_), .. }
        );
    marks.len() <= 300 && (bounded || marks.iter().all(inside))
}

fn calendar_base(own: &CellType) -> i128 {
    // 2024-01-15.
    if own.sql_type == SqlType::Date { 19_737 } else { 19_737 * i128::from(DAY) }
}

/// The numbering of a type, and how many digits behind the point its unit has.
fn scale_of(own: &CellType, finest: u32) -> Option<(Scale, u32)> {
    let whole = |low: i128, high: i128| {
        Some((Scale { low, high, text: Box::new(|number: i128| Some(number.to_string())) }, 0))
    };
    let of = |value: fn(i64) -> Value, low: i64, high: i64| {
        let own = own.clone();
        let text = move |number: i128| own.encode(&value(i64::try_from(number).ok()?));
        Some((Scale { low: low.into(), high: high.into(), text: Box::new(text) }, 0))
    };
    let exact = |digits: u32, unit: u32| {
        let most = 10_i128.checked_pow(digits.min(30))? - 1;
        let text = move |number: i128| Some(Decimal::new(number, unit).to_string());
        Some((Scale { low: -most, high: most, text: Box::new(text) }, unit))
    };
    if own.dialect == Dialect::Sqlite {
        return match own.sql_type {
            SqlType::Integer { .. } => whole(i64::MIN.into(), i64::MAX.into()),
            SqlType::Numeric { .. } | SqlType::Float => exact(12, finest.min(6)),
            SqlType::Boolean => whole(0, 1),
            SqlType::Date => of(Value::Date, FIRST_DAY, LAST_DAY),
            SqlType::Timestamp { .. } => of(Value::Timestamp, FIRST_DAY * DAY, LAST_DAY * DAY),
            _ => None,
        };
    }
    match &own.sql_type {
        SqlType::Integer { .. } | SqlType::Unsigned { .. } => {
            let (low, high) = own.sql_type.integer_range()?;
            whole(low, high)
        }
        SqlType::Boolean => whole(0, 1),
        SqlType::Year => whole(1901, 2155),
        SqlType::Numeric { precision: Some(precision), scale } => exact(*precision, scale.unwrap_or(0)),
        SqlType::Numeric { .. } => exact(20 + finest, finest),
        SqlType::Float => exact(12, finest.min(6)),
        SqlType::Date => of(Value::Date, FIRST_DAY, LAST_DAY),
        SqlType::Timestamp { .. } if own.dialect == Dialect::MySql => {
            // A TIMESTAMP of MySQL ends in 2038.
            of(Value::Timestamp, DAY, 24_855 * DAY)
        }
        SqlType::Timestamp { .. } => of(Value::Timestamp, FIRST_DAY * DAY, LAST_DAY * DAY),
        SqlType::Time => of(Value::Time, 0, DAY - SECOND),
        _ => None,
    }
}

/// The numbers of a constant on the scale of a type.
fn ordinal(own: &CellType, value: &Value, unit: u32) -> Vec<i128> {
    let read;
    let value = match value {
        Value::Text(text, None) => match own.decode(text) {
            Some(decoded) => {
                read = decoded;
                &read
            }
            None => return Vec::new(),
        },
        other => other,
    };
    let exact = |number: Decimal| {
        let units = number
            .rescale(unit)
            .and_then(|number| number.multiply(Decimal::from(10_i128.pow(unit))).and_then(Decimal::truncate));
        units.into_iter().collect::<Vec<i128>>()
    };
    let dates = matches!(own.sql_type, SqlType::Date | SqlType::Timestamp { .. });
    match value {
        Value::Integer(year @ 1900..=2099) if dates => {
            // A year, as EXTRACT gives it.
            let first = crate::base::calendar::day_number(*year as i64, 1, 1);
            let step = if own.sql_type == SqlType::Date { 1 } else { DAY };
            [first - 1, first, first + 364].iter().map(|day| i128::from(day * step)).collect()
        }
        Value::Integer(_) if dates || own.sql_type == SqlType::Time => Vec::new(),
        Value::Integer(number) => exact(Decimal::from(*number)),
        Value::Decimal(number) => exact(*number),
        Value::Float(number) => Decimal::parse(&number.to_string()).map(exact).unwrap_or_default(),
        Value::Date(day) if own.sql_type == SqlType::Date => vec![(*day).into()],
        Value::Date(day) => vec![i128::from(*day) * i128::from(DAY)],
        Value::Timestamp(at) if own.sql_type == SqlType::Date => vec![at.div_euclid(DAY).into()],
        Value::Timestamp(at) | Value::Time(at) => vec![(*at).into()],
        _ => Vec::new(),
    }
}
