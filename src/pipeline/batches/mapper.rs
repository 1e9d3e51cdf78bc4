//! The plan of a table, fitted to one Arrow schema.
//!
//! Everything that can be known to be wrong before the first batch is found here: a column that nobody has classified, a
//! type that has no cells, NULL for a field that must not be NULL, a subject that the batch does not carry.

use arrow_schema::{DataType, Field, SchemaRef};

use crate::base::{Error, ErrorKind, ProjectKey, Result};
use crate::mask::Output;
use crate::pipeline::job::{Job, Step};
use crate::plan::{ColumnPlan, MaskPlan, TablePlan};
use crate::table::TableName;
use crate::table::arrow::{Decision, Format, Leaves, Node, Writer};

/// How batches of one schema are masked.
pub(super) struct Mapper {
    /// The schema of input and output.
    pub(super) schema: SchemaRef,
    /// Whether the rows are left out.
    pub(super) drop_rows: bool,
    /// One for each column.
    pub(super) nodes: Vec<Node>,
    /// The arrays with cells.
    pub(super) leaves: Leaves,
    /// How the cells of each leaf are written.
    pub(super) formats: Vec<Format>,
    /// What is done with them.
    pub(super) groups: Vec<Group>,
}

/// Columns that are masked together: their cells are of the same rows.
pub(super) struct Group {
    pub(super) place: Place,
    pub(super) job: Job,
    /// The leaf of each of the job's wanted cells; none for those that no step of the group looks at.
    pub(super) wanted: Vec<Option<usize>>,
}

/// What the rows of a group are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The entries of a level: rows, or elements of a list.
    Level(usize),
    /// The values of the dictionary of this leaf, each once.
    Dictionary(usize),
}

impl Group {
    /// The leaf that a step makes anew.
    pub(super) fn leaf(&self, step: &Step) -> usize {
        self.wanted[step.cell].unwrap_or_default()
    }
}

impl Mapper {
    /// Fits `table`, which the caller calls `named`, to a schema.
    ///
    /// # Errors
    /// What the plan does not say, or what the schema cannot hold; with table and column.
    pub(super) fn new(
        table: &TablePlan,
        named: &TableName,
        schema: &SchemaRef,
        keys: Option<&ProjectKey>,
    ) -> Result<Self> {
        let mut leaves = Leaves::default();
        let mut formats = Vec::new();
        let mut nodes = Vec::with_capacity(schema.fields().len());
        if !table.drop_rows {
            for field in schema.fields() {
                let mut refused = None;
                let mut decide = |path: &str, field: &Field| {
                    decide(table, path, field, &mut formats).map_err(|kind| {
                        refused = Some((path.to_owned(), kind));
                        ""
                    })
                };
                let node = leaves.add(field, &mut decide);
                let at = |column: &str, kind| Error::new(kind).in_table(named.to_string()).in_column(column);
                nodes.push(match (node, refused) {
                    (Ok(node), None) => node,
                    (_, Some((path, kind))) => return Err(at(&path, kind)),
                    (Err(why), None) => return Err(at(field.name(), ErrorKind::Schema(why.into()))),
                });
            }
        }
        let mut mapper = Self {
            schema: SchemaRef::clone(schema),
            drop_rows: table.drop_rows,
            nodes,
            leaves,
            formats,
            groups: Vec::new(),
        };
        mapper.unambiguous().map_err(|error| error.in_table(named.to_string()))?;
        for level in 0..mapper.leaves.levels {
            mapper.level(table, named, level, keys)?;
        }
        Ok(mapper)
    }

