//! `bucket`: numbers become the group that they are in: its lower edge in a column of numbers, a label in text.
//!
//! No key. Groups are `size` wide and counted from `origin`, or lie between `edges`. The label of a group of whole
//! numbers is `30-39`; where an edge is negative or not whole it is `[0.5,1.0)`, which has its lower edge in it and not
//! the upper. With edges, text has `<18` and `65+` for what lies outside of them; a number below the first edge has no
//! lower edge and is outside of the operator's domain.

use super::invalid::{Invalid, Rejector};
use super::number::{Decimal, Form, Reading, read, write_integer};
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Monotone, Operator, OperatorInfo, Output,
    Parameter, ParameterKind, Prepared, Refusal, Request, Scratch, Steps, Tally, generalize, start,
};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "bucket",
    summary: "Replace numbers with the group that they are in: its lower edge, or a label such as 30-39",
    class: Class::Generalize,
    keyed_by: KeyedBy::Nothing,
    domain: DefaultDomain::None,
    entity: ENTITY,
    parameters: &[
        Parameter {
            name: "size",
            summary: "how wide each group is; this or edges",
            kind: ParameterKind::Scalar,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "origin",
            summary: "an edge to count the groups from; default 0",
            kind: ParameterKind::Scalar,
            required: false,
            of_domain: false,
        },
        Parameter {
            name: "edges",
            summary: "the lower edges of the groups, in ascending order; the last group has no upper edge",
            kind: ParameterKind::Scalars,
            required: false,
            of_domain: false,
        },
    ],
    examples: &[
        Example {
            policy: "{ op = \"bucket\", size = 10 }",
            sql_type: &SqlType::Integer { bits: 32 },
            input: "37",
            output: Some("30"),
        },
        Example {
            policy: "{ op = \"bucket\", size = 10 }",
            sql_type: &SqlType::TEXT,
            input: "37",
            output: Some("30-39"),
        },
        Example {
            policy: "{ op = \"bucket\", edges = [18, 30, 65] }",
            sql_type: &SqlType::TEXT,
            input: "71",
            output: Some("65+"),
        },
    ],
    accepts: generalize::is_number,
    prepare,
};

const ENTITY: &str = "number within the groups";

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let labels = request.sql_type.is_text();
    let groups = groups(request)?;
    let steps = match &groups {
        Groups::Wide { size, origin } => match (size.whole(), origin.whole()) {
            (Some(size), Some(origin)) => Steps::Down { size, origin },
            _ => Steps::Named(format!("bucket:{}:{}", size.to_canonical(), origin.to_canonical())),
        },
        Groups::Between(edges) => {
            let whole: Option<Vec<i128>> = edges.iter().map(|edge| edge.whole()).collect();
            let named = || edges.iter().map(|edge| edge.to_canonical()).collect::<Vec<_>>().join(",");
            whole.map_or_else(|| Steps::Named(format!("bucket:{}", named())), Steps::Edges)
        }
    };
    let width = request.sql_type.width();
    let longest = groups.longest_label();
    if let Some(width) = width.filter(|width| longest.is_some_and(|longest| longest > *width as usize)) {
        return Err(Refusal(format!(
            "a label may have more than the {width} characters that fit; widen the column"
        )));
    }
    let invalid = Invalid::keyless(request, ENTITY)?;
    let form = Form::of(request.sql_type).unwrap_or(Form::Text);
    Ok(Prepared {
        max_width: width,
        output: if labels { Output::Text } else { Output::Monotone(Monotone::lowering(steps)) },
        ..Prepared::new(start::keyless(move || Bucket {
            groups: groups.clone(),
            form,
            labels,
            width,
            rejector: invalid.start_keyless(),
        }))
    })
}

