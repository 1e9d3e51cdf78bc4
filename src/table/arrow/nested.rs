//! Structs, lists and maps: taken apart into leaves that have names, and put together again.
//!
//! A leaf is named by its path: `address.city` in a struct, `tags[]` for the elements of a list, `orders[].email`,
//! `attributes[].key` and `attributes[].value` in a map. A field of a struct has a value for each row and is a column like
//! any other. The elements of a list do not: they are on a level of their own, where each knows the row that it is of.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, FixedSizeListArray, GenericListArray, MapArray, OffsetSizeTrait, StructArray,
    new_null_array,
};
use arrow_buffer::{BooleanBufferBuilder, NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field, FieldRef};

/// Types nested deeper than this are refused.
const DEEPEST: usize = 32;

/// What becomes of a field.
pub(crate) enum Decision {
    /// It passes as it is.
    Keep,
    /// It passes as it is, and masking may look at its cells.
    Look,
    /// All of it becomes NULL.
    Null,
    /// It has cells.
    Cells,
    /// Its fields or elements are decided one by one.
    Descend,
}

/// How a column is taken apart and put together.
#[derive(Debug)]
pub(crate) enum Node {
    /// Passes as it is.
    Kept,
    /// Passes as it is; also the array number so and so of [`Leaves`].
    Looked(usize),
    /// All NULL.
    Null,
    /// The array number so and so of [`Leaves`].
    Leaf(usize),
    /// A struct, by its fields.
    Struct(Vec<Node>),
    /// A list by its elements, and the elements' level.
    List(Box<Node>, usize),
    /// A map by its keys and values, and their level.
    Map(Box<[Node; 2]>, usize),
}

/// An array with cells.
#[derive(Debug)]
pub(crate) struct Leaf {
    /// `address.city`.
    pub(crate) path: String,
    /// Type and whether it may be NULL.
    pub(crate) field: FieldRef,
    /// 0 for what has a value in each row; else the list that it is in.
    pub(crate) level: usize,
}

/// The leaves of a schema, and how many levels they are on.
#[derive(Debug)]
pub(crate) struct Leaves {
    /// In the order of the schema.
    pub(crate) leaves: Vec<Leaf>,
    /// Levels, that of the rows included.
    pub(crate) levels: usize,
}

/// A leaf of a batch.
pub(crate) struct LeafArray {
    /// Its values.
    pub(crate) array: ArrayRef,
    /// No bit: hidden by a NULL above it.
    pub(crate) shown: Option<NullBuffer>,
}

/// A level of a batch.
#[derive(Default)]
pub(crate) struct Level {
    /// Entries.
    pub(crate) rows: usize,
    /// The row that each entry is of; absent for the level of the rows.
    pub(crate) outer: Option<Arc<Vec<u32>>>,
}

impl Default for Leaves {
    fn default() -> Self {
        Self { leaves: Vec::new(), levels: 1 }
    }
}

impl Leaves {
    /// Takes a column apart as `decide` says.
    ///
    /// # Errors
    /// Those of `decide`; a type that is nested too deep or that cannot be taken apart.
    pub(crate) fn add<E: From<&'static str>>(
        &mut self,
        field: &FieldRef,
        decide: &mut dyn FnMut(&str, &Field) -> Result<Decision, E>,
    ) -> Result<Node, E> {
        self.node(field, field.name().clone(), 0, DEEPEST, decide)
    }

    fn node<E: From<&'static str>>(
        &mut self,
        field: &FieldRef,
        path: String,
        level: usize,
        depth: usize,
        decide: &mut dyn FnMut(&str, &Field) -> Result<Decision, E>,
    ) -> Result<Node, E> {
        if depth == 0 {
            return Err("the type is nested too deep".into());
        }
        match decide(&path, field)? {
            Decision::Keep => return Ok(Node::Kept),
            Decision::Null => return Ok(Node::Null),
            decision @ (Decision::Cells | Decision::Look) => {
                let number = self.leaves.len();
                self.leaves.push(Leaf { path, field: Arc::clone(field), level });
                return Ok(match decision {
                    Decision::Cells => Node::Leaf(number),
                    _ => Node::Looked(number),
                });
            }
            Decision::Descend => {}
        }
        match field.data_type() {
            DataType::Struct(fields) => {
                let nodes: Result<Vec<Node>, E> = fields
                    .iter()
                    .map(|field| self.node(field, child(&path, field), level, depth - 1, decide))
                    .collect();
                Ok(Node::Struct(nodes?))
            }
            DataType::List(element) | DataType::LargeList(element) | DataType::FixedSizeList(element, _) => {
                let inner = self.level();
                let node = self.node(element, elements(&path), inner, depth - 1, decide)?;
                Ok(Node::List(Box::new(node), inner))
            }
            DataType::Map(entries, sorted) => {
                let DataType::Struct(fields) = entries.data_type() else { return Err(CANNOT.into()) };
                let [key, value] = fields.as_ref() else { return Err(CANNOT.into()) };
                let inner = self.level();
                let mut part = |field, name: &str| {
                    self.node(field, format!("{}.{name}", elements(&path)), inner, depth - 1, decide)
                };
                let nodes = [part(key, "key")?, part(value, "value")?];
                match nodes {
                    [Node::Kept | Node::Looked(_), _] => {}
                    _ if *sorted => return Err(SORTED.into()),
                    [Node::Null, _] => return Err("the keys of a map cannot be NULL".into()),
                    _ => {}
                }
                Ok(Node::Map(Box::new(nodes), inner))
            }
            _ => Err(CANNOT.into()),
        }
    }

    fn level(&mut self) -> usize {
        self.levels += 1;
        self.levels - 1
    }
}