    /// A struct's field and a column may be called the same; then nobody knows which of them the plan means.
    fn unambiguous(&self) -> Result<()> {
        let mut paths: Vec<&str> = self.leaves.leaves.iter().map(|leaf| leaf.path.as_str()).collect();
        paths.sort_unstable();
        match paths.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => {
                Err(Error::new(ErrorKind::Schema("two columns of the batch have this name".into()))
                    .in_column(pair[0]))
            }
            None => Ok(()),
        }
    }

    /// Makes the groups of the columns of one level.
    fn level(
        &mut self,
        table: &TablePlan,
        named: &TableName,
        level: usize,
        keys: Option<&ProjectKey>,
    ) -> Result<()> {
        let leaves = &self.leaves.leaves;
        let seen: Vec<usize> = (0..leaves.len())
            .filter(|leaf| leaves[*leaf].level == level || leaves[*leaf].level == 0)
            .collect();
        let own = |name: &str| leaves.iter().any(|leaf| leaf.level == level && leaf.path == name);
        let names: Vec<&str> = seen.iter().map(|leaf| leaves[*leaf].path.as_str()).collect();
        let job = |keep: &dyn Fn(&Step) -> bool| -> Result<Option<(Job, Vec<Option<usize>>)>> {
            let mut job = Job::of_columns(table, named, &names, keys)?;
            job.steps.retain(|step| own(&step.column) && keep(step));
            if job.steps.is_empty() {
                return Ok(None);
            }
            let looked_at = job.looked_at();
            let wanted =
                job.shape.wanted.iter().zip(looked_at).map(|(at, looked)| looked.then_some(seen[*at]));
            let wanted = wanted.collect();
            Ok(Some((job, wanted)))
        };
        let leaf_of = |step: &Step| leaves.iter().position(|leaf| leaf.path == step.column);
        let is_dictionary = |step: &Step| {
            leaf_of(step).is_some_and(|leaf| {
                matches!(leaves[leaf].field.data_type(), DataType::Dictionary(..))
                    && step.follows_value_only()
            })
        };
        let mut groups = Vec::new();
        if let Some((job, wanted)) = job(&|step| !is_dictionary(step))? {
            groups.push(Group { place: Place::Level(level), job, wanted });
        }
        for leaf in seen.iter().filter(|leaf| leaves[**leaf].level == level) {
            if !matches!(leaves[*leaf].field.data_type(), DataType::Dictionary(..)) {
                continue;
            }
            let path = &leaves[*leaf].path;
            if let Some((job, wanted)) = job(&|step| step.column == *path && is_dictionary(step))? {
                groups.push(Group { place: Place::Dictionary(*leaf), job, wanted });
            }
        }
        self.groups.extend(groups);
        Ok(())
    }
}

/// What becomes of a field.
fn decide(
    table: &TablePlan,
    path: &str,
    field: &Field,
    formats: &mut Vec<Format>,
) -> Result<Decision, ErrorKind> {
    let data_type = field.data_type();
    let Some(column) = table.column(path) else {
        return match data_type {
            DataType::Struct(_)
            | DataType::List(_)
            | DataType::LargeList(_)
            | DataType::FixedSizeList(..)
            | DataType::Map(..) => Ok(Decision::Descend),
            _ => Err(ErrorKind::Schema(
                "the batch has a column that the schema in use does not have: classify it in the policy, and let the \
                 lock or schema know it"
                    .into(),
            )),
        };
    };
    let format = Format::new(data_type, &column.sql_type);
    let Some(mask) = column.mask() else {
        if !column.is_kept() {
            return Err(ErrorKind::Policy("nobody has classified this column".into()));
        }
        return Ok(match format {
            Some(format) => {
                formats.push(format);
                Decision::Look
            }
            None => Decision::Keep,
        });
    };
    if *data_type == DataType::Null {
        return Ok(Decision::Keep);
    }
    if makes_null(mask) {
        if !field.is_nullable() {
            return Err(ErrorKind::Schema("the operator makes NULL of a field that is not nullable".into()));
        }
        if format.is_none() && only_null(table, column) {
            return Ok(Decision::Null);
        }
    }
    match format {
        Some(format) if Writer::new(data_type, &format, true, 0).is_some() => {
            formats.push(format);
            Ok(Decision::Cells)
        }
        _ if data_type.is_nested() => Err(ErrorKind::Schema(
            "a nested column is masked by its leaves (address.city, tags[], attributes[].value), or kept or made NULL as \
             a whole"
                .into(),
        )),
        _ => Err(ErrorKind::Schema(
            "arrays of this type cannot be masked, only kept or made NULL; cast the column to another type first".into(),
        )),
    }
}

/// Whether some operator of a column always puts out NULL.
fn makes_null(mask: &MaskPlan) -> bool {
    mask.all().any(|own| own.prepared.output == Output::Null)
}

/// Whether all of a column becomes NULL, whatever is in it.
fn only_null(table: &TablePlan, column: &ColumnPlan) -> bool {
    column.mask().is_some_and(|mask| {
        let keeps_rows = mask.keeps_rows && table.keep_rows.is_some();
        mask.all().count() == 1 && mask.when.is_none() && !keeps_rows && mask.sentinels.is_empty()
    })
}