fn groups(request: &Request<'_>) -> Result<Groups, Refusal> {
    let (size, origin) = (request.number("size")?, request.number("origin")?);
    let edges = request.numbers("edges")?;
    match (size, edges) {
        (Some(size), None) if size.unscaled > 0 => {
            let origin = origin.unwrap_or(Decimal { unscaled: 0, scale: 0 });
            generalize::fits_type(request, "size", size)?;
            generalize::fits_type(request, "origin", origin)?;
            Ok(Groups::Wide { size, origin })
        }
        (Some(_), None) => Err(Refusal("size must be above 0".into())),
        (None, Some(_)) if origin.is_some() => Err(Refusal("origin goes with size, not with edges".into())),
        (None, Some(edges)) => {
            for edge in &edges {
                generalize::fits_type(request, "each edge", *edge)?;
            }
            let ascend = |pair: &[Decimal]| match pair {
                [a, b] => a.compare(*b).is_lt(),
                _ => true,
            };
            if edges.is_empty() || !edges.windows(2).all(ascend) {
                return Err(Refusal("edges must be numbers in ascending order, one at least".into()));
            }
            Ok(Groups::Between(edges))
        }
        _ => Err(Refusal("bucket needs either size or edges".into())),
    }
}

#[derive(Clone)]
enum Groups {
    Wide { size: Decimal, origin: Decimal },
    Between(Vec<Decimal>),
}

/// One group: its edges, as far as it has any.
struct Group {
    low: Option<Decimal>,
    high: Option<Decimal>,
}

impl Groups {
    /// The group of a number; none for what is too large a number to reckon with.
    fn find(&self, number: Decimal) -> Option<Group> {
        match self {
            Self::Wide { size, origin } => {
                let scale = number.scale.max(size.scale).max(origin.scale);
                let (value, wide, zero) = (number.at(scale)?, size.at(scale)?, origin.at(scale)?);
                let low = value - (value - zero).rem_euclid(wide);
                let least = size.scale.max(origin.scale).max(0);
                let edge = |unscaled| Some(Decimal { unscaled, scale }.trimmed(least));
                Some(Group { low: edge(low), high: edge(low + wide) })
            }
            Self::Between(edges) => {
                let above = edges.partition_point(|edge| edge.compare(number).is_le());
                let low = above.checked_sub(1).and_then(|below| edges.get(below)).copied();
                Some(Group { low, high: edges.get(above).copied() })
            }
        }
    }

    /// Characters of the longest label between edges.
    fn longest_label(&self) -> Option<usize> {
        let Self::Between(edges) = self else { return None };
        let mut longest = 0;
        let lows = std::iter::once(None).chain(edges.iter().copied().map(Some));
        let highs = edges.iter().copied().map(Some).chain([None]);
        for (low, high) in lows.zip(highs) {
            let mut label = Vec::new();
            Group { low, high }.label(&mut label);
            longest = longest.max(label.len());
        }
        Some(longest)
    }
}

impl Group {
    fn label(&self, out: &mut Vec<u8>) {
        let plain = |edge: Decimal| edge.whole().filter(|edge| *edge >= 0);
        match (self.low, self.high) {
            (Some(low), Some(high)) => {
                if let (Some(low), Some(high)) = (plain(low), plain(high)) {
                    write_integer(low, out);
                    if high - low > 1 {
                        out.push(b'-');
                        write_integer(high - 1, out);
                    }
                } else {
                    out.push(b'[');
                    low.write(out);
                    out.push(b',');
                    high.write(out);
                    out.push(b')');
                }
            }
            (Some(low), None) => {
                low.write(out);
                out.push(b'+');
            }
            (None, Some(high)) => {
                out.push(b'<');
                high.write(out);
            }
            (None, None) => {}
        }
    }
}

struct Bucket {
    groups: Groups,
    form: Form,
    labels: bool,
    width: Option<u32>,
    rejector: Rejector,
}

