//! The columns of a table as a tree of paths: `address.city`, `tags[]`, `orders[].email`.

use std::collections::BTreeMap;

use crate::format::{RowShape, levels};

/// A column, or something that has columns below it.
pub(super) struct Node {
    /// Its path.
    pub(super) path: String,
    /// What the path ends with, and its closing quote, when the key can be written without escapes.
    pub(super) quoted: Vec<u8>,
    /// The column that it is.
    pub(super) column: Option<Leaf>,
    /// Nodes of its keys.
    pub(super) children: Vec<u32>,
    /// The node of its elements.
    pub(super) element: Option<u32>,
    /// The level of what is below it that is in no further array, if there is a column there; 0 are the rows.
    pub(super) level: Option<u32>,
}

/// A column's part in a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaf {
    /// Its number among the wanted columns.
    pub(super) wanted: Option<u32>,
    /// Whether it may be an object or array.
    pub(super) whole: bool,
}

/// A tree of paths. Its root is the first node.
pub(crate) struct Paths {
    nodes: Vec<Node>,
    by_path: BTreeMap<String, u32>,
    /// The level of each wanted column.
    pub(super) wanted: Vec<u32>,
    /// Levels, that of the rows not counted.
    pub(super) arrays: usize,
}

impl std::fmt::Debug for Paths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Paths").field("nodes", &self.nodes.len()).finish_non_exhaustive()
    }
}

/// The root's number.
pub(super) const ROOT: u32 = 0;

impl Paths {
    /// The tree of a shape's columns.
    pub(super) fn of(shape: &RowShape) -> Self {
        let names: Vec<&str> = shape.columns.iter().map(String::as_str).collect();
        let levels = levels(&names);
        let arrays = levels.iter().max().map_or(0, |most| *most as usize);
        let mut paths = Self {
            nodes: Vec::new(),
            by_path: BTreeMap::new(),
            wanted: shape.wanted.iter().map(|position| levels[*position]).collect(),
            arrays,
        };
        paths.node(String::new(), "");
        paths.nodes[ROOT as usize].level = Some(0);
        for (position, (path, level)) in names.iter().zip(&levels).enumerate() {
            let wanted = shape.wanted.iter().position(|wanted| *wanted == position).map(|index| index as u32);
            let whole = shape.whole.get(position).copied().unwrap_or_default();
            let node = paths.add(path);
            paths.nodes[node as usize].column = Some(Leaf { wanted, whole });
            paths.mark(path, *level);
        }
        paths
    }

    /// The node so and so.
    pub(super) fn get(&self, node: u32) -> &Node {
        &self.nodes[node as usize]
    }

    /// Nodes.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The child of a node by its key.
    pub(super) fn child(&self, node: u32, key: &str) -> Option<u32> {
        let parent = self.get(node);
        // Keys that hold what paths are made of are found by the path that they seem to be.
        self.by_path.get(&join(&parent.path, node == ROOT, key)).copied()
    }

    /// Adds the nodes of a path and returns the last.
    fn add(&mut self, path: &str) -> u32 {
        let mut node = ROOT;
        for (number, segment) in path.split('.').enumerate() {
            let key = segment.trim_end_matches("[]");
            let path = join(&self.get(node).path, number == 0, key);
            node = match self.by_path.get(&path) {
                Some(known) => *known,
                None => {
                    let child = self.node(path, key);
                    self.nodes[node as usize].children.push(child);
                    child
                }
            };
            for _ in 0..(segment.len() - key.len()) / 2 {
                node = match self.get(node).element {
                    Some(element) => element,
                    None => {
                        let element = self.node(format!("{}[]", self.get(node).path), "");
                        self.nodes[node as usize].element = Some(element);
                        element
                    }
                };
            }
        }
        node
    }

    fn node(&mut self, path: String, key: &str) -> u32 {
        let number = self.nodes.len() as u32;
        let plain = !key.bytes().any(super::scan::is_special) && !key.contains("[]");
        let quoted = if plain { [key.as_bytes(), b"\""].concat() } else { Vec::new() };
        if number != ROOT {
            self.by_path.insert(path.clone(), number);
        }
        self.nodes.push(Node {
            path,
            quoted,
            column: None,
            children: Vec::new(),
            element: None,
            level: None,
        });
        number
    }

    /// Notes that the elements of a path's last array are entries of a level.
    fn mark(&mut self, path: &str, level: u32) {
        let Some(end) = path.rfind("[]") else { return };
        if let Some(node) = self.by_path.get(&path[..end + 2]) {
            self.nodes[*node as usize].level = Some(level);
        }
    }
}

/// The path of a key below a path.
pub(super) fn join(path: &str, is_root: bool, key: &str) -> String {
    if is_root { key.to_owned() } else { format!("{path}.{key}") }
}
