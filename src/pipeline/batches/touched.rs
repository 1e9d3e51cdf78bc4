//! What masking does with each column of a schema, for files whose other columns need not even be read.

use arrow_schema::DataType;

use crate::table::arrow::Node;

use super::mapper::Mapper;

/// What masking does with the columns of a schema.
pub(in crate::pipeline) struct Touched {
    /// Whether the rows are left out.
    pub(in crate::pipeline) drop_rows: bool,
    /// For each leaf of the schema, however deep, whether it gets new values.
    pub(in crate::pipeline) masked: Vec<bool>,
    /// For each top-level column whether something in it gets new values.
    pub(in crate::pipeline) columns: Vec<bool>,
    /// Top-level columns that are looked at and kept.
    pub(in crate::pipeline) looked_at: Vec<usize>,
}

impl Touched {
    pub(super) fn new(mapper: &Mapper) -> Self {
        let (mut masked, mut looked_at) = (Vec::new(), Vec::new());
        let wanted: Vec<usize> =
            mapper.groups.iter().flat_map(|group| group.wanted.iter().copied().flatten()).collect();
        let fields = mapper.schema.fields();
        for (root, (node, field)) in mapper.nodes.iter().zip(fields).enumerate() {
            mark(node, field.data_type(), &mut masked);
            if looks(node, &wanted) {
                looked_at.push(root);
            }
        }
        if mapper.drop_rows {
            masked = vec![false; fields.iter().map(|field| leaves(field.data_type())).sum()];
        }
        let columns = mapper.nodes.iter().map(|node| !node.is_kept()).collect();
        Self { drop_rows: mapper.drop_rows, masked, columns, looked_at }
    }
}

/// Whether something in a column is kept and looked at.
fn looks(node: &Node, wanted: &[usize]) -> bool {
    match node {
        Node::Kept | Node::Null | Node::Leaf(_) => false,
        Node::Looked(leaf) => wanted.contains(leaf),
        Node::Struct(nodes) => nodes.iter().any(|node| looks(node, wanted)),
        Node::List(node, _) => looks(node, wanted),
        Node::Map(nodes, _) => nodes.iter().any(|node| looks(node, wanted)),
    }
}

fn mark(node: &Node, data_type: &DataType, masked: &mut Vec<bool>) {
    match (node, data_type) {
        (Node::Kept | Node::Looked(_), _) => masked.extend(vec![false; leaves(data_type)]),
        (Node::Struct(nodes), DataType::Struct(fields)) => {
            for (node, field) in nodes.iter().zip(fields) {
                mark(node, field.data_type(), masked);
            }
        }
        (
            Node::List(node, _),
            DataType::List(element) | DataType::LargeList(element) | DataType::FixedSizeList(element, _),
        ) => mark(node, element.data_type(), masked),
        (Node::Map(nodes, _), DataType::Map(entries, _)) => {
            if let DataType::Struct(fields) = entries.data_type() {
                for (node, field) in nodes.iter().zip(fields) {
                    mark(node, field.data_type(), masked);
                }
            }
        }
        (Node::Null | Node::Leaf(_) | Node::Struct(_) | Node::List(..) | Node::Map(..), _) => {
            masked.extend(vec![true; leaves(data_type)]);
        }
    }
}

/// Leaves of a type.
fn leaves(data_type: &DataType) -> usize {
    match data_type {
        DataType::Struct(fields) => fields.iter().map(|field| leaves(field.data_type())).sum(),
        DataType::List(element)
        | DataType::LargeList(element)
        | DataType::ListView(element)
        | DataType::LargeListView(element)
        | DataType::FixedSizeList(element, _)
        | DataType::Map(element, _) => leaves(element.data_type()),
        _ => 1,
    }
}