impl Bucket {
    #[inline]
    fn replace(&self, cell: &[u8], out: &mut Vec<u8>) -> generalize::Cell {
        let number = match read(cell, self.form) {
            Some(Reading::Number(number)) => number,
            Some(Reading::Never) => return generalize::Cell::Kept,
            None => return generalize::Cell::Outside,
        };
        match self.groups.find(number) {
            Some(group) if self.labels => {
                // A group of whole numbers and a number between two of them: `30-39` has 39.5 in it.
                group.label(out);
                if self.width.is_some_and(|width| out.len() > width as usize) {
                    return generalize::Cell::Outside;
                }
                generalize::Cell::Written
            }
            Some(Group { low: Some(low), .. }) => {
                let scale = if self.form == Form::Integer { 0 } else { number.scale };
                match low.at(scale.max(low.scale)) {
                    Some(unscaled) => Decimal { unscaled, scale: scale.max(low.scale) }.write(out),
                    None => low.write(out),
                }
                generalize::Cell::Written
            }
            _ => generalize::Cell::Outside,
        }
    }
}

impl Operator for Bucket {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        generalize::mask(batch, &self.rejector, out, scratch, |cell, buffer| self.replace(cell, buffer))
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, mask_text, prepare};
    use super::*;

    const INT4: SqlType = SqlType::Integer { bits: 32 };
    const NUMERIC: SqlType = SqlType::Numeric { precision: None, scale: None };

    fn one(policy: &str, sql_type: &SqlType, cell: &str) -> String {
        mask_cells(&INFO, policy, sql_type, "", &[Some(cell)]).unwrap()[0].clone().unwrap()
    }

    #[test]
    fn a_number_becomes_the_lower_edge_of_its_group() {
        for (cell, expected) in [("0", "0"), ("9", "0"), ("10", "10"), ("-1", "-10"), ("-10", "-10")] {
            assert_eq!(one("{ size = 10 }", &INT4, cell), expected, "{cell}");
        }
        assert_eq!(one("{ size = 12, origin = 6 }", &INT4, "17"), "6");
        assert_eq!(one("{ size = 0.5 }", &NUMERIC, "2.74"), "2.50");
        assert_eq!(one("{ edges = [0, 18, 65] }", &INT4, "64"), "18");
        assert_eq!(one("{ edges = [0, 18, 65] }", &INT4, "900"), "65");
        assert!(mask_cells(&INFO, "{ edges = [0, 18] }", &INT4, "", &[Some("-1")]).is_err());
    }

    #[test]
    fn text_becomes_a_label() {
        for (policy, cell, expected) in [
            ("{ size = 10 }", "39.5", "30-39"),
            ("{ size = 1 }", "7", "7"),
            ("{ size = 10 }", "-3", "[-10,0)"),
            ("{ size = 0.5 }", "0.7", "[0.5,1.0)"),
            ("{ edges = [18, 65] }", "3", "<18"),
            ("{ edges = [18, 65] }", "18", "18-64"),
            ("{ edges = [18, 65] }", "65", "65+"),
            ("{ size = 10 }", "thirty", "[redacted]"),
        ] {
            assert_eq!(mask_text(&INFO, policy, cell), expected, "{policy} {cell}");
        }
    }

    #[test]
    fn groups_that_cannot_be_are_refused() {
        for policy in [
            "{}",
            "{ size = 0 }",
            "{ size = 0.5 }",
            "{ size = 10, edges = [1] }",
            "{ edges = [] }",
            "{ edges = [5, 1] }",
            "{ edges = [1, 1] }",
            "{ edges = [1], origin = 0 }",
            "{ edges = ['x'] }",
        ] {
            assert!(prepare(&INFO, policy, &INT4).is_err(), "{policy}");
        }
        let narrow = SqlType::Text { width: Some(4), padded: false, case_insensitive: false };
        assert!(prepare(&INFO, "{ edges = [18, 65] }", &narrow).is_err());
        assert!(prepare(&INFO, "{ edges = [18] }", &narrow).is_ok());
    }
}