const CANNOT: &str =
    "arrays of this type cannot be masked, only kept or made NULL; cast the column to another type first";
const SORTED: &str = "the map says that its keys are sorted, and masked ones are not";

impl Node {
    /// Whether the column passes as it is.
    pub(crate) fn is_kept(&self) -> bool {
        match self {
            Self::Kept | Self::Looked(_) => true,
            Self::Null | Self::Leaf(_) => false,
            Self::Struct(nodes) => nodes.iter().all(Self::is_kept),
            Self::List(node, _) => node.is_kept(),
            Self::Map(nodes, _) => nodes.iter().all(Self::is_kept),
        }
    }

    /// Finds the arrays of the leaves below a column, and the levels that they are on.
    pub(crate) fn take_apart(
        &self,
        array: &ArrayRef,
        shown: Option<NullBuffer>,
        outer: Option<&Arc<Vec<u32>>>,
        leaves: &mut [Option<LeafArray>],
        levels: &mut [Level],
    ) {
        match self {
            Self::Kept | Self::Null => {}
            Self::Leaf(number) | Self::Looked(number) => {
                leaves[*number] = Some(LeafArray { array: Arc::clone(array), shown });
            }
            Self::Struct(nodes) => {
                let array = array.as_struct();
                let shown = NullBuffer::union(shown.as_ref(), array.nulls());
                for (node, column) in nodes.iter().zip(array.columns()) {
                    node.take_apart(column, shown.clone(), outer, leaves, levels);
                }
            }
            Self::List(node, level) => {
                let list = ListParts::new(array);
                let (rows, hidden) = list.rows(shown.as_ref(), outer);
                levels[*level] = Level { rows: list.elements.len(), outer: Some(Arc::clone(&rows)) };
                node.take_apart(&list.elements, hidden, Some(&rows), leaves, levels);
            }
            Self::Map(nodes, level) => {
                let list = ListParts::new(array);
                let (rows, hidden) = list.rows(shown.as_ref(), outer);
                levels[*level] = Level { rows: list.elements.len(), outer: Some(Arc::clone(&rows)) };
                let entries = list.elements.as_struct();
                let hidden = NullBuffer::union(hidden.as_ref(), entries.nulls());
                for (node, column) in nodes.iter().zip(entries.columns()) {
                    node.take_apart(column, hidden.clone(), Some(&rows), leaves, levels);
                }
            }
        }
    }

    /// The column with new leaves. `None`: Arrow refuses what comes out.
    pub(crate) fn put_together(&self, array: &ArrayRef, leaves: &mut [Option<ArrayRef>]) -> Option<ArrayRef> {
        if self.is_kept() {
            return Some(Arc::clone(array));
        }
        match self {
            Self::Kept | Self::Looked(_) => Some(Arc::clone(array)),
            Self::Null => Some(new_null_array(array.data_type(), array.len())),
            Self::Leaf(number) => leaves[*number].take(),
            Self::Struct(nodes) => {
                Some(Arc::new(structure(array.as_struct(), nodes, leaves, array.nulls().cloned())?))
            }
            Self::List(node, _) => {
                let list = ListParts::new(array);
                let elements = node.put_together(&list.elements, leaves)?;
                list.rebuild(array, elements)
            }
            Self::Map(nodes, _) => {
                let list = ListParts::new(array);
                let entries = list.elements.as_struct();
                let entries = structure(entries, nodes.as_ref(), leaves, entries.nulls().cloned())?;
                let DataType::Map(field, sorted) = array.data_type() else { return None };
                let offsets = OffsetBuffer::new(list.offsets.iter().map(|end| *end as i32).collect());
                let map =
                    MapArray::try_new(Arc::clone(field), offsets, entries, fresh(array.nulls()), *sorted);
                Some(Arc::new(map.ok()?))
            }
        }
    }
}

fn structure(
    array: &StructArray,
    nodes: &[Node],
    leaves: &mut [Option<ArrayRef>],
    nulls: Option<NullBuffer>,
) -> Option<StructArray> {
    let columns: Option<Vec<ArrayRef>> =
        nodes.iter().zip(array.columns()).map(|(node, column)| node.put_together(column, leaves)).collect();
    StructArray::try_new_with_length(array.fields().clone(), columns?, fresh(nulls.as_ref()), array.len())
        .ok()
}

/// The bits of a slice alone: whether the rows around it are NULL is nobody's business either.
fn fresh(nulls: Option<&NullBuffer>) -> Option<NullBuffer> {
    nulls.map(|nulls| NullBuffer::new(nulls.inner().iter().collect()))
}

/// What all kinds of lists have in common: where the elements of each row end, from 0, and these elements.
struct ListParts {
    offsets: Vec<usize>,
    elements: ArrayRef,
    nulls: Option<NullBuffer>,
}

impl ListParts {
    fn new(array: &ArrayRef) -> Self {
        fn of(
            ends: impl ExactSizeIterator<Item = usize> + Clone,
            values: &dyn Array,
        ) -> (Vec<usize>, ArrayRef) {
            let mut all = ends.clone();
            let first = all.next().unwrap_or_default();
            let last = ends.clone().last().unwrap_or_default();
            (ends.map(|end| end - first).collect(), values.slice(first, last - first))
        }
        fn list<O: OffsetSizeTrait>(array: &ArrayRef) -> (Vec<usize>, ArrayRef) {
            let list = array.as_list::<O>();
            of(list.value_offsets().iter().map(|end| end.as_usize()), list.values())
        }
        let (offsets, elements) = match array.data_type() {
            DataType::List(_) => list::<i32>(array),
            DataType::LargeList(_) => list::<i64>(array),
            DataType::FixedSizeList(_, size) => {
                let list = array.as_fixed_size_list();
                let size = size.unsigned_abs() as usize;
                ((0..=array.len()).map(|row| row * size).collect(), Arc::clone(list.values()))
            }
            _ => {
                let map = array.as_map();
                of(map.value_offsets().iter().map(|end| *end as usize), map.entries())
            }
        };
        Self { offsets, elements, nulls: array.nulls().cloned() }
    }

    /// The row that each element is of, and the elements that a NULL hides.
    fn rows(
        &self,
        shown: Option<&NullBuffer>,
        outer: Option<&Arc<Vec<u32>>>,
    ) -> (Arc<Vec<u32>>, Option<NullBuffer>) {
        let shown = NullBuffer::union(shown, self.nulls.as_ref());
        let mut rows = Vec::with_capacity(self.elements.len());
        let mut bits = shown.as_ref().map(|_| BooleanBufferBuilder::new(self.elements.len()));
        for (row, ends) in self.offsets.windows(2).enumerate() {
            let count = ends[1] - ends[0];
            let number = outer.map_or(row as u32, |outer| outer[row]);
            rows.resize(rows.len() + count, number);
            if let (Some(bits), Some(shown)) = (&mut bits, &shown) {
                bits.append_n(count, shown.is_valid(row));
            }
        }
        (Arc::new(rows), bits.map(|mut bits| NullBuffer::new(bits.finish())))
    }

    fn rebuild(&self, array: &ArrayRef, elements: ArrayRef) -> Option<ArrayRef> {
        let nulls = fresh(array.nulls());
        match array.data_type() {
            DataType::List(field) => {
                let offsets = OffsetBuffer::new(self.offsets.iter().map(|end| *end as i32).collect());
                let list = GenericListArray::<i32>::try_new(Arc::clone(field), offsets, elements, nulls);
                Some(Arc::new(list.ok()?))
            }
            DataType::LargeList(field) => {
                let offsets = OffsetBuffer::new(self.offsets.iter().map(|end| *end as i64).collect());
                let list = GenericListArray::<i64>::try_new(Arc::clone(field), offsets, elements, nulls);
                Some(Arc::new(list.ok()?))
            }
            DataType::FixedSizeList(field, size) => {
                let list = FixedSizeListArray::try_new_with_length(
                    Arc::clone(field),
                    *size,
                    elements,
                    nulls,
                    array.len(),
                );
                Some(Arc::new(list.ok()?))
            }
            _ => None,
        }
    }
}

/// The path of a field of a struct.
fn child(path: &str, field: &Field) -> String {
    format!("{path}.{}", field.name())
}

/// The path of the elements of a list.
fn elements(path: &str) -> String {
    format!("{path}[]")
}

/// Calls `add` with each leaf below a field: path, field, and whether it is never NULL. What the policy names as a whole
/// is one leaf, and so is what cannot be taken apart.
pub(super) fn leaves(
    field: &Field,
    path: &str,
    always: bool,
    named: &dyn Fn(&str) -> bool,
    add: &mut dyn FnMut(&str, &Field, bool),
) {
    let depth = path.bytes().filter(|byte| matches!(byte, b'.' | b'[')).count();
    let always = always && !field.is_nullable();
    let whole = named(path) || depth >= DEEPEST;
    match field.data_type() {
        DataType::Struct(fields) if !whole => {
            for field in fields {
                leaves(field, &child(path, field), always, named, add);
            }
        }
        DataType::List(element) | DataType::LargeList(element) | DataType::FixedSizeList(element, _)
            if !whole =>
        {
            leaves(element, &elements(path), always, named, add);
        }
        DataType::Map(entries, _) if !whole => {
            if let DataType::Struct(fields) = entries.data_type()
                && let [key, value] = fields.as_ref()
            {
                let path = elements(path);
                leaves(key, &format!("{path}.key"), always, named, add);
                leaves(value, &format!("{path}.value"), always, named, add);
            }
        }
        _ => add(path, field, always),
    }
}
